import Failures
import Glibc
import Interchange

/// Standard output and standard error.
enum Console {
  /// Writes `text` to standard output.
  ///
  /// - Throws: `Failure` (input and output) when it cannot be written, a full disk for example.
  static func output(_ text: String) throws(Failure) {
    try write(text, to: STDOUT_FILENO, name: "standard output")
  }

  /// Writes `bytes` to standard output.
  ///
  /// - Throws: as `output(_:)` of text.
  static func output(_ bytes: [UInt8]) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress!, $0.count) }
      guard count > 0 || errno == EINTR else { throw Failure(.inputOutput, at: "standard output", systemErrorText(errno)) }
      rest = rest.dropFirst(max(0, count))
    }
  }

  /// Says why the process ends.
  static func failure(_ failure: Failure) { error("\(Ink.errors.bad("lockstep:")) \(failure)") }

  /// Says what did not go well, and did not end the process.
  static func warning(_ line: String) { error("lockstep: \(Ink.errors.doubtful("warning:")) \(line)") }

  /// Writes a line to standard error; when that fails there is nowhere left to say so.
  static func error(_ line: String) {
    try? write(line + "\n", to: STDERR_FILENO, name: "standard error")
  }
}
