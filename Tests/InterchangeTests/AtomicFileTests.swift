import Failures
import Foundation
import TestSupport
import Testing

import Interchange

@Suite struct AtomicFileTests {
  /// Everything in a folder, hidden files too.
  private func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test func writesAndReplaces() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("model.bin")
      try AtomicFile.write([1, 2, 3], to: file.path)
      #expect(try Data(contentsOf: file) == Data([1, 2, 3]))
      try AtomicFile.write([], to: file.path)
      #expect(try Data(contentsOf: file).isEmpty)
      let large = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try AtomicFile.write(large, to: file.path)
      #expect(try Data(contentsOf: file) == Data(large))
      #expect(try names(in: folder) == ["model.bin"])
    }
  }

  @Test func theLongestNameIsNoProblemForTheTemporaryOne() throws {
    try withTemporaryFolder { folder in
      let name = String(repeating: "n", count: 255)
      try AtomicFile.write([1], to: folder.appendingPathComponent(name).path)
      #expect(try names(in: folder) == [name])
    }
  }

  @Test func aMissingFolder() throws {
    try withTemporaryFolder { folder in
      let path = folder.path + "/missing/model.bin"
      let failure = #expect(throws: Failure.self) { try AtomicFile.write([1], to: path) }
      #expect(failure == Failure(.inputOutput, at: path, "cannot be written: No such file or directory"))
    }
  }

  @Test func aPathThroughAFile() throws {
    try withTemporaryFolder { folder in
      try Data([9]).write(to: folder.appendingPathComponent("file"))
      let path = folder.path + "/file/model.bin"
      let failure = #expect(throws: Failure.self) { try AtomicFile.write([1], to: path) }
      #expect(failure == Failure(.inputOutput, at: path, "cannot be written: Not a directory"))
    }
  }

  /// As a device would, which root could replace.
  @Test func aPipeInThePlaceOfTheFile() throws {
    try withTemporaryFolder { folder in
      let path = folder.path + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      let failure = #expect(throws: Failure.self) { try AtomicFile.write([1], to: path) }
      #expect(failure == Failure(.inputOutput, at: path, "cannot be written: it is a device or a pipe; expected the name of a file"))
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType != .typeRegular)
      #expect(try names(in: folder) == ["pipe"])
    }
  }

  @Test func aFolderInThePlaceOfTheFile() throws {
    try withTemporaryFolder { folder in
      let path = folder.path + "/taken"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      let failure = #expect(throws: Failure.self) { try AtomicFile.write([1], to: path) }
      #expect(failure == Failure(.inputOutput, at: path, "cannot be written: Is a directory"))
      #expect(try names(in: folder) == ["taken"])
    }
  }

  /// The calls fail with this error after the temporary file has some of the bytes.
  static let brokenCalls: [(String, AtomicFile.Calls, String)] = [
    ("a full disk", AtomicFile.Calls(write: halfThen(ENOSPC)), "No space left on device"),
    ("a file too large", AtomicFile.Calls(write: halfThen(EFBIG)), "File too large"),
    ("a write of nothing", AtomicFile.Calls(write: { _, _, _ in 0 }), "Input/output error"),
    (
      "a failing sync",
      AtomicFile.Calls(sync: { _ in
        errno = EIO
        return -1
      }), "Input/output error"
    ),
    (
      "a refused rename",
      AtomicFile.Calls(rename: { _, _ in
        errno = EACCES
        return -1
      }), "Permission denied"
    ),
  ]

  /// Writes up to 4 bytes for real when more are asked for, and then fails: the second call has fewer left.
  private static func halfThen(_ code: Int32) -> @Sendable (Int32, UnsafeRawPointer, Int) -> Int {
    { descriptor, bytes, count in
      if count > 4 { return write(descriptor, bytes, 4) }
      errno = code
      return -1
    }
  }

  @Test func aFailureLeavesTheEarlierFileAndNothingElse() throws {
    for (name, calls, words) in Self.brokenCalls {
      try withTemporaryFolder { folder in
        let file = folder.appendingPathComponent("model.bin")
        try Data("earlier".utf8).write(to: file)
        let failure = #expect(throws: Failure.self, "\(name)") { try AtomicFile.write([1, 2, 3, 4, 5, 6], to: file.path, calls: calls) }
        #expect(failure == Failure(.inputOutput, at: file.path, "cannot be written: \(words)"), "\(name)")
        #expect(try Data(contentsOf: file) == Data("earlier".utf8), "\(name)")
        #expect(try names(in: folder) == ["model.bin"], "\(name)")
      }
    }
  }

  /// Both files are written before the first is replaced: a failure at the second leaves the first as it was too.
  @Test func ofSeveralFilesAllAreReplacedOrNone() throws {
    for (name, calls, words) in Self.brokenCalls {
      try withTemporaryFolder { folder in
        let (first, second) = (folder.appendingPathComponent("config.json"), folder.appendingPathComponent("model.bin"))
        for file in [first, second] { try Data("earlier".utf8).write(to: file) }
        // Without bytes the first is beyond what breaks writing.
        let files: [(path: String, bytes: [UInt8])] = [(first.path, []), (second.path, [1, 2, 3, 4, 5, 6])]
        let failure = #expect(throws: Failure.self, "\(name)") { try AtomicFile.write(files, calls: calls) }
        #expect(failure?.message == "cannot be written: \(words)", "\(name)")
        for file in [first, second] { #expect(try Data(contentsOf: file) == Data("earlier".utf8), "\(name)") }
        #expect(try names(in: folder) == ["config.json", "model.bin"], "\(name)")
        try AtomicFile.write(files)
        for (path, bytes) in files { #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes)) }
        #expect(try names(in: folder) == ["config.json", "model.bin"], "\(name)")
      }
    }
  }

  /// A device that is always full gives the real error, not an invented one.
  @Test(.enabled(if: access("/dev/full", W_OK) == 0, "this machine has no /dev/full"))
  func theSystemsOwnFullDevice() throws {
    try withTemporaryFolder { folder in
      let full = open("/dev/full", O_WRONLY)
      defer { close(full) }
      let path = folder.path + "/model.bin"
      let calls = AtomicFile.Calls(write: { _, bytes, count in write(full, bytes, count) })
      let failure = #expect(throws: Failure.self) { try AtomicFile.write([1], to: path, calls: calls) }
      #expect(failure == Failure(.inputOutput, at: path, "cannot be written: No space left on device"))
      let left = try names(in: folder)
      #expect(left.isEmpty)
    }
  }

  /// The folder is synced last: a failure there is told, although the new file is in place.
  @Test func aFolderThatCannotBeSynced() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("model.bin")
      nonisolated(unsafe) var syncs = 0
      let calls = AtomicFile.Calls(sync: { _ in
        syncs += 1
        errno = EIO
        return syncs == 1 ? 0 : -1
      })
      let failure = #expect(throws: Failure.self) { try AtomicFile.write([1, 2], to: file.path, calls: calls) }
      #expect(failure == Failure(.inputOutput, at: file.path, "cannot be written: Input/output error"))
      let left = try Data(contentsOf: file)
      #expect(left == Data([1, 2]))
      #expect(syncs == 2)
    }
  }

  @Test func shortAndInterruptedWritesGoOn() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("model.bin")
      nonisolated(unsafe) var calls = 0
      let halting = AtomicFile.Calls(write: { descriptor, bytes, count in
        calls += 1
        if calls % 2 == 0 {
          errno = EINTR
          return -1
        }
        return write(descriptor, bytes, min(count, 2))
      })
      try AtomicFile.write([1, 2, 3, 4, 5], to: file.path, calls: halting)
      #expect(try Data(contentsOf: file) == Data([1, 2, 3, 4, 5]))
      #expect(calls == 5)
    }
  }
}
