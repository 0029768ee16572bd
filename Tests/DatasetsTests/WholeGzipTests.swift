import Datasets
import Foundation
import TestSupport
import Testing

/// The fast way must take every good file, and must leave every other one to `GzipReader`, whose words are tested at `IDXFile`.
@Suite struct WholeGzipTests {
  private func inflate(_ packed: [UInt8], _ byteCount: Int) -> [UInt8]? {
    packed.withUnsafeBytes { WholeGzip.inflate($0, byteCount: byteCount) }.map { Array($0.bytes) }
  }

  private static let contents = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* $0) }

  @Test func goodFilesOfAnyNumberOfMembers() {
    let contents = Self.contents
    #expect(inflate(gzip(contents), 1000) == contents)
    #expect(inflate(gzip([]) + gzip(Array(contents[..<7])) + gzip([]) + gzip(Array(contents[7...])) + gzip([]), 1000) == contents)
  }

  /// Compressed as far as DEFLATE can, and larger than a huge page.
  @Test func aFileOfZeros() throws {
    try withTemporaryFolder { folder in
      let path = try put([UInt8](repeating: 0, count: 5_000_000), "zeros", in: folder)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["gzip", "-9", path]
      try process.run()
      process.waitUntilExit()
      let packed = Array(try Data(contentsOf: URL(fileURLWithPath: path + ".gz")))
      #expect(packed.count < 5_000_000 / 1000)
      #expect(inflate(packed, 5_000_000) == [UInt8](repeating: 0, count: 5_000_000))
    }
  }

  @Test func anotherSizeThanWasPromised() {
    for byteCount in [1, 999, 1001, 1 << 20, 1 << 40] { #expect(inflate(gzip(Self.contents), byteCount) == nil, "\(byteCount)") }
    #expect(inflate(gzip(Self.contents) + gzip([0]), 1000) == nil)
  }

  @Test func everyCutAndWhatFollowsTheEnd() {
    let packed = gzip(Self.contents)
    for length in 0..<packed.count { #expect(inflate(Array(packed[..<length]), 1000) == nil, "\(length)") }
    #expect(inflate(packed + [0], 1000) == nil)
    #expect(inflate(packed + packed[..<20], 1000) == nil)
  }

  @Test func everyChangedByte() {
    let packed = gzip(Self.contents)
    // Bytes 4 to 9, the time, the compressor's remarks and the system, say nothing about the contents.
    for index in packed.indices where !(4..<10 ~= index) {
      var changed = packed
      changed[index] ^= 2
      #expect(inflate(changed, 1000) == nil, "byte \(index)")
    }
  }
}
