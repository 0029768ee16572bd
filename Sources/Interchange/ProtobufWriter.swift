/// Writes a message in the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding).
///
/// By hand: Lockstep writes some thirty fields of ONNX's and TensorBoard's schemas and reads none. Code generated for these schemas would be thousands of
/// lines, and need a Swift package, of which there is none here.
package struct ProtobufWriter {
  package private(set) var bytes: [UInt8] = []

  /// The bytes of the message that `body` writes.
  package static func message(_ body: (inout ProtobufWriter) -> Void) -> [UInt8] {
    var writer = ProtobufWriter()
    body(&writer)
    return writer.bytes
  }

  /// Of type int32, int64 or enum.
  package mutating func integer(_ field: Int, _ value: Int) {
    key(field, wireType: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  package mutating func double(_ field: Int, _ value: Double) {
    key(field, wireType: 1)
    append(value.bitPattern)
  }

  package mutating func float(_ field: Int, _ value: Float) {
    key(field, wireType: 5)
    append(value.bitPattern)
  }

  /// Of type string.
  package mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

  /// Of type bytes.
  package mutating func data(_ field: Int, _ value: [UInt8]) {
    key(field, wireType: 2)
    varint(UInt64(value.count))
    bytes += value
  }

  /// A message inside this one.
  package mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) { data(field, Self.message(body)) }

  private mutating func key(_ field: Int, wireType: Int) { varint(UInt64(field << 3 | wireType)) }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func append(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
}

extension [UInt8] {
  /// The bytes of numbers, little-endian, one behind the other.
  init(littleEndian values: [Float]) {
    self = []
    reserveCapacity(4 * values.count)
    for value in values { Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) } }
  }
}
