import Foundation
import TestSupport
import Testing

/// A command that must be refused, and the line and status it must be refused with. Folders are relative to the current one, which is a fresh one.
struct Refusal: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let status: Int32
  let line: String
  let environment: [String: String]
  let launcher: [String]

  /// - Parameter command: what follows `lockstep`; spaces part the words.
  init(_ command: String, _ status: Int32, _ line: String, environment: [String: String] = [:], launcher: [String] = []) {
    self.init(command.split(separator: " ").map(String.init), status, line, environment: environment, launcher: launcher)
  }

  init(_ arguments: [String], _ status: Int32, _ line: String, environment: [String: String] = [:], launcher: [String] = []) {
    self.arguments = arguments
    self.status = status
    self.line = line
    self.environment = environment
    self.launcher = launcher
  }

  var testDescription: String {
    let variables = environment.map { "\($0)=\($1) " }.joined()
    return "\(variables)\(arguments.joined(separator: " ")) → \(line)"
  }

  /// Runs the command in `folder` and expects the one line, the status, nothing on standard output, and every file in `folder` as it was, with none added.
  ///
  /// - Parameter mayPrint: whether something may have been shown before the failure.
  func expect(in folder: URL, mayPrint: Bool = false, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let before = try contents(of: folder)
    let ending = try lockstep(arguments, in: folder, environment: environment, launcher: launcher, sourceLocation: sourceLocation)
    #expect(!ending.isCrash, "killed by signal \(ending.status)", sourceLocation: sourceLocation)
    #expect(ending.status == status, sourceLocation: sourceLocation)
    #expect(ending.errors == "lockstep: \(line)\n", sourceLocation: sourceLocation)
    if !mayPrint { #expect(ending.output == "", sourceLocation: sourceLocation) }
    let after = try contents(of: folder)
    #expect(Set(after.keys) == Set(before.keys), "files came or went", sourceLocation: sourceLocation)
    #expect(after == before, "a file changed", sourceLocation: sourceLocation)
  }
}

/// Every path under `folder`, with the bytes of those that are files.
func contents(of folder: URL) throws -> [String: Data] {
  var files: [String: Data] = [:]
  for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
    files[path] = FileManager.default.contents(atPath: folder.appendingPathComponent(path).path) ?? Data()
  }
  return files
}

/// A fresh folder with a copy of `configs/digits.json` in it.
func withDigitsFolder(_ body: (URL) throws -> Void) throws {
  try withTemporaryFolder { folder in
    try FileManager.default.copyItem(at: PackageFiles.root.appendingPathComponent("configs/digits.json"), to: folder.appendingPathComponent("digits.json"))
    try body(folder)
  }
}
