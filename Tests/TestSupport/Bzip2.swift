import CBzip2

/// `bytes` as a bzip2 stream, by libbz2.
///
/// - Parameter blockSize: in hundreds of kilobytes, 1 to 9.
public func bzip2(_ bytes: [UInt8], blockSize: Int32 = 1) -> [UInt8] {
  // Its manual: 1 % and 600 bytes more are always enough.
  var (packed, count) = ([CChar](repeating: 0, count: bytes.count + bytes.count / 100 + 600), UInt32(bytes.count + bytes.count / 100 + 600))
  var source = bytes.map { CChar(bitPattern: $0) }
  precondition(BZ2_bzBuffToBuffCompress(&packed, &count, &source, UInt32(bytes.count), blockSize, 0, 0) == BZ_OK, "libbz2 cannot pack \(bytes.count) bytes")
  return packed.prefix(Int(count)).map { UInt8(bitPattern: $0) }
}
