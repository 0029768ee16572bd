import Foundation
import NeuralNetwork
import RunConfig
import TestSupport
import Testing

/// The promise: layers start from Keras's distributions, drawn from a stream of their own, the same for the same seed.
@Suite struct InitializerTests {
  /// `Tests/Golden/initializers.json`: what Keras draws for a `[784, 25]` kernel.
  struct Golden: Decodable {
    struct Measured: Decodable { let stddev: Double }
    let limit: Double
    let stddev: Double
    let measured: Measured
  }

  static let drawn: [Initializer] = [.glorotUniform, .glorotNormal, .heUniform, .heNormal]

  private static func golden(_ initializer: Initializer) throws -> Golden {
    struct Table: Decodable {
      let entries: [String: Golden]
      init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        entries = try Dictionary(
          uniqueKeysWithValues: values.allKeys.filter { $0.stringValue != "shape" }.map { ($0.stringValue, try values.decode(Golden.self, forKey: $0)) })
      }
    }
    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
    let file = PackageFiles.root.appendingPathComponent("Tests/Golden/initializers.json")
    return try #require(try JSONDecoder().decode(Table.self, from: Data(contentsOf: file)).entries[initializer.rawValue])
  }

  /// The first tensor of a network of 784 inputs whose kernel and bias start by `initializer`.
  private static func tensors(_ initializer: Initializer, seed: UInt64, layers: Int = 1) throws -> [[Float]] {
    let dense = Layer.dense(Dense(25, kernelInitializer: initializer, biasInitializer: initializer))
    let network = try Network(inputs: 784, layers: Array(repeating: dense, count: layers))
    return network.tensors(arena: network.initialArena(seed: seed)).map(\.values)
  }

  @Test(arguments: drawn)
  func kernelsFollowKerasDistributions(_ initializer: Initializer) throws {
    let golden = try Self.golden(initializer)
    let values = try (0..<4).flatMap { try Self.tensors(initializer, seed: $0)[0].map(Double.init) }
    let mean = values.reduce(0, +) / Double(values.count)
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    let largest = values.map(abs).max()!
    #expect(largest <= golden.limit * (1 + 1e-6), "never beyond the limit")
    #expect(largest >= golden.limit * 0.99, "and all the way to it")
    #expect(abs(deviation / golden.stddev - 1) < 0.02 && abs(deviation / golden.measured.stddev - 1) < 0.02, "\(deviation), Keras's \(golden.stddev)")
    #expect(abs(mean) < 5 * golden.stddev / Double(values.count).squareRoot(), "mean \(mean)")
    // A uniform distribution has half its values within half the limit; a normal cut at two deviations has 0.6827 / 0.9545 of them.
    let near = Double(values.count { abs($0) < golden.limit / 2 }) / Double(values.count)
    let isUniform = initializer == .glorotUniform || initializer == .heUniform
    #expect(abs(near - (isUniform ? 0.5 : 0.7152)) < 0.01, "\(near) of the values are within half the limit")
  }

  /// Keras takes both fans of a vector for its length.
  @Test func biasesAreDrawnToo() throws {
    let biases = try (0..<40).flatMap { try Self.tensors(.heUniform, seed: $0)[1] }
    let limit = Float((6.0 / 25).squareRoot())
    #expect(biases.allSatisfy { abs($0) <= limit } && biases.contains { abs($0) > 0.98 * limit })
  }

  @Test func zerosAreZero() throws {
    #expect(try Self.tensors(.zeros, seed: 3).allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  /// Equal layers would learn the same thing.
  @Test(arguments: drawn)
  func everyTensorAndSeedHasAStreamOfItsOwn(_ initializer: Initializer) throws {
    let first = try Self.tensors(initializer, seed: 1, layers: 4)
    let other = try Self.tensors(initializer, seed: 2, layers: 4)
    #expect(try Self.tensors(initializer, seed: 1, layers: 4) == first)
    let starts = (first + other).map { $0[0] / $0.map(abs).max()! }
    #expect(Set(starts).count == 16)
    // A layer's draws do not depend on the layers behind it.
    #expect(try Self.tensors(initializer, seed: 1, layers: 2) == Array(first.prefix(4)))
  }

  /// Written down by a Python program that has the formulas and the generator from the papers.
  static let pinned: [(Initializer, [UInt32])] = [
    (.glorotUniform, [0xBD72_1678, 0x3CF2_E9B9, 0x3D8C_2D9B]), (.glorotNormal, [0xBD54_BC6F, 0x3D01_B79B, 0x3C88_9D8C]),
    (.heUniform, [0xBD75_EAD4, 0x3CF6_C16C, 0x3D8E_6546]), (.heNormal, [0xBD58_19EF, 0x3D03_C4E9, 0x3C8A_C6C9]),
  ]

  @Test(arguments: pinned.indices)
  func firstValuesArePinned(_ index: Int) throws {
    let (initializer, bits) = Self.pinned[index]
    #expect(try Self.tensors(initializer, seed: 7)[0].prefix(3).map(\.bitPattern) == bits)
  }
}
