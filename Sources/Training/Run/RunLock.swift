import Failures
import Foundation

/// A run directory's lock, held until this object goes or its process ends, however it ends: the kernel's lock on the folder itself, which leaves no file
/// behind.
public final class RunLock: Sendable {
  private let descriptor: Int32

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// - Parameters:
  ///   - what: the folder's name in messages.
  ///   - use: what another process that holds the lock does there.
  /// - Throws: `Failure` (input and output) when another process holds it, or with the system's words.
  package static func take(_ folder: String, of what: String = "run directory", use: String = "training") throws(Failure) -> RunLock {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.inputOutput, at: folder, "cannot be opened: \(systemErrorText(errno))") }
    let lock = RunLock(descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return lock }
    let words = errno == EWOULDBLOCK ? "another process is \(use) in it; wait for its end, or name another with --output" : systemErrorText(errno)
    throw Failure(.inputOutput, at: folder, "the \(what) cannot be locked: \(words)")
  }

  /// Waits until nobody holds the lock of the run directory `folder`, for a process that was killed and is about to be gone.
  ///
  /// - Throws: `Failure` (input and output) when somebody still holds it after `seconds`.
  package static func waitUntilFree(_ folder: String, seconds: Double = 10) throws(Failure) {
    let begin = ContinuousClock().now
    while true {
      do throws(Failure) {
        _ = try take(folder)
        return
      } catch {
        guard (ContinuousClock().now - begin) / .seconds(1) < seconds else { throw error }
        usleep(10_000)
      }
    }
  }
}
