import Failures
import Glibc

/// What has come of a file so far.
struct PartFile: ~Copyable {
  let path: String
  private let descriptor: Int32
  /// Bytes in it.
  private(set) var count: Int

  /// Opens the file, which is made if it is missing.
  init(_ path: String) throws(Failure) {
    self.path = path
    // O_NOFOLLOW: a link that somebody else put there is not written through.
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw Failure(.inputOutput, at: path, "cannot be written: \(systemErrorText(errno))") }
    // Two that fetch the same file would mix their bytes.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Failure(.inputOutput, at: path, "another process is fetching this file")
    }
    count = Int(lseek(descriptor, 0, SEEK_END))
  }

  deinit { close(descriptor) }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let got = pwrite(descriptor, bytes.baseAddress! + written, bytes.count - written, off_t(count))
      if got > 0 {
        written += got
        count += got
      } else if got == 0 || errno != EINTR {
        throw failure(got == 0 ? EIO : errno)
      }
    }
  }

  /// Leaves nothing of it.
  mutating func truncate() throws(Failure) {
    guard ftruncate(descriptor, 0) == 0 else { throw failure(errno) }
    count = 0
  }

  /// Brings it to the disk, and gives it the name `path`.
  func publish(as path: String) throws(Failure) {
    guard fsync(descriptor) == 0, rename(self.path, path) == 0 else { throw failure(errno) }
  }

  private func failure(_ code: Int32) -> Failure { Failure(.inputOutput, at: path, "cannot be written: \(systemErrorText(code))") }
}
