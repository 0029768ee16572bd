import Failures
import Foundation
import Interchange
import TestSupport
import Testing

/// The promise: a folder of files is there with all of them, or not at all; and nothing that was there is mixed with it.
@Suite struct AtomicFolderTests {
  private static let files: [(name: String, bytes: [UInt8])] = [("0/a.png", [1]), ("1/b.png", [2, 3]), ("0/c.png", []), ("d", [4])]

  private func names(_ folder: URL) throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() }

  @Test func allOfThem() throws {
    try withTemporaryFolder { folder in
      // An empty folder is as good as none.
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("second"), withIntermediateDirectories: false)
      for name in ["first", "second/"] {
        try AtomicFolder.write(Self.files, to: "\(folder.path)/\(name)")
        let path = folder.appendingPathComponent(name)
        #expect(try names(path) == ["0", "0/a.png", "0/c.png", "1", "1/b.png", "d"])
        #expect(try Data(contentsOf: path.appendingPathComponent("1/b.png")) == Data([2, 3]))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["first", "second"])
    }
  }

  @Test func orNothing() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("new").path
      let tooLong = String(repeating: "x", count: 300)
      for bad in ["2/\(tooLong)", "\(tooLong)/e"] {
        #expect(throws: Failure(.inputOutput, at: path, "cannot be written: File name too long")) {
          try AtomicFolder.write(Self.files + [(bad, [1])], to: path)
        }
        #expect(try names(folder) == [])
      }
      #expect(throws: Failure(.inputOutput, at: "\(path)/inner", "cannot be written: No such file or directory")) {
        try AtomicFolder.write(Self.files, to: "\(path)/inner")
      }
      for (name, isFolder) in [("file", false), ("folder", true)] {
        if isFolder { try FileManager.default.createDirectory(at: folder.appendingPathComponent(name), withIntermediateDirectories: false) }
        try put([9], isFolder ? "\(name)/mine" : name, in: folder)
        let there = "\(folder.path)/\(name)"
        #expect(throws: Failure(.alreadyThere, at: there, "is there already and is not replaced; name another folder, or remove it first")) {
          try AtomicFolder.write(Self.files, to: there)
        }
      }
      #expect(try names(folder) == ["file", "folder", "folder/mine"])
    }
  }
}
