/// TensorFlow's file of records (github.com/tensorflow/tensorflow, core/lib/io/record_writer.h): the length of each, the length's checksum, the record, and the
/// record's checksum, all little-endian.
package enum TFRecord {
  /// A record as it stands in a file.
  package static func framed(_ record: [UInt8]) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt64(record.count).littleEndian) { Array($0) }
    return length + maskedChecksum(length) + record + maskedChecksum(record)
  }

  /// Masked, so that the checksum of bytes that hold checksums is not special.
  private static func maskedChecksum(_ bytes: [UInt8]) -> [UInt8] {
    let sum = checksum(bytes)
    return withUnsafeBytes(of: ((sum >> 15 | sum << 17) &+ 0xA282_EAD8).littleEndian) { Array($0) }
  }

  /// CRC-32C, Castagnoli's polynomial; zlib and libdeflate only know the other one.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
  }

  /// What each byte does to the sum.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 0 ? 0 : 0x82F6_3B78) }
  }
}
