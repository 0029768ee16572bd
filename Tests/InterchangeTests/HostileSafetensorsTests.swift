import Failures
import Interchange
import Testing

/// A file with the given header and so many bytes of data; `length` in place of the header's true length.
private func file(_ header: [UInt8], data: Int = 0, length: UInt64? = nil) -> [UInt8] {
  withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian) { Array($0) } + header + [UInt8](repeating: 0, count: data)
}

private func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
  file(Array(header.utf8), data: data, length: length)
}

/// A tensor's entry in a header.
private func entry(_ name: String, _ begin: Int, _ end: Int, shape: String = "[2]", dtype: String = "F32") -> String {
  "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
}

@Suite struct HostileSafetensorsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var bytes: [UInt8]
    var message: String
    init(_ bytes: [UInt8], _ message: String) { (self.bytes, self.message) = (bytes, message) }
    var testDescription: String { message }
  }

  static let lengths = [
    Case([], "byte 0: the file ends inside the header's length; expected 8 bytes"),
    Case([1, 0, 0, 0, 0, 0, 0], "byte 7: the file ends inside the header's length; expected 8 bytes"),
    Case(file("{}", length: 3), "byte 0: the header's length is 3, but only 2 bytes follow"),
    Case(file("{}", length: 100_000_001), "byte 0: the header's length is 100000001; at most 100000000 bytes are allowed"),
    Case(file("{}", length: .max), "byte 0: the header's length is 18446744073709551615; at most 100000000 bytes are allowed"),
    Case(file("{}", data: 3), "data byte 0: the last tensor ends here, but the data end at byte 3"),
  ]

  static let grammar = [
    Case(file(""), "header byte 0: expected '{'"),
    Case(file("[]"), "header byte 0: expected '{'"),
    Case(file("{"), "header byte 1: expected '\"'"),
    Case(file("{}x"), "header byte 2: expected the end of the header"),
    Case(file("{\"w\"}"), "header byte 4: expected ':'"),
    Case(file("{\"w\":1}"), "header byte 5: expected '{'"),
    Case(file("{\"w"), "header byte 3: expected '\"'"),
    Case(file("{\"w\":{},}"), "tensor 'w': 'dtype' is missing"),
    Case(file("{\(entry("w", 0, 8)),}", data: 8), "header byte 54: expected '\"'"),
    Case(file("{\"\n\":{}}"), "header byte 2: a control character inside a string"),
    Case(file("{\"\\x\":{}}"), "header byte 3: an unknown escape in a string"),
    Case(file("{\"\\"), "header byte 3: the header ends inside a string"),
    Case(file("{\"\\u12"), "header byte 4: expected 4 hexadecimal digits"),
    Case(file("{\"\\u+123\":{}}"), "header byte 4: expected 4 hexadecimal digits"),
    Case(file("{\"\\ud800\":{}}"), "header byte 8: half a surrogate pair in a string"),
    Case(file("{\"\\udc00\":{}}"), "header byte 8: half a surrogate pair in a string"),
    Case(file([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x7b, 0x7d, 0x7d]), "header byte 2: a string that is not UTF-8"),
    Case(file("{\"__metadata__\":{\"k\":1}}"), "header byte 21: expected '\"'"),
  ]

  static let entries = [
    Case(file("{\"w\":{\"shape\":[2],\"data_offsets\":[0,8]}}", data: 8), "tensor 'w': 'dtype' is missing"),
    Case(file("{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", data: 8), "tensor 'w': 'shape' is missing"),
    Case(file("{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", data: 8), "tensor 'w': 'data_offsets' is missing"),
    Case(file("{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F64\"}}"), "tensor 'w': 'dtype' is given twice"),
    Case(file("{\"w\":{\"type\":\"F32\"}}"), "tensor 'w': unknown key 'type'; expected dtype, shape and data_offsets"),
    Case(file("{\"w\":{\"dtype\":32}}"), "header byte 14: expected '\"'"),
    Case(file("{\"w\":{\"data_offsets\":[0]}}"), "tensor 'w': 'dtype' is missing"),
    Case(
      file("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,16]}}", data: 8), "tensor 'w': expected 2 numbers in 'data_offsets'; found 3"),
    Case(file("{\"w\":{\"shape\":[-2]}}"), "header byte 15: expected a whole number, 0 or above"),
    Case(file("{\"w\":{\"shape\":[2.5]}}"), "header byte 16: expected ']'"),
    Case(file("{\"w\":{\"shape\":[02]}}"), "header byte 15: expected a whole number, 0 or above"),
    Case(file("{\"w\":{\"shape\":[9223372036854775808]}}"), "header byte 15: a number that is too large"),
    Case(file("{\"w\":{\"shape\":2}}"), "header byte 14: expected '['"),
    Case(file("{\(entry("w", 0, 8)),\(entry("w", 8, 16))}", data: 16), "tensor 'w': the name is used twice"),
    Case(file("{\"__metadata__\":{},\"__metadata__\":{}}"), "tensor '__metadata__': the name is used twice"),
  ]

  static let layouts = [
    Case(file("{\(entry("w", 0, 4, dtype: "U8"))}", data: 4), "tensor 'w': the dtype is 'U8'; expected F32, F64, F16, BF16 or I64"),
    Case(file("{\(entry("w", 8, 0))}", data: 8), "tensor 'w': the data offsets are reversed: 8 to 0"),
    Case(file("{\(entry("w", 0, 8))}", data: 7), "tensor 'w': the data end at byte 8, but the file has only 7 bytes of data"),
    Case(
      file("{\(entry("w", 0, .max, shape: "[2305843009213693952]"))}", data: 8),
      "tensor 'w': the data end at byte 9223372036854775807, but the file has only 8 bytes of data"),
    Case(file("{\(entry("w", 0, 8, shape: "[3]"))}", data: 8), "tensor 'w': the shape [3] needs 12 bytes, but the data have 8"),
    Case(file("{\(entry("w", 0, 8, dtype: "F64"))}", data: 8), "tensor 'w': the shape [2] needs 16 bytes, but the data have 8"),
    Case(
      file("{\(entry("w", 0, 0, shape: "[4294967296,4294967296]"))}"),
      "tensor 'w': the shape [4294967296, 4294967296] is more than any file can hold"),
    Case(
      file("{\(entry("w", 0, 0, shape: "[4611686018427387904]"))}"), "tensor 'w': the shape [4611686018427387904] is more than any file can hold"),
    Case(file("{\(entry("a", 0, 8)),\(entry("b", 4, 12))}", data: 12), "tensor 'b': data from 4 on overlaps the tensor that ends at 8"),
    Case(file("{\(entry("a", 0, 8)),\(entry("b", 0, 8))}", data: 8), "tensor 'b': data from 0 on overlaps the tensor that ends at 8"),
    Case(file("{\(entry("a", 4, 12))}", data: 12), "tensor 'a': a gap before the data: bytes 0 to 4 belong to no tensor"),
    Case(file(#"{"__metadata__":{"k":"1","k":"2"}}"#, data: 0), "metadata 'k': the key is used twice"),
    Case(file(#"{"__metadata__":{"lockstep.crc32":"1234"}}"#, data: 0), "metadata: 'lockstep.crc32' is not a sum of 8 digits"),
    Case(file("{\(entry("a", 0, 8))}", data: 9), "data byte 8: the last tensor ends here, but the data end at byte 9"),
  ]

  @Test(arguments: lengths + grammar + entries + layouts)
  func eachDefectHasItsWords(_ example: Case) {
    let failure = #expect(throws: Failure.self) { try Safetensors.decode(example.bytes, file: "x.safetensors") }
    #expect(failure?.description == "x.safetensors: \(example.message)")
    #expect(failure?.kind == .badData)
  }

  /// Tensors may be listed in any order, an empty one may lie at the place of another, and JSON may have spaces.
  @Test func whatIsLegalIsRead() throws {
    let header = " {\n\(entry("b", 8, 16)) , \(entry("none", 8, 8, shape: "[ 0 , 9223372036854775807, 4 ]")), \(entry("a", 0, 8)) }\t "
    let decoded = try Safetensors.decode(file(header, data: 16), file: "x").tensors
    #expect(decoded.map(\.name) == ["a", "none", "b"])
  }

  /// Every cut of a good file, and every changed byte of its header, is read or refused, and never traps.
  @Test func cutsAndFlipsNeverTrap() throws {
    let tensors = [NamedTensor(name: "a", shape: [2], values: [1, 2]), NamedTensor(name: "b", shape: [], values: [3])]
    let good = try Safetensors.encode(tensors, metadata: ["k": "v"])
    for length in 0..<good.count {
      #expect(throws: Failure.self) { try Safetensors.decode(Array(good[..<length]), file: "cut") }
    }
    for index in 0..<good.count - 12 {
      for value: UInt8 in [0, 0x20, 0x22, 0x2c, 0x30, 0x39, 0x5c, 0x7d, 0xff] {
        var bad = good
        bad[index] = value
        _ = try? Safetensors.decode(bad, file: "flip")
      }
    }
  }
}
