import CDeflate

/// Inflates a gzip file that is in memory as a whole into a block of just the size that its contents are known to have; in less than half of the time
/// that `GzipReader` takes, which inflates piece by piece.
///
/// This is the way of a good file alone. A file that is not good is for `GzipReader` to look at again, which can say what is wrong with it, and where.
package enum WholeGzip {
  /// DEFLATE makes no more bytes than this out of one: a repeat of 258 bytes may be coded in two bits (RFC 1951).
  static let mostBytesPerByte = 1032
  /// Images of digits are five times as large as their files; few are more than this.
  static let usualBytesPerByte = 16

  /// The contents of all members of `packed`; nil unless they are sound, follow one another up to the last byte, and hold `byteCount` bytes. Nil, too,
  /// where there is no memory.
  ///
  /// No more than `byteCount` bytes are inflated, and what a short file only claims is not even reserved.
  package static func inflate(_ packed: UnsafeRawBufferPointer, byteCount: Int) -> ByteRegion? {
    guard byteCount / mostBytesPerByte <= packed.count, let decompressor = libdeflate_alloc_decompressor() else { return nil }
    defer { libdeflate_free_decompressor(decompressor) }
    return ByteRegion(count: byteCount) { block in
      // Not all that a file claims, lest one that promises too much costs the memory as well.
      let pages = HugePages.takeAhead(UnsafeMutableRawBufferPointer(rebasing: block.prefix(usualBytesPerByte * packed.count)))
      defer { pages?.wait() }
      var (taken, filled) = (0, 0)
      while taken < packed.count {
        var (input, output) = (0, 0)
        let result = libdeflate_gzip_decompress_ex(
          decompressor, packed.baseAddress! + taken, packed.count - taken, block.baseAddress! + filled, block.count - filled, &input, &output)
        guard result == LIBDEFLATE_SUCCESS else { return false }
        taken += input
        filled += output
      }
      return filled == block.count
    }
  }
}
