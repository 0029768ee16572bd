import Failures
import Foundation
import TestSupport
import Testing

import RunConfig

@Suite struct ConfigFileTests {
  /// What reading a file of these bytes says, with the folder left out of the line.
  private func refusal(of bytes: some Sequence<UInt8>, named name: String = "run.json") throws -> Failure? {
    try withTemporaryFolder { folder in
      try Data(bytes).write(to: folder.appendingPathComponent(name))
      return refusal(ofFile: folder.appendingPathComponent(name).path, in: folder)
    }
  }

  private func refusal(ofFile path: String, in folder: URL) -> Failure? {
    do {
      _ = try RunConfiguration(file: path)
      return nil
    } catch {
      return Failure(error.kind, at: error.place.replacing(folder.path + "/", with: ""), error.message)
    }
  }

  @Test func namesTheRunAfterTheFile() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("my-run.v2.json")
      try Data(Example.text.utf8).write(to: file)
      #expect(try RunConfiguration(file: file.path).name == "my-run.v2")
      #expect(try RunConfiguration(file: file.path, overrides: ["name=other"]).name == "other")
    }
  }

  @Test func refusesAFileNameThatCannotNameARun() throws {
    let failure = try #require(try refusal(of: Example.text.utf8, named: "my run.json"))
    #expect(
      failure.description
        == "my run.json: the file's name cannot name the run; add a name of 1 to 100 letters a-z, digits, '-', '_' and '.', not beginning with '.'")
    #expect(try refusal(of: Example.text.replacing("fit:", with: "name: 'x', fit:").utf8, named: "my run.json") == nil)
  }

  @Test func refusesWhatIsNotText() throws {
    #expect(try refusal(of: [0x7B, 0xFF, 0x7D]) == Failure(.badData, at: "run.json", "not UTF-8 text; expected a JSON5 config file"))
    #expect(try refusal(of: Data("{}".data(using: .utf16)!)) == Failure(.badData, at: "run.json", "not UTF-8 text; expected a JSON5 config file"))
    #expect(
      try refusal(of: [0x7B, 0x00, 0x7D]) == Failure(.badData, at: "run.json: line 1, column 2", "found a NUL character; expected plain text"))
    #expect(try refusal(of: [UInt8]()) == Failure(.badData, at: "run.json: line 1, column 1", "expected a value, found the end"))
  }

  @Test func limitsTheSize() throws {
    let limit = 16 << 20
    let spaces = Data(repeating: 0x20, count: limit + 1 - Example.text.utf8.count)
    #expect(try refusal(of: Data(Example.text.utf8) + spaces) == Failure(.badData, at: "run.json", "larger than 16 MiB; expected a config file"))
    #expect(try refusal(of: Data(Example.text.utf8) + spaces.dropLast()) == nil)
  }

  @Test func refusesAFileThatIsNotThere() throws {
    try withTemporaryFolder { folder in
      let missing = folder.appendingPathComponent("no.json").path
      #expect(refusal(ofFile: missing, in: folder) == Failure(.missingInput, at: "no.json", "no such config file"))
      try Data().write(to: folder.appendingPathComponent("on.json"))
      #expect(refusal(ofFile: missing, in: folder)?.message == "no such config file; did you mean '\(folder.path)/on.json'?")
      #expect(refusal(ofFile: "", in: folder)?.kind == .missingInput)
      #expect(refusal(ofFile: "a\0b", in: folder)?.kind == .missingInput)
    }
  }

  @Test func refusesAFolder() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("run.json"), withIntermediateDirectories: false)
      let failure = refusal(ofFile: folder.appendingPathComponent("run.json").path, in: folder)
      #expect(failure == Failure(.inputOutput, at: "run.json", "a folder; expected a config file"))
    }
  }
}
