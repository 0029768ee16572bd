import Datasets
import Failures
import TestSupport
import Testing

@Suite struct DamagedIDXFileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var bytes: [UInt8]
    var message: String
    init(_ bytes: [UInt8], _ message: String) { (self.bytes, self.message) = (bytes, message) }
    var testDescription: String { message }
  }

  /// These are told in the same words of a plain file ("byte 3: …") and of a gzipped one ("inflated byte 3: …").
  static let headers = [
    Case([], "byte 0: the file ends inside the IDX header; expected at least 8 bytes of header"),
    Case([0, 0, 8], "byte 3: the file ends inside the IDX header; expected at least 8 bytes of header"),
    Case([0, 0, 8, 3, 0, 0, 0, 1], "byte 8: the file ends inside the IDX header; expected 16 bytes of header"),
    Case([0x50, 0x4b, 3, 4, 9], "byte 0: not an IDX file: it starts with 50 4b 03 04; expected 00 00, an element type and a rank"),
    Case([0, 1, 8, 1, 0, 0, 0, 1, 5], "byte 0: not an IDX file: it starts with 00 01 08 01; expected 00 00, an element type and a rank"),
    Case(idx(type: 0x0B, [1], [0, 0]), "byte 2: element type 0x0b; expected 0x08 (unsigned bytes), 0x0c (32-bit integers) or 0x0d (32-bit floats)"),
    Case([0, 0, 8, 0], "byte 3: 0 dimensions; expected 1 to 4"),
    Case(idx([1, 1, 1, 1, 1], [5] as [UInt8]), "byte 3: 5 dimensions; expected 1 to 4"),
    Case(idx([0, 28, 28], [] as [UInt8]), "byte 4: 0 rows; expected at least 1"),
    Case(idx([2, 28, 0], [] as [UInt8]), "byte 12: dimension 2 is 0; expected at least 1"),
    Case(
      idx([4_294_967_295, 4_294_967_295, 4_294_967_295], [1] as [UInt8]),
      "byte 4: 4294967295 × 4294967295 × 4294967295 unsigned bytes are more than any file can hold"),
    Case(idx([2_147_483_648, 1_073_741_824], [1] as [UInt8]), "byte 4: 2147483648 × 1073741824 unsigned bytes are more than any file can hold"),
    Case(idx(type: 0x0D, [1_073_741_824, 536_870_912], [1]), "byte 4: 1073741824 × 536870912 32-bit floats are more than any file can hold"),
  ]

  static let sizes = [
    Case(idx([3, 2], [1, 2, 3, 4, 5] as [UInt8]), "byte 17: the header promises 3 × 2 unsigned bytes, 18 bytes in all; found 17"),
    Case(
      idx([4_294_967_295, 65_536], [9] as [UInt8]), "byte 13: the header promises 4294967295 × 65536 unsigned bytes, 281474976645132 bytes in all; found 13"),
    Case(idx(type: 0x0D, [2], [0, 0, 0, 0, 0]), "byte 13: the header promises 2 32-bit floats, 16 bytes in all; found 13"),
  ]

  @Test(arguments: headers + sizes)
  func plainAndGzippedDefects(_ example: Case) throws {
    try withTemporaryFolder { folder in
      let plain = try put(example.bytes, "plain", in: folder)
      let failure = #expect(throws: Failure.self) { try IDXFile(plain) }
      #expect(failure?.description == "\(plain): \(example.message)")
      #expect(failure?.kind == .badData)

      let gzipped = try put(gzip(example.bytes), "gzipped", in: folder)
      let other = #expect(throws: Failure.self) { try IDXFile(gzipped) }
      #expect(other?.description == "\(gzipped): inflated \(example.message)")
      #expect(other?.kind == .badData)
    }
  }

  private static let good = idx([3], [1, 2, 3] as [UInt8])
  private static let long = idx([40], [UInt8](repeating: 7, count: 40))
  private static var packed: [UInt8] { gzip(good) }

  /// `packed` with other bytes at `index`.
  private static func packed(_ index: Int, _ bytes: UInt8...) -> [UInt8] {
    var changed = packed
    changed.replaceSubrange(index..<index + bytes.count, with: bytes)
    return changed
  }

  /// `packed` is a header of 10 bytes, a block's header of 5, the 11 bytes of the IDX file, the CRC at 26 and the length at 30: 34 bytes.
  static let forms = [
    Case(good + [0], "byte 11: the header promises 3 unsigned bytes, 11 bytes in all; found 12"),
    Case(gzip(good + [0]), "inflated byte 11: the header promises 3 unsigned bytes, 11 bytes in all; found more"),
    Case(gzip(good + [UInt8](repeating: 0, count: 100)), "inflated byte 11: the header promises 3 unsigned bytes, 11 bytes in all; found more"),
    Case(packed + gzip([0]), "inflated byte 11: the header promises 3 unsigned bytes, 11 bytes in all; found more"),
    Case([0x1F, 0x8B], "byte 2: the gzip stream is broken off"),
    Case(Array(packed.prefix(9)), "byte 9: the gzip stream is broken off"),
    Case(Array(packed.prefix(20)), "byte 20: the gzip stream is broken off"),
    Case(Array(packed.prefix(26)), "byte 26: the gzip stream is broken off"),
    Case(Array(packed.prefix(33)), "byte 33: the gzip stream is broken off"),
    Case(packed(2, 7), "byte 4: the gzip stream is damaged: unknown compression method"),
    Case(packed(11, 0xFF), "byte 15: the gzip stream is damaged: invalid stored block lengths"),
    Case(packed(25, 99), "byte 30: the gzip stream is damaged: incorrect data check"),
    Case(packed(26, 0, 0, 0, 0), "byte 30: the gzip stream is damaged: incorrect data check"),
    Case(packed(30, 12), "byte 34: the gzip stream is damaged: incorrect length check"),
    // Files that end beyond what is read to see the header: 40 bytes of payload in 48; the gzip file has 71.
    Case(gzip(long + [0]), "inflated byte 48: the header promises 40 unsigned bytes, 48 bytes in all; found more"),
    Case(Array(gzip(long).prefix(70)), "byte 70: the gzip stream is broken off"),
    Case(Array(gzip(long).dropLast(8)) + [0, 0, 0, 0, 48, 0, 0, 0], "byte 67: the gzip stream is damaged: incorrect data check"),
    Case(packed + [9, 9, 9], "byte 36: the gzip stream is damaged: incorrect header check"),
  ]

  @Test(arguments: forms)
  func defectsOfOneForm(_ example: Case) throws {
    try withTemporaryFolder { folder in
      let path = try put(example.bytes, "digits", in: folder)
      let failure = #expect(throws: Failure.self) { try IDXFile(path) }
      #expect(failure?.description == "\(path): \(example.message)")
      #expect(failure?.kind == .badData)
    }
  }

  /// Not one cut of a good file passes for a file.
  @Test func everyCutIsRefused() throws {
    try withTemporaryFolder { folder in
      for whole in [Self.good, Self.packed] {
        for length in 0..<whole.count {
          let path = try put(Array(whole[..<length]), "cut", in: folder)
          #expect(throws: Failure.self, "\(length) of \(whole.count)") { try IDXFile(path) }
        }
      }
    }
  }
}
