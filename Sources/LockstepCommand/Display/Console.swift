import Failures
import Glibc

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

  private static func write(_ text: String, to descriptor: Int32, name: String) throws(Failure) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw Failure(.inputOutput, at: name, systemErrorText(errno)) }
      done += written
    }
  }
}
