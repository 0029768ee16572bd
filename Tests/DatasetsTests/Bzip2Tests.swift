import Datasets
import Failures
import Foundation
import TestSupport
import Testing

/// The promise: a file packed by bzip2 is read as a gzipped one is, whatever its name; one that is broken off or damaged is refused, with its place.
@Suite struct Bzip2Tests {
  /// 300,000 bytes, which take several blocks.
  private static let rows = (0..<20_000).map { "\($0 % 10),\($0 % 251),\($0 * 7 % 256)\n" }.joined()

  private func table(_ bytes: [UInt8]) throws -> ExampleTable {
    try withTemporaryFolder { try ExampleTable(csv: try put(bytes, "data", in: $0), label: .number(0)) }
  }

  @Test func textAndImages() throws {
    let plain = try table(Array(Self.rows.utf8))
    let text = Array(Self.rows.utf8)
    for packed in [bzip2(text), bzip2(text, blockSize: 9), bzip2(Array(text.prefix(4000))) + bzip2(Array(text.dropFirst(4000)))] {
      let unpacked = try table(packed)
      #expect(unpacked.numbers == plain.numbers && unpacked.labels?.values == plain.labels?.values)
    }
    try withTemporaryFolder { folder in
      let images = idx(type: 8, [3, 2, 2], [UInt8](1...12))
      #expect(try IDXFile(try put(bzip2(images), "images", in: folder)).bytes == [UInt8](1...12))
      let picture = png(width: 2, height: 1, [9, 250])
      #expect(try PNGImage(try put(bzip2(picture), "picture", in: folder)).pixels == [9, 250])
      try put(bzip2(images), "train-images-idx3-ubyte.bz2", in: folder)
      try put(bzip2(idx(type: 8, [3], [4, 5, 6])), "train-labels-idx1-ubyte.bz2", in: folder)
      #expect(try Dataset.load(idxFolder: folder.path).targets == .classes([4, 5, 6]))
      #expect(DataFormat(name: "a/digits.csv.bz2") == .csv && DataFormat(name: "digits.libsvm.bz2") == .libsvm)
    }
  }

  @Test func whatIsNoStreamStaysText() throws { #expect(try table(Array("BZh9,a\n1,2\n".utf8)).numbers == [2]) }

  @Test func everyCutIsRefused() throws {
    let packed = bzip2(Array(Self.rows.utf8.prefix(600)))
    try withTemporaryFolder { folder in
      for length in 4..<packed.count {
        let path = try put(Array(packed[..<length]), "cut.csv", in: folder)
        let failure = #expect(throws: Failure.self, "\(length)") { try ExampleTable(csv: path, label: .number(0)) }
        #expect(failure?.description == "\(path): byte \(length): the bzip2 stream is broken off")
      }
      let images = bzip2(idx(type: 8, [3, 2, 2], [UInt8](1...12)))
      for length in 4..<images.count {
        let path = try put(Array(images[..<length]), "cut.idx", in: folder)
        #expect(throws: Failure(.badData, at: "\(path): byte \(length)", "the bzip2 stream is broken off")) { try IDXFile(path) }
      }
    }
  }

  /// A few dozen bytes can claim any number.
  @Test func aSmallFileIsNotUnpackedWithoutEnd() throws {
    let packed = bzip2([UInt8](repeating: 0, count: 40_000_000), blockSize: 9)
    try withTemporaryFolder { folder in
      #expect(packed.count < 100)
      let path = try put(packed + packed + packed, "bomb", in: folder)
      #expect(throws: Failure(.badData, at: path, "unpacks to more than 67108864 bytes, a thousand times its size")) {
        try ExampleTable(csv: path, label: .number(0))
      }
    }
  }

  /// The checksums see to it; what is accepted are bits that nobody reads, such as those that fill the last byte.
  @Test func noFlippedBitChangesANumber() throws {
    let text = Array(Self.rows.split(separator: "\n").prefix(50).joined(separator: "\n").utf8)
    let (good, packed) = (try table(text), bzip2(text))
    try withTemporaryFolder { folder in
      var accepted = 0
      for bit in 0..<packed.count * 8 {
        var bytes = packed
        bytes[bit / 8] ^= 1 << (bit % 8)
        let path = try put(bytes, "flipped", in: folder)
        do throws(Failure) {
          let read = try ExampleTable(csv: path, label: .number(0))
          #expect(read.numbers == good.numbers && read.labels?.values == good.labels?.values, "bit \(bit)")
          accepted += 1
        } catch { #expect(error.kind == .badData && error.place.hasPrefix(path), "bit \(bit): \(error)") }
      }
      #expect(accepted * 20 < packed.count * 8, "\(accepted) of \(packed.count * 8)")
    }
  }

  @Test func damage() throws {
    let packed = bzip2(Array(Self.rows.utf8.prefix(600)))
    try withTemporaryFolder { folder in
      var bytes = packed
      bytes[packed.count / 2] ^= 4
      var path = try put(bytes, "damaged", in: folder)
      var failure = #expect(throws: Failure.self) { try ExampleTable(csv: path, label: .number(0)) }
      #expect(failure?.message == "the bzip2 stream is damaged: its checksum is wrong, or its codes are" && failure?.kind == .badData)
      path = try put(packed + [1, 2, 3, 4, 5], "followed", in: folder)
      failure = #expect(throws: Failure.self) { try ExampleTable(csv: path, label: .number(0)) }
      #expect(failure?.message == "the bzip2 stream is damaged: no stream begins here")
      // What the header does not promise is left at its first byte.
      path = try put(bzip2(idx(type: 8, [3], [1, 2, 3, 4])), "long", in: folder)
      #expect(throws: Failure(.badData, at: "\(path): inflated byte 11", "the header promises 3 unsigned bytes, 11 bytes in all; found more")) {
        try IDXFile(path)
      }
    }
  }
}
