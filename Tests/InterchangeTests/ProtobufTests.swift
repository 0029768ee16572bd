import Interchange
import Testing

/// The promise: messages are in the wire format. The first bytes are the examples of protobuf.dev/programming-guides/encoding.
@Suite struct ProtobufTests {
  @Test(arguments: [
    ("an integer", [0x08, 0x96, 0x01], ProtobufWriter.message { $0.integer(1, 150) }),
    ("a text", [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67], ProtobufWriter.message { $0.text(2, "testing") }),
    ("a message in a message", [0x1a, 0x03, 0x08, 0x96, 0x01], ProtobufWriter.message { $0.message(3) { $0.integer(1, 150) } }),
    ("an integer below 0 has ten bytes", [0x08, 0xFE] + [UInt8](repeating: 0xFF, count: 8) + [0x01], ProtobufWriter.message { $0.integer(1, -2) }),
    (
      "0, and 127 and 128 on either side of a byte", [0x08, 0x00, 0x08, 0x7F, 0x08, 0x80, 0x01],
      ProtobufWriter.message { for n in [0, 127, 128] { $0.integer(1, n) } }
    ),
    ("the largest", [0x08] + [UInt8](repeating: 0xFF, count: 8) + [0x7F], ProtobufWriter.message { $0.integer(1, .max) }),
    ("a float", [0x15, 0x00, 0x00, 0x80, 0x3F], ProtobufWriter.message { $0.float(2, 1) }),
    ("a double", [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F], ProtobufWriter.message { $0.double(1, 1) }),
    ("a field above 15 has a key of two bytes", [0xA0, 0x01, 0x01], ProtobufWriter.message { $0.integer(20, 1) }),
    (
      "200 bytes have a length of two", [0x4A, 0xC8, 0x01] + [UInt8](repeating: 9, count: 200),
      ProtobufWriter.message { $0.data(9, [UInt8](repeating: 9, count: 200)) }
    ),
  ])
  func wireFormat(_ what: String, _ expected: [UInt8], _ found: [UInt8]) { #expect(found == expected, "\(what)") }
}
