import Failures
import Glibc

/// What comes on standard input, as a file that every reader can open: a temporary one, without a name in any folder, gone with the process.
public enum StandardInput {
  /// What messages call it.
  public static let name = "standard input"

  /// Calls `body` with `path`, or where that is `-` with the path of a file of what stands on standard input, whose name its failures then have.
  public static func opened<Result>(
    _ path: String, _ body: (_ path: String, _ isStandardInput: Bool) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard path == "-" else { return try body(path, false) }
    let file = try file()
    do throws(Failure) {
      return try body(file, true)
    } catch {
      throw Failure(error.kind, at: error.place.replacing(file, with: name), error.message.replacing(file, with: name))
    }
  }

  /// Reads standard input to its end.
  ///
  /// - Returns: the path of the file.
  /// - Throws: `.inputOutput` with the system's words.
  private static func file() throws(Failure) -> String {
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

  private static func failure() -> Failure { Failure(.inputOutput, at: name, "cannot be read: \(systemErrorText(errno))") }
}
