import Failures
import Foundation

/// A run directory's lock, held until this object goes or its process ends, however it ends: the kernel's lock on the folder itself, which leaves no file
/// behind.
public final class RunLock: Sendable {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// - Throws: `Failure` (input and output) when another process holds it, or with the system's words.
  static func take(_ folder: String) throws(Failure) -> RunLock {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.inputOutput, at: folder, "cannot be opened: \(systemErrorText(errno))") }
    let lock = RunLock(descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return lock }
    let words = errno == EWOULDBLOCK ? "another process is training in it; wait for its end, or name another with --output" : systemErrorText(errno)
    throw Failure(.inputOutput, at: folder, "the run directory cannot be locked: \(words)")
  }
}
