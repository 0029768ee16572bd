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

  /// Writes a line to standard error; when that fails there is nowhere left to say so.
  static func error(_ line: String) {
    try? write(line + "\n", to: STDERR_FILENO, name: "standard error")
  }
}
