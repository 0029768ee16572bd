import Interchange
import Pictures
import Testing

/// The promise: records, checksums and pictures are what their formats ask for. (TensorBoard itself: `Tests/Interop`.)
@Suite struct TensorBoardFormatTests {
  /// RFC 3720, B.4, and the check value of the algorithm's catalogue.
  static let sums: [([UInt8], UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), ([UInt8](0..<32), 0x46DD_794E),
    ([UInt8]("123456789".utf8), 0xE306_9283), ([], 0),
  ]

  @Test(arguments: sums)
  func checksums(_ bytes: [UInt8], _ expected: UInt32) { #expect(TFRecord.checksum(bytes) == expected) }

  /// What a file begins with; the checksum of the length by Python, bit by bit.
  @Test func theFirstRecord() {
    let record = TensorBoardEvent(time: 0, .version).record
    #expect(record.prefix(12) == [0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22])
    #expect(Array(record[12..<36]) == [0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x1A, 0x0D] + Array("brain.Event:2".utf8))
    #expect(record.count == 8 + 4 + 24 + 4)
  }

  @Test func buckets() {
    #expect(HistogramBucket.of([]).isEmpty && HistogramBucket.of([.nan, .infinity]).isEmpty)
    #expect(HistogramBucket.of([2, 2, .nan]) == [HistogramBucket(lower: 1.5, upper: 2.5, count: 2)])
    let buckets = HistogramBucket.of([0, 0.5, 1, 29.5, 30, 30])
    #expect(buckets.count == 30 && buckets[0] == HistogramBucket(lower: 0, upper: 1, count: 2) && buckets[1].count == 1)
    #expect(buckets[29] == HistogramBucket(lower: 29, upper: 30, count: 3))
    // Ends so far apart that a float could not tell the width.
    let wide = HistogramBucket.of([-.greatestFiniteMagnitude, .greatestFiniteMagnitude])
    #expect(wide.first?.count == 1 && wide.last?.count == 1 && wide.reduce(0) { $0 + $1.count } == 2)
  }

  /// One white pixel: its chunks, but for what the compressor makes of two bytes.
  @Test func aPicture() {
    let file = PNGPicture(width: 1, height: 1, channels: .gray, pixels: [255]).encode()
    #expect(file.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(Array(file[8..<33]) == [0, 0, 0, 13] + Array("IHDR".utf8) + [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55])
    #expect(file.suffix(12) == [0, 0, 0, 0] + Array("IEND".utf8) + [0xAE, 0x42, 0x60, 0x82])
  }
}
