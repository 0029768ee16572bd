import Failures
import Foundation

/// `SHA256SUMS`, as `sha256sum` writes and checks it: what files were when they were made.
struct ChecksumFile {
  private static let name = "SHA256SUMS"
  private let folder: String

  init(in folder: String) { self.folder = folder }

  private var path: String { "\(folder)/\(Self.name)" }

  /// Whether it is there, names a file, and every file that it names has the sum that it says.
  ///
  /// - Throws: `.inputOutput` when a file cannot be read.
  func isRight() throws(Failure) -> Bool {
    guard let text = FileManager.default.contents(atPath: path).map({ String(decoding: $0, as: UTF8.self) }), !text.isEmpty else { return false }
    for line in text.split(separator: "\n") {
      guard line.utf8.count > 66, try SHA256.ofFile("\(folder)/\(line.dropFirst(66))")?.sum == String(line.prefix(64)) else { return false }
    }
    return true
  }

  /// Writes the sums of `names`, files of the folder, whole or not at all.
  ///
  /// - Throws: `.inputOutput` with the system's words.
  func write(of names: [String]) throws(Failure) {
    var text = ""
    for name in names {
      guard let sum = try SHA256.ofFile("\(folder)/\(name)")?.sum else { throw Failure(.inputOutput, at: "\(folder)/\(name)", "is not there") }
      text += "\(sum)  \(name)\n"
    }
    var part = try PartFile(path + ".part")
    try part.truncate()
    let bytes = Array(text.utf8)
    try bytes.withUnsafeBufferPointer { bytes throws(Failure) in try part.append(UnsafeRawBufferPointer(bytes)) }
    try part.publish(as: path)
  }
}
