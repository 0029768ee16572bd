import Failures

/// The start of an IDX file: two zero bytes, the element type, the rank, and that many dimensions of 32 bits, big-endian, the rows first.
///
/// Failures are placed at a byte, "byte 4"; the caller puts the file's name before it.
struct IDXHeader: Equatable {
  enum ElementType: UInt8 {
    case unsignedByte = 0x08
    case integer = 0x0C
    case float = 0x0D

    var byteWidth: Int { self == .unsignedByte ? 1 : 4 }
    var name: String {
      switch self {
      case .unsignedByte: "unsigned bytes"
      case .integer: "32-bit integers"
      case .float: "32-bit floats"
      }
    }
  }

  static let ranks = 1...4
  /// No header is longer.
  static let largestByteCount = 4 + 4 * ranks.upperBound

  let type: ElementType
  /// Dimensions, each at least 1.
  let shape: [Int]
  /// Bytes of the payload: the product of the shape times the element's width.
  let payloadByteCount: Int

  /// Bytes before the payload.
  var byteCount: Int { 4 + 4 * shape.count }
  /// Bytes of header and payload.
  var totalByteCount: Int { byteCount + payloadByteCount }
  /// "60000 × 28 × 28 unsigned bytes".
  var summary: String { "\(Self.product(shape)) \(type.name)" }

  /// - Parameter head: the file's first `largestByteCount` bytes, or all when it has fewer.
  init(_ head: [UInt8]) throws(Failure) {
    guard head.count >= 4 else { throw Self.tooShort(head, needs: "at least 8") }
    guard head[0] == 0, head[1] == 0 else {
      let start = head.prefix(4).map { hexadecimal($0) }.joined(separator: " ")
      throw Failure(.badData, at: "byte 0", "not an IDX file: it starts with \(start); expected 00 00, an element type and a rank")
    }
    guard let type = ElementType(rawValue: head[2]) else {
      throw Failure(
        .badData, at: "byte 2", "element type 0x\(hexadecimal(head[2])); expected 0x08 (unsigned bytes), 0x0c (32-bit integers) or 0x0d (32-bit floats)")
    }
    let rank = Int(head[3])
    guard Self.ranks ~= rank else { throw Failure(.badData, at: "byte 3", "\(rank) dimensions; expected 1 to 4") }
    guard head.count >= 4 + 4 * rank else { throw Self.tooShort(head, needs: "\(4 + 4 * rank)") }
    let shape = (0..<rank).map { axis in head[(4 + 4 * axis)..<(8 + 4 * axis)].reduce(0) { $0 << 8 | Int($1) } }
    if let axis = shape.firstIndex(of: 0) {
      throw Failure(.badData, at: "byte \(4 + 4 * axis)", axis == 0 ? "0 rows; expected at least 1" : "dimension \(axis) is 0; expected at least 1")
    }
    _ = try requireCountable(shape[0], at: "byte 4")
    self.type = type
    self.shape = shape
    payloadByteCount = try Self.payload(shape, type)
  }

  private static func payload(_ shape: [Int], _ type: ElementType) throws(Failure) -> Int {
    var bytes = type.byteWidth
    for dimension in shape {
      let (product, overflows) = bytes.multipliedReportingOverflow(by: dimension)
      // A quarter of the address space is kept free, so that adding a header cannot overflow either.
      guard !overflows, product < Int.max / 4 else {
        throw Failure(.badData, at: "byte 4", "\(Self.product(shape)) \(type.name) are more than any file can hold")
      }
      bytes = product
    }
    return bytes
  }

  private static func product(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " × ") }

  private static func tooShort(_ head: [UInt8], needs: String) -> Failure {
    Failure(.badData, at: "byte \(head.count)", "the file ends inside the IDX header; expected \(needs) bytes of header")
  }
}

extension IDXHeader {
  /// The header of a file; each dimension must fit 32 bits.
  static func encode(_ shape: [Int], _ type: ElementType = .unsignedByte) -> [UInt8] {
    precondition(ranks ~= shape.count, "\(shape.count) dimensions")
    let dimensions = shape.flatMap { length in stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: UInt32(length) >> $0) } }
    return [0, 0, type.rawValue, UInt8(shape.count)] + dimensions
  }
}

/// Two lowercase digits.
func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
