import Failures

/// How a file is packed, which its first bytes say, and not its name.
enum Packing {
  case gzip, bzip2

  /// Bytes of a file's head that tell.
  static let tellingByteCount = 10

  /// - Parameter head: the file's first `tellingByteCount` bytes, or all when it has fewer.
  /// - Returns: nil for a file that is not packed.
  init?(head: [UInt8]) {
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head.count >= 4, head.starts(with: Array("BZh".utf8)), UInt8(ascii: "1")...UInt8(ascii: "9") ~= head[3], Self.beginsBlock(head[4...]) {
      self = .bzip2
    } else {
      return nil
    }
  }

  /// "BZh9" may begin a text, too; behind it a block of bzip2 begins with the digits of π, and the end of an empty stream with those of its root.
  private static func beginsBlock(_ bytes: ArraySlice<UInt8>) -> Bool {
    [[0x31, 0x41, 0x59, 0x26, 0x53, 0x59], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]].contains { (magic: [UInt8]) in magic.starts(with: bytes.prefix(magic.count)) }
  }
}

/// What unpacks a file piece by piece, in a fixed amount of memory.
protocol UnpackingReader: ~Copyable {
  /// Unpacks the next bytes into `buffer`, as many as fit, fewer only when the stream has come to its good end; returns how many.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int
}
