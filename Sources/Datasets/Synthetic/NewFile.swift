import Failures
import Glibc

/// A file in the making. It is written in pieces, at any place and from any thread, under a temporary name in its folder; `finish` and `publish`
/// give it its own. A value that goes before that takes the temporary file with it.
///
/// `Interchange`'s `AtomicFile` does the same for bytes that are in memory; this one is for files larger than memory.
struct NewFile: ~Copyable {
  let path: String
  private let temporary: String
  private let calls: FileCalls
  private var descriptor: Int32
  private var isPublished = false

  /// Makes the temporary file and reserves `byteCount` bytes for it, so that a disk too full says so now and not after a minute's work.
  ///
  /// - Throws: `.inputOutput` with the system's words.
  init(_ path: String, in folder: String, byteCount: Int, calls: FileCalls) throws(Failure) {
    temporary = "\(folder)/.lockstep-\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    self.path = path
    self.calls = calls
    // O_EXCL: never through somebody else's file or link of that name.
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
    var code = calls.reserve(descriptor, byteCount)
    while code == EINTR { code = calls.reserve(descriptor, byteCount) }
    guard code == 0 else { throw Self.failure(path, code) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isPublished { unlink(temporary) }
  }

  /// Writes `bytes` from byte `offset` of the file on.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Failure) {
    var written = 0
    while written < bytes.count {
      let got = calls.write(descriptor, bytes.baseAddress! + written, bytes.count - written, offset + written)
      if got > 0 {
        written += got
      } else if got == 0 || errno != EINTR {
        throw Self.failure(path, got == 0 ? EIO : errno)
      }
    }
  }

  /// Brings every byte to the disk; nothing can be written afterwards.
  mutating func finish() throws(Failure) {
    var code = calls.sync(descriptor) == 0 ? 0 : errno
    // Some file systems report a failed write only here.
    if close(descriptor) != 0, code == 0 { code = errno }
    descriptor = -1
    guard code == 0 else { throw Self.failure(path, code) }
  }

  /// Gives the finished file its name.
  mutating func publish() throws(Failure) {
    guard calls.rename(temporary, path) == 0 else { throw Self.failure(path, errno) }
    isPublished = true
  }

  private static func failure(_ path: String, _ code: Int32) -> Failure {
    Failure(.inputOutput, at: path, "cannot be written: \(systemErrorText(code))")
  }
}

/// The system calls that a full or broken disk makes fail; tests put failing ones here.
package struct FileCalls: Sendable {
  let reserve: @Sendable (Int32, Int) -> Int32
  let write: @Sendable (Int32, UnsafeRawPointer, Int, Int) -> Int
  let sync: @Sendable (Int32) -> Int32
  let rename: @Sendable (String, String) -> Int32

  package init(
    reserve: @escaping @Sendable (Int32, Int) -> Int32 = { posix_fallocate($0, 0, $1) },
    write: @escaping @Sendable (Int32, UnsafeRawPointer, Int, Int) -> Int = { pwrite($0, $1, $2, $3) },
    sync: @escaping @Sendable (Int32) -> Int32 = { fsync($0) },
    rename: @escaping @Sendable (String, String) -> Int32 = { Glibc.rename($0, $1) }
  ) {
    (self.reserve, self.write, self.sync, self.rename) = (reserve, write, sync, rename)
  }
}
