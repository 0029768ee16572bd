import CLinux
import Failures
import Glibc

/// A trial's process: `lockstep train`, on cores of its own.
struct TrialProcess {
  let trial: Trial
  /// The set of cores that it has, by its place in the list.
  let place: Int
  private let number: pid_t
  /// Readable when the process has ended; negative where the system has none.
  let descriptor: Int32

  /// How a process ended.
  enum End: Equatable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// Starts this program once more. It runs on the CPUs of the calling thread, and ends when that thread does.
  ///
  /// - Parameters:
  ///   - arguments: what follows `lockstep`.
  ///   - log: takes what it says on its standard error; what an earlier one said is gone.
  /// - Throws: `Failure` (input and output) with the system's words.
  init(_ trial: Trial, place: Int, arguments: [String], log: String) throws(Failure) {
    let errors = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o666)
    guard errors >= 0 else { throw Failure(.inputOutput, at: log, "cannot be written: \(systemErrorText(errno))") }
    defer { close(errors) }
    let words = (["lockstep"] + arguments).map { strdup($0)! }
    defer { words.forEach { free($0) } }
    let number = lockstep_start_again(words + [nil], errors)
    guard number > 0 else { throw Failure(.inputOutput, at: trial.name, "cannot be started: \(systemErrorText(errno))") }
    (self.trial, self.place, self.number, descriptor) = (trial, place, number, lockstep_process_descriptor(number))
  }

  /// Asks it to save what it has learned, and end.
  func interrupt() { kill(number, SIGINT) }

  /// How it ended, once it has; to be asked until then, and not again.
  func end() -> End? {
    var status: Int32 = 0
    guard waitpid(number, &status, WNOHANG) == number else { return nil }
    if descriptor >= 0 { close(descriptor) }
    return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
  }

  /// Waits until one of `processes` ends or a signal comes, but no longer than a quarter of a second: a signal may have come just before, and old kernels have no
  /// descriptors of processes.
  static func wait(for processes: [TrialProcess]) {
    var descriptors = processes.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    poll(&descriptors, nfds_t(descriptors.count), 250)
  }
}
