import Failures
import Foundation
import Interchange
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  static let tensors = [
    NamedTensor(name: "dense.kernel", shape: [2, 3], values: [1, -2.5, .leastNonzeroMagnitude, .infinity, -0.0, 0.1]),
    NamedTensor(name: "größe \"\\\n\u{1}/😀", shape: [], values: [7]),
    NamedTensor(name: "empty", shape: [0, 4], values: []),
    NamedTensor(name: "a", shape: [1, 1, 1, 2], values: [Float.greatestFiniteMagnitude, .leastNormalMagnitude]),
  ]

  @Test func aRoundTripKeepsOrderShapesAndBits() throws {
    let bytes = try Safetensors.encode(Self.tensors, metadata: ["b": "2", "a": "\"1\""])
    let decoded = try Safetensors.decode(bytes, file: "round.safetensors")
    #expect(decoded == Safetensors(tensors: Self.tensors, metadata: ["b": "2", "a": "\"1\""]))
    #expect(decoded.tensors.map { $0.values.map(\.bitPattern) } == Self.tensors.map { $0.values.map(\.bitPattern) })
  }

  @Test func notANumberKeepsItsBits() throws {
    let odd = Float(bitPattern: 0x7fc1_2345)
    let decoded = try Safetensors.decode(try Safetensors.encode([NamedTensor(name: "n", shape: [1], values: [odd])]), file: "n")
    #expect(decoded.tensors[0].values[0].bitPattern == 0x7fc1_2345)
  }

  /// Byte for byte, so that the order, the padding and the absence of a time are pinned.
  @Test func theBytesOfASmallFile() throws {
    let bytes = try Safetensors.encode([NamedTensor(name: "w", shape: [2], values: [1, -2])], metadata: ["z": "1", "k": "v"])
    let header = #"{"__metadata__":{"k":"v","z":"1"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"# + " "
    #expect(header.utf8.count == 88)
    #expect(bytes == [88, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
  }

  /// Eight names of growing length: one of the headers fills a multiple of 8 by itself, and gets no space.
  @Test func headersArePaddedByLessThanEight() throws {
    for length in 1...8 {
      let bytes = try Safetensors.encode([NamedTensor(name: String(repeating: "n", count: length), shape: [0], values: [])])
      #expect(bytes.count % 8 == 0)
      #expect(bytes.reversed().prefix { $0 == UInt8(ascii: " ") }.count < 8)
    }
  }

  @Test func noTensorsAreAFileToo() throws {
    let bytes = try Safetensors.encode([])
    #expect(bytes == [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
    #expect(try Safetensors.decode(bytes, file: "none").tensors.isEmpty)
  }

  /// A sum that fits the bytes is accepted, whatever stands around it; and a file that must have one is refused without.
  @Test func aChecksumIsThatOfTheBytes() throws {
    let metadata = ["a": "\"lockstep.crc32\":\"12345678\"", "z": "lockstep.crc32"]
    let bytes = try Safetensors.encode(Self.tensors, metadata: metadata, checksum: true)
    let decoded = try Safetensors.decode(bytes, file: "sum", needsChecksum: true)
    #expect(decoded.tensors == Self.tensors)
    #expect(decoded.metadata.filter { $0.key != "lockstep.crc32" } == metadata)
    #expect(try Safetensors.encode(Self.tensors, metadata: metadata, checksum: true) == bytes, "equal arguments, equal bytes")
    let without = try Safetensors.encode(Self.tensors, metadata: metadata)
    #expect(throws: Failure(.badData, at: "none: metadata", "'lockstep.crc32' is missing")) {
      try Safetensors.decode(without, file: "none", needsChecksum: true)
    }
  }

  /// One bit anywhere, in the header or in a number.
  @Test func everyFlippedBitIsSeen() throws {
    let good = try Safetensors.encode([NamedTensor(name: "w", shape: [2], values: [1, -2])], metadata: ["k": "v"], checksum: true)
    for index in 0..<good.count {
      for bit in 0..<8 {
        var bad = good
        bad[index] ^= 1 << bit
        #expect(throws: Failure.self, "byte \(index), bit \(bit)") { try Safetensors.decode(bad, file: "flip", needsChecksum: true) }
      }
    }
  }

  /// `Fixtures/python.safetensors` was written by Python's safetensors 0.8.0 (`make_python_safetensors.py` beside it).
  @Test func readsWhatPythonWrote() throws {
    let file = PackageFiles.root.appendingPathComponent("Tests/InterchangeTests/Fixtures/python.safetensors")
    let decoded = try Safetensors.decode(Array(try Data(contentsOf: file)), file: "python.safetensors").tensors
    let byName = Dictionary(uniqueKeysWithValues: decoded.map { ($0.name, $0) })
    #expect(decoded.count == 4)
    #expect(byName["dense.kernel"] == NamedTensor(name: "dense.kernel", shape: [2, 3], values: [1.5, -2.25, 3.0e-38, 4, 5, 0.1]))
    #expect(byName["dense.bias"] == NamedTensor(name: "dense.bias", shape: [2], values: [0.1, -1.0e10]))
    #expect(byName["größe \"\\\n"] == NamedTensor(name: "größe \"\\\n", shape: [], values: [7]))
    #expect(byName["empty"] == NamedTensor(name: "empty", shape: [0, 4], values: []))
  }

  /// As other programs write them: 1, −2 and 65,504 in half precision, 1, −2 and 2^100 in bfloat16, and a counter of PyTorch's.
  @Test func readsOtherTypesOfNumbers() throws {
    let header = """
      {"bf16":{"dtype":"BF16","shape":[3],"data_offsets":[8,14]},"f16":{"dtype":"F16","shape":[3],"data_offsets":[14,20]},\
      "n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}
      """
    let data: [UInt8] = [
      0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0x3F, 0x00, 0xC0, 0x80, 0x71, 0x00, 0x3C, 0x00, 0xC0, 0xFF, 0x7B,
    ]
    let file = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + data
    #expect(
      try Safetensors.decode(file, file: "other").tensors == [
        NamedTensor(name: "n", shape: [], values: [-2]), NamedTensor(name: "bf16", shape: [3], values: [1, -2, 0x1p100]),
        NamedTensor(name: "f16", shape: [3], values: [1, -2, 65_504]),
      ])
  }

  @Test(arguments: [
    ([NamedTensor(name: "w", shape: [1], values: [1]), NamedTensor(name: "w", shape: [1], values: [1])], "tensor 'w': the name is used twice"),
    ([NamedTensor(name: "__metadata__", shape: [1], values: [1])], "tensor '__metadata__': the name is reserved"),
    ([NamedTensor(name: "w", shape: [2, 2], values: [1, 2, 3])], "tensor 'w': the values (3) do not fill the shape [2, 2]"),
    ([NamedTensor(name: "w", shape: [-1, -1], values: [1])], "tensor 'w': the values (1) do not fill the shape [-1, -1]"),
    ([NamedTensor(name: "w", shape: [.max, 2], values: [])], "tensor 'w': the values (0) do not fill the shape [9223372036854775807, 2]"),
  ])
  func whatCannotBeEncoded(tensors: [NamedTensor], message: String) {
    let failure = #expect(throws: Failure.self) { try Safetensors.encode(tensors) }
    #expect(failure?.description == message)
    #expect(failure?.kind == .badData)
  }
}
