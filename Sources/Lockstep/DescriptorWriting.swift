import Failures
import Glibc

/// Writes all of `text` to the open file `descriptor`; `name` is what a failure calls it.
///
/// - Throws: `Failure` (input and output) when it cannot be written, a full disk for example.
package func write(_ text: String, to descriptor: Int32, name: String) throws(Failure) {
  let bytes = Array(text.utf8)
  var done = 0
  while done < bytes.count {
    let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { throw Failure(.inputOutput, at: name, systemErrorText(errno)) }
    done += written
  }
}
