import Datasets
import Failures
import Foundation
import TestSupport
import Testing

@Suite struct IDXFileTests {
  @Test(arguments: [[7], [3, 5], [2, 14, 14], [4, 1, 7], [2, 3, 4, 5], [1, 1]])
  func bytesOfAnyRankPlainAndGzipped(shape: [Int]) throws {
    let payload = (0..<shape.reduce(1, *)).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 1) }
    try withTemporaryFolder { folder in
      // Names do not tell the form: the plain one is called .gz here.
      let plain = try IDXFile(try put(idx(shape, payload), "plain.gz", in: folder))
      let gzipped = try IDXFile(try put(gzip(idx(shape, payload)), "gzipped", in: folder))
      for file in [plain, gzipped] {
        #expect(file.shape == shape)
        #expect(file.count == shape[0])
        #expect(file.width == payload.count / shape[0])
        #expect(file.bytes == payload)
      }
    }
  }

  @Test func floatsPlainAndGzipped() throws {
    let values: [Float] = [1.5, -0.0, 3e38, .leastNonzeroMagnitude, 5, .infinity]
    try withTemporaryFolder { folder in
      let plain = try IDXFile(try put(idx([2, 3], values), "plain", in: folder))
      let gzipped = try IDXFile(try put(gzip(idx([2, 3], values)), "gzipped", in: folder))
      for file in [plain, gzipped] {
        #expect(file.shape == [2, 3])
        #expect(file.floats?.map(\.bitPattern) == values.map(\.bitPattern))
      }
    }
  }

  /// Larger than the first block of inflated memory and than one read of the compressed file.
  @Test func aLargeGzippedFile() throws {
    let payload = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    try withTemporaryFolder { folder in
      let file = try IDXFile(try put(gzip(idx([300, 1000], payload)), "large", in: folder))
      #expect(file.bytes == payload)
    }
  }

  @Test func membersOfAGzipFileAreOneStream() throws {
    let payload = (0..<100).map(UInt8.init)
    let whole = idx([100], payload)
    try withTemporaryFolder { folder in
      for cut in [0, 1, 4, 8, 50, whole.count] {
        let members = gzip(Array(whole[..<cut])) + gzip(Array(whole[cut...]))
        let file = try IDXFile(try put(members, "members", in: folder))
        #expect(file.bytes == payload, "cut at \(cut)")
      }
    }
  }

  /// The mapping outlives the file's name, and the handle alone keeps it.
  @Test func aMappedFileMayBeRemoved() throws {
    let rows = try withTemporaryFolder { folder in
      let file = try IDXFile(try put(idx([3, 2], [1, 2, 3, 4, 5, 6] as [UInt8]), "gone", in: folder))
      guard case .bytes(let rows) = file.elements else { throw Failure(.internalError, "floats") }
      return rows
    }
    #expect(Array(UnsafeBufferPointer(start: rows.base, count: rows.byteCount)) == [1, 2, 3, 4, 5, 6])
  }

  @Test func whatIsNoFile() throws {
    try withTemporaryFolder { folder in
      try put([1], "file", in: folder)
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/loop", withDestinationPath: "loop")
      #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
      let cases: [(String, Failure.Kind, String)] = [
        ("/absent", .missingInput, "no such file"),
        ("", .inputOutput, "a folder; expected a file"),
        ("/pipe", .inputOutput, "not a regular file"),
        ("/loop", .inputOutput, "cannot be opened: Too many levels of symbolic links"),
        ("/file/inside", .inputOutput, "cannot be opened: Not a directory"),
      ]
      for (name, kind, message) in cases {
        let failure = #expect(throws: Failure.self) { try IDXFile(folder.path + name) }
        #expect(failure == Failure(kind, at: folder.path + name, message))
      }
    }
  }
}
