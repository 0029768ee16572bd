import Failures
import Glibc

/// Writes every byte to an open file. A disk that fills up takes a part before it refuses the rest.
///
/// - Parameter call: the system's; tests put a failing one here.
/// - Returns: 0, or the `errno` of the write that failed.
package func writeAll(
  _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, call: (Int32, UnsafeRawPointer, Int) -> Int = { Glibc.write($0, $1, $2) }
) -> Int32 {
  var done = 0
  while done < bytes.count {
    let written = call(descriptor, bytes.baseAddress! + done, bytes.count - done)
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { return written == 0 ? EIO : errno }
    done += written
  }
  return 0
}

/// Adds `bytes` to the end of the file at `path`, which is made where there is none.
///
/// - Throws: `Failure` (input and output) with the system's words; the file then ends where it did before.
package func append(_ bytes: [UInt8], to path: String) throws(Failure) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw Failure(.inputOutput, at: path, systemErrorText(errno)) }
  let end = lseek(descriptor, 0, SEEK_END)
  var code = bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
  if code != 0 { ftruncate(descriptor, end) }
  if close(descriptor) != 0, code == 0 { code = errno }
  guard code == 0 else { throw Failure(.inputOutput, at: path, "cannot be written: \(systemErrorText(code))") }
}

/// Writes all of `text` to the open file `descriptor`; `name` is what a failure calls it.
///
/// - Throws: `Failure` (input and output) when it cannot be written, a full disk for example.
package func write(_ text: String, to descriptor: Int32, name: String) throws(Failure) {
  var text = text
  let code = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
  guard code == 0 else { throw Failure(.inputOutput, at: name, systemErrorText(code)) }
}
