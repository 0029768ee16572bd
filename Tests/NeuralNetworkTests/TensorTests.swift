import Failures
import Interchange
import NeuralNetwork
import RunConfig
import TestSupport
import Testing

/// The promise: files hold Keras's unpadded tensors, the arena holds padded rows, and nothing is lost or moved between the two.
@Suite struct TensorTests {
  private static func network(_ inputs: Int, _ layers: Dense...) throws -> Network { try Network(inputs: inputs, layers: layers.map(Layer.dense)) }

  /// An arena whose numbers tell their layer, row and unit; the padding is zero.
  private static func numbered(_ network: Network) -> [Float] {
    var arena = [Float](repeating: 0, count: network.arenaCount)
    for (number, layer) in network.layers.enumerated() {
      for row in 0..<layer.rows {
        for unit in 0..<layer.units { arena[layer.index(row: row, unit: unit)] = Float(number * 10_000 + row * 100 + unit + 1) }
      }
    }
    return arena
  }

  @Test func kernelsAndBiasesLieRowByRow() throws {
    let network = try Self.network(3, Dense(2), Dense(1, useBias: false))
    let tensors = network.tensors(arena: Self.numbered(network))
    #expect(
      tensors == [
        NamedTensor(name: "dense.kernel", shape: [3, 2], values: [1, 2, 101, 102, 201, 202]),
        NamedTensor(name: "dense.bias", shape: [2], values: [301, 302]),
        NamedTensor(name: "dense_1.kernel", shape: [2, 1], values: [10_001, 10_101]),
      ])
    #expect(network.arenaCount == (8 + 2) * 16 && network.parameterCount == 10)
  }

  @Test(arguments: [1, 3, 15, 16, 17, 25, 33], [true, false])
  func tensorsAndArenaAreInverse(_ units: Int, _ useBias: Bool) throws {
    let network = try Self.network(17, Dense(units, useBias: useBias), Dense(16), Dense(3, useBias: useBias))
    let arena = Self.numbered(network)
    let tensors = network.tensors(arena: arena)
    #expect(try network.arena(tensors: tensors) == arena)
    #expect(try network.arena(tensors: tensors.reversed()) == arena, "in any order")
    #expect(tensors.reduce(0) { $0 + $1.values.count } == network.parameterCount)
    #expect(tensors.allSatisfy { $0.values.count == $0.shape.reduce(1, *) })
    #expect(network.layers.allSatisfy { $0.offset % 16 == 0 && $0.columns % 16 == 0 })
  }

  typealias Change = @Sendable (inout [NamedTensor]) -> Void
  static let refusals: [(String, Change)] = [
    ("dense_1.bias: missing; expected shape [2]", { $0.removeLast() }),
    ("dense.kernel: missing; expected shape [4, 3]", { $0[0].name = "kernel" }),
    ("dense.kernel: expected shape [4, 3], found [3, 4]", { $0[0].shape = [3, 4] }),
    ("dense.bias: expected shape [3], found [3, 1]", { $0[1].shape = [3, 1] }),
    ("dense_1.kernel: expected 6 numbers for shape [3, 2], found 5", { $0[2].values.removeLast() }),
    ("dense.bias: expected finite numbers, found nan at element 1", { $0[1].values[1] = .nan }),
    ("dense_1.kernel: expected finite numbers, found -inf at element 5", { $0[2].values[5] = -.infinity }),
    (
      "dense_2.kernel: the network has no such tensor; it has dense, dense_1",
      { $0.append(NamedTensor(name: "dense_2.kernel", shape: [2, 2], values: [0, 0, 0, 0])) }
    ),
  ]

  @Test(arguments: refusals.indices)
  func whatIsNotThisNetworksIsRefused(_ index: Int) throws {
    let (message, change) = Self.refusals[index]
    let network = try Self.network(4, Dense(3), Dense(2))
    var tensors = network.tensors(arena: Self.numbered(network))
    change(&tensors)
    let failure = #expect(throws: Failure.self) { try network.arena(tensors: tensors) }
    #expect(failure?.description == message)
    #expect(failure?.kind == .badData)
  }

  static let impossible: [(Int, [Dense], String)] = [
    (0, [Dense(1)], "inputs: expected at least 1, found 0"),
    (4, [], "model.layers: expected at least one dense layer, found none"),
    (4, [Dense(0)], "model.layers[0].units: expected 1 to 16777216 units for 4 inputs, found 0"),
    (4, [Dense(3), Dense(-1)], "model.layers[1].units: expected 1 to 16777216 units for 3 inputs, found -1"),
    (1 << 20, [Dense(2000)], "model.layers[0].units: expected 1 to 1024 units for 1048576 inputs, found 2000"),
  ]

  @Test(arguments: impossible.indices)
  func impossibleNetworksAreRefused(_ index: Int) {
    let (inputs, layers, message) = Self.impossible[index]
    let failure = #expect(throws: Failure.self) { try Network(inputs: inputs, layers: layers.map(Layer.dense)) }
    #expect(failure == failure.map { Failure(.badData, at: $0.place, $0.message) })
    #expect(failure?.description == message)
  }
}
