import Failures
import Foundation

/// The text of a config file.
package enum ConfigFile {
  /// Far more than any config needs, and little enough to read in a moment.
  static let largest = 16 << 20

  /// The file's text.
  ///
  /// - Throws: `.missingInput` when there is no such file, `.inputOutput` when it cannot be read, `.badData` when it is too large or not UTF-8.
  package static func text(of path: String) throws(Failure) -> String {
    let bytes = try bytes(of: path)
    guard bytes.count <= largest else {
      throw Failure(.badData, at: path, "larger than \(largest >> 20) MiB; expected a config file")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.badData, at: path, "not UTF-8 text; expected a JSON5 config file")
    }
    return text
  }

  /// "; did you mean 'configs/digits.json'?" where a config beside `path` has nearly its name.
  package static func hint(_ path: String) -> String {
    Nearest.path(to: path) { [".json", ".json5"].contains(where: $0.hasSuffix) }.map { "; did you mean '\($0)'?" } ?? ""
  }

  /// At most one byte more than `largest`. A pipe is read as well as a file, so its size is not asked for.
  private static func bytes(of path: String) throws(Failure) -> [UInt8] {
    guard !path.utf8.contains(0) else { throw Failure(.missingInput, at: printable(path), "no such config file") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR {
        throw Failure(.missingInput, at: path, "no such config file\(hint(path))")
      }
      throw Failure(.inputOutput, at: path, "cannot read the config file: \(systemErrorText(code))")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= largest {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EISDIR {
          let example = access("\(path)/config.json", F_OK) == 0 ? ", such as \(path)/config.json" : ""
          throw Failure(.inputOutput, at: path, "a folder; expected a config file\(example)")
        }
        throw Failure(.inputOutput, at: path, "cannot read the config file: \(systemErrorText(code))")
      }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}
