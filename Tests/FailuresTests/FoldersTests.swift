import Failures
import Foundation
import TestSupport
import Testing

/// The promise: folders are made all or none, and only what was made is taken back.
@Suite struct FoldersTests {
  @Test func thoseThatAreMissingAreMade() throws {
    try withTemporaryFolder { folder in
      let top = folder.path + "/"
      let first = try makeFolders(top + "a")
      #expect(first == [top + "a/"])
      #expect(try makeFolders(top + "a/b//c/") == [top + "a/b/", top + "a/b/c/"])
      #expect(try makeFolders(top + "a/b/c") == [])
      #expect(try makeFolders("/") == [])
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == ["a", "a/b", "a/b/c"])
    }
  }

  @Test func aFailureLeavesNone() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: folder.appendingPathComponent("file"))
      for path in ["file", "file/a", "new/er/../../file/a", "new/\(String(repeating: "n", count: 300))"].map({ folder.path + "/" + $0 }) {
        let failure = #expect(throws: Failure.self) { try makeFolders(path, as: "nest") }
        let words = path.contains("nnn") ? "File name too long" : "Not a directory"
        #expect(failure == Failure(.inputOutput, at: path, "cannot make the nest: \(words)"))
      }
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path) == ["file"])
    }
  }

  @Test func whatIsNotEmptyStays() throws {
    try withTemporaryFolder { folder in
      let made = try makeFolders(folder.path + "/a/b/c")
      try Data().write(to: folder.appendingPathComponent("a/letter"))
      removeEmptyFolders(made)
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == ["a", "a/letter"])
    }
  }
}
