import Failures
import Glibc

/// An open regular file, closed when this value goes.
struct InputFile: ~Copyable {
  let path: String
  let descriptor: Int32
  /// Bytes in the file when it was opened.
  let byteCount: Int

  /// - Throws: `.missingInput` when there is no such file, `.inputOutput` when it is no regular file or cannot be opened.
  init(_ path: String) throws(Failure) {
    // O_NONBLOCK: opening a named pipe must not wait for a writer; regular files ignore it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw Failure(.missingInput, at: path, "no such file") }
      throw Failure(.inputOutput, at: path, "cannot be opened: \(systemErrorText(errno))")
    }
    var status = stat()
    let code = fstat(descriptor, &status) == 0 ? 0 : errno
    let kind = status.st_mode & S_IFMT
    guard code == 0, kind == S_IFREG else {
      close(descriptor)
      guard code == 0 else { throw Failure(.inputOutput, at: path, "cannot be examined: \(systemErrorText(code))") }
      throw Failure(.inputOutput, at: path, kind == S_IFDIR ? "a folder; expected a file" : "not a regular file")
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads the next bytes, as many as fit, fewer only at the end; returns how many.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    var filled = 0
    while filled < buffer.count {
      let got = Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      if got > 0 {
        filled += got
      } else if got == 0 {
        break
      } else if errno != EINTR {
        throw Failure(.inputOutput, at: path, "cannot be read: \(systemErrorText(errno))")
      }
    }
    return filled
  }

  /// The file's first bytes, `count` or fewer; the reading position stays.
  func head(_ count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var got = pread(descriptor, &bytes, count, 0)
    while got < 0, errno == EINTR { got = pread(descriptor, &bytes, count, 0) }
    guard got >= 0 else { throw Failure(.inputOutput, at: path, "cannot be read: \(systemErrorText(errno))") }
    return Array(bytes.prefix(got))
  }
}
