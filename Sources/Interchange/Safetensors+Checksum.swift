import CDeflate
import Failures

/// The format has no checksum, so a flipped bit in a weight would go unnoticed. Lockstep's checkpoints carry one in their metadata: the CRC-32 (as in gzip)
/// of the whole file, in which the sum's own eight digits are zeros.
extension Safetensors {
  static let checksumKey = "lockstep.crc32"
  static let blankChecksum = "00000000"

  /// `bytes` with the right sum, where they have a place for one: for tests that change the rest.
  package static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    guard var sealed = blanked(bytes) else { return bytes }
    fillInChecksum(&sealed)
    return sealed
  }

  /// Puts the sum where `blankChecksum` stands.
  static func fillInChecksum(_ bytes: inout [UInt8]) {
    guard let place = checksumPlace(bytes) else { preconditionFailure("a header without the checksum that was put into it") }
    bytes.replaceSubrange(place, with: checksum(bytes).utf8)
  }

  /// - Parameter given: what the metadata say.
  static func checkSum(_ given: String?, of bytes: [UInt8], isNeeded: Bool) throws(Failure) {
    guard let given else {
      if isNeeded { throw Failure(.badData, at: "metadata", "'\(checksumKey)' is missing") }
      return
    }
    guard let blank = blanked(bytes) else { throw Failure(.badData, at: "metadata", "'\(checksumKey)' is not a sum of 8 digits") }
    let found = checksum(blank)
    guard found == given else { throw Failure(.badData, at: "metadata", "the checksum is \(given), that of the bytes \(found): the file was damaged") }
  }

  /// `bytes` with zeros for the sum's digits; nil where they have no place for one.
  private static func blanked(_ bytes: [UInt8]) -> [UInt8]? {
    guard let place = checksumPlace(bytes) else { return nil }
    var blank = bytes
    blank.replaceSubrange(place, with: blankChecksum.utf8)
    return blank
  }

  private static func checksum(_ bytes: [UInt8]) -> String {
    let sum = bytes.withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress, $0.count) }
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: blankChecksum.count - digits.count) + digits
  }

  /// Where the eight digits are. In other texts of the header a quotation mark has a backslash before it, so the key is found nowhere else.
  private static func checksumPlace(_ bytes: [UInt8]) -> Range<Int>? {
    let key = Array("\"\(checksumKey)\":\"".utf8)
    let digits = blankChecksum.utf8.count
    return bytes.withUnsafeBytes { file -> Range<Int>? in
      var start = lengthByteCount
      while start + key.count + digits < file.count {
        if file[start] == key[0], file[start..<start + key.count].elementsEqual(key) {
          let end = start + key.count + digits
          return file[end] == UInt8(ascii: "\"") ? start + key.count..<end : nil
        }
        start += 1
      }
      return nil
    }
  }
}
