import Failures
import Glibc

/// What comes on standard input, as a file that every reader can open: a temporary one, without a name in any folder, gone with the process.
public enum StandardInput {
  /// Reads standard input to its end.
  ///
  /// - Returns: the path of the file.
  /// - Throws: `.inputOutput` with the system's words.
  public static func file() throws(Failure) -> String {
    guard let file = tmpfile() else { throw failure() }
    let descriptor = fileno(file)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = read(STDIN_FILENO, &buffer, buffer.count)
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw failure()
      }
      var written = 0
      while written < got {
        let count = buffer.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, got - written) }
        guard count > 0 || errno == EINTR else { throw failure() }
        written += max(0, count)
      }
    }
    return "/proc/self/fd/\(descriptor)"
  }

  private static func failure() -> Failure { Failure(.inputOutput, at: "standard input", "cannot be read: \(systemErrorText(errno))") }
}
