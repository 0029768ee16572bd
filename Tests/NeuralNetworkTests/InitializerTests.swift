import Failures
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

  static let drawn: [Initializer] = [.glorotUniform, .glorotNormal, .heUniform, .heNormal, .lecunUniform, .lecunNormal]

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
    return try #require(try JSONDecoder().decode(Table.self, from: Data(contentsOf: file)).entries[initializer.name])
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
    let isUniform = initializer.name.hasSuffix("uniform")
    #expect(abs(near - (isUniform ? 0.5 : 0.7152)) < 0.01, "\(near) of the values are within half the limit")
  }

  /// Keras takes both fans of a vector for its length.
  @Test func biasesAreDrawnToo() throws {
    let biases = try (0..<40).flatMap { try Self.tensors(.heUniform, seed: $0)[1] }
    let limit = Float((6.0 / 25).squareRoot())
    #expect(biases.allSatisfy { abs($0) <= limit } && biases.contains { abs($0) > 0.98 * limit })
  }

  @Test(arguments: [(Initializer.zeros, Float(0)), (.ones, 1), (.constant(), 0), (.constant(value: -0.25), -0.25)])
  func allTheSame(_ initializer: Initializer, _ value: Float) throws {
    #expect(try Self.tensors(initializer, seed: 3).allSatisfy { $0.allSatisfy { $0 == value } })
  }

  /// Mean and deviation, and how far the values go: not at all, or so many deviations from the mean.
  static let distributions: [(initializer: Initializer, mean: Double, deviation: Double, limit: ClosedRange<Double>)] = [
    (.randomNormal(), 0, 0.05, -1...1), (.randomNormal(mean: 2, stddev: 0.5), 2, 0.5, -8...12),
    (.randomUniform(), 0, 0.1 / 12.0.squareRoot(), -0.05...0.05), (.randomUniform(minval: 1, maxval: 3), 2, 2 / 12.0.squareRoot(), 1...3),
    // Cut at two deviations, 0.8796 of the deviation is left.
    (.truncatedNormal(), 0, 0.05 * 0.879_625_66, -0.1...0.1), (.truncatedNormal(mean: 1, stddev: 0.5), 1, 0.5 * 0.879_625_66, 0...2),
    (.varianceScaling(), 0, (1 / 784.0).squareRoot(), -0.0813...0.0813),
    (.varianceScaling(scale: 2, mode: .fanOut, distribution: .untruncatedNormal), 0, (2 / 25.0).squareRoot(), -2...2),
    (.varianceScaling(scale: 0.5, mode: .fanAverage, distribution: .uniform), 0, (0.5 / 404.5).squareRoot(), -0.0609...0.0609),
  ]

  @Test(arguments: distributions.indices) func distributionsHaveTheirMoments(_ index: Int) throws {
    let (initializer, mean, deviation, limit) = Self.distributions[index]
    let values = try (0..<4).flatMap { try Self.tensors(initializer, seed: $0)[0].map(Double.init) }
    let found = values.reduce(0, +) / Double(values.count)
    let spread = (values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(values.count)).squareRoot()
    #expect(abs(found - mean) < 5 * deviation / Double(values.count).squareRoot(), "\(initializer): mean \(found)")
    #expect(abs(spread / deviation - 1) < 0.02, "\(initializer): deviation \(spread), expected \(deviation)")
    #expect(values.allSatisfy { limit.contains($0) }, "\(initializer)")
    // Untruncated normal values go beyond two deviations, all others not.
    let isNormal = initializer.name == "random_normal" || initializer == .varianceScaling(scale: 2, mode: .fanOut, distribution: .untruncatedNormal)
    #expect(values.contains { abs($0 - mean) > 2.3 * deviation } == isNormal, "\(initializer)")
  }

  @Test(arguments: [(5, 3), (3, 5), (4, 4), (784, 25)], [1, 0.5]) func orthogonalMatrices(_ shape: (rows: Int, columns: Int), _ gain: Double) throws {
    let network = try Network(inputs: shape.rows, layers: [.dense(Dense(shape.columns, kernelInitializer: .orthogonal(gain: gain)))])
    let kernel = network.tensors(arena: network.initialArena(seed: 4))[0].values
    func vector(_ number: Int) -> [Double] {
      shape.rows > shape.columns
        ? (0..<shape.rows).map { Double(kernel[$0 * shape.columns + number]) } : (0..<shape.columns).map { Double(kernel[number * shape.columns + $0]) }
    }
    for a in 0..<min(shape.rows, shape.columns) {
      for b in 0...a {
        let product = zip(vector(a), vector(b)).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (a == b ? gain * gain : 0)) < 1e-6, "\(a) · \(b)")
      }
    }
    #expect(Set(kernel).count > kernel.count / 2, "not the identity")
  }

  @Test func identities() throws {
    let network = try Network(inputs: 3, layers: [.dense(Dense(4, kernelInitializer: .identity(gain: 2)))])
    #expect(network.tensors(arena: network.initialArena(seed: 1))[0].values == [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0])
  }

  @Test func biasesAreNoMatrices() {
    for initializer in [Initializer.identity(), .orthogonal()] {
      let place = "model.layers[0].bias_initializer"
      #expect(throws: Failure(.badData, at: place, "\(initializer.name) makes matrices; a bias needs another initializer")) {
        try Network(inputs: 3, layers: [.dense(Dense(4, biasInitializer: initializer))])
      }
    }
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
