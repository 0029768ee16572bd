import Failures
import Interchange
import NeuralNetwork
import RunConfig
import Testing

/// The promise: tensors that PyTorch or Keras has named find their places by order and shape; and where they cannot, it is said which does not fit, and why.
@Suite struct ForeignTensorTests {
  private static let layers: [Layer] = [
    .dense(Dense(3)), .batchNormalization(BatchNormalization()), .activation(.relu), .dense(Dense(2, useBias: false)),
    .layerNormalization(LayerNormalization()),
  ]

  private static func tensor(_ name: String, _ shape: Int..., from first: Float = 0) -> NamedTensor {
    NamedTensor(name: name, shape: shape, values: (0..<shape.reduce(1, *)).map { first + Float($0) })
  }

  /// A `state_dict`, in the alphabet's order.
  private static let torch = [
    tensor("0.bias", 3, from: 20), tensor("0.weight", 3, 4), tensor("1.bias", 3, from: 30), tensor("1.num_batches_tracked"),
    tensor("1.running_mean", 3, from: 40),
    tensor("1.running_var", 3, from: 50), tensor("1.weight", 3, from: 60), tensor("10.bias", 2, from: 70), tensor("10.weight", 2, from: 80),
    tensor("9.weight", 2, 3, from: 90),
  ]

  private static let ours = [
    NamedTensor(name: "dense.kernel", shape: [4, 3], values: [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]), tensor("dense.bias", 3, from: 20),
    NamedTensor(name: "dense_1.kernel", shape: [3, 2], values: [90, 93, 91, 94, 92, 95]), tensor("batch_normalization.gamma", 3, from: 60),
    tensor("batch_normalization.beta", 3, from: 30), tensor("batch_normalization.moving_mean", 3, from: 40),
    tensor("batch_normalization.moving_variance", 3, from: 50), tensor("layer_normalization.gamma", 2, from: 80),
    tensor("layer_normalization.beta", 2, from: 70),
  ]

  @Test func ofPyTorch() throws {
    let (network, matches) = try Network.importing(Self.torch, layers: Self.layers, transposed: true)
    #expect(network.inputs == 4)
    #expect(matches.map(\.tensor) == Self.ours)
    #expect(matches.map(\.source).prefix(3) == ["0.weight", "0.bias", "9.weight"] && matches[0].sourceShape == [3, 4])
    #expect(throws: Never.self) { try network.arena(tensors: matches.map(\.tensor)) }
  }

  /// Paths of Keras's, of a model that was not the first of its program, with older names; and Lockstep's own.
  @Test func ofKeras() throws {
    let keras = Self.ours.map { tensor in
      let parts = tensor.name.replacing("dense_1", with: "dense_12").replacing("dense.", with: "dense_9.").split(separator: ".")
      return NamedTensor(name: "sequential_1/\(parts[0])/\(parts[1]):0", shape: tensor.shape, values: tensor.values)
    }
    for tensors in [keras, keras.reversed(), Self.ours] {
      #expect(try Network.importing(tensors, layers: Self.layers, transposed: false).matches.map(\.tensor) == Self.ours)
    }
  }

  /// Where all shapes are alike, names decide, and 10 comes behind 9.
  @Test func numbersInNamesCount() throws {
    let tensors = [10, 0, 9].map { Self.tensor("layers.\($0).weight", 3, 3, from: Float($0)) }
    let layers = [Layer](repeating: .dense(Dense(3, useBias: false)), count: 3)
    let matches = try Network.importing(tensors, layers: layers, transposed: false).matches
    #expect(matches.map(\.source) == ["layers.0.weight", "layers.9.weight", "layers.10.weight"] && matches.map { $0.tensor.values[0] } == [0, 9, 10])
  }

  /// Names whose order is not the layers'.
  @Test func shapesDecideWhereNamesDoNot() throws {
    let tensors = [Self.tensor("b_last.weight", 2, 3), Self.tensor("c_first.weight", 3, 4), Self.tensor("c_first.bias", 3), Self.tensor("b_last.bias", 2)]
    let layers: [Layer] = [.dense(Dense(3)), .dense(Dense(2))]
    #expect(
      try Network.importing(tensors, layers: layers, transposed: true).matches.map(\.source) == [
        "c_first.weight", "c_first.bias", "b_last.weight", "b_last.bias",
      ])
  }

  @Test func statisticsOfTheInputs() throws {
    let dense = [Self.tensor("dense/kernel", 4, 3), Self.tensor("dense/bias", 3)]
    func found(_ normalization: Normalization, _ tensors: [NamedTensor]) throws -> [NamedTensor] {
      try Network.importing(dense + tensors, layers: [.normalization(normalization), .dense(Dense(3))], transposed: false).matches.dropFirst(2).map(\.tensor)
    }
    let own = [Self.tensor("normalization/mean", 4), Self.tensor("normalization/variance", 4, from: 1), Self.tensor("normalization/count")]
    #expect(try found(Normalization(), own) == [Self.tensor("normalization.mean", 4), Self.tensor("normalization.variance", 4, from: 1)])
    let one = [Self.tensor("normalization/mean", from: 7), Self.tensor("normalization/variance", from: 2)]
    #expect(
      try found(Normalization(axis: .none), one) == [
        NamedTensor(name: "normalization.mean", shape: [4], values: [7, 7, 7, 7]),
        NamedTensor(name: "normalization.variance", shape: [4], values: [2, 2, 2, 2]),
      ])
    #expect(try found(Normalization(mean: [3], variance: [4]), [])[0].values == [3, 3, 3, 3], "given by the config")
    #expect(throws: Failure(.badData, at: "normalization", "the file has no mean and variance of the inputs; give them in the config")) {
      try found(Normalization(), [])
    }
  }

  typealias Change = @Sendable (inout [NamedTensor]) -> Void
  static let refusals: [(String, Bool, Change)] = [
    (
      "0.weight: expected shape [4, 3] for dense.kernel, found [3, 4]; transposed it would fit, as those of PyTorch must be",
      false, { _ in }
    ),
    ("9.weight: expected shape [2, 3] for dense_1.kernel, found [2, 5]", true, { $0[9] = tensor("9.weight", 2, 5) }),
    ("0.bias: expected shape [3] for dense.bias, found [4]", true, { $0[0] = tensor("0.bias", 4) }),
    ("0: has no bias; expected shape [3] for dense.bias", true, { $0.remove(at: 0) }),
    ("9.bias: dense_1 has no such tensor; it has kernel [2, 3]", true, { $0.append(tensor("9.bias", 2)) }),
    ("the file has 1 dense layer (0), the network 2: dense, dense_1", true, { $0.removeLast() }),
    (
      "the file has 3 normalisations (1, 10, 11), the network 2: batch_normalization, layer_normalization", true, { $0.append(tensor("11.weight", 3)) }
    ),
    (
      "0.scale: unknown; expected a name that ends in kernel, weight, bias, gamma, beta, moving_mean, running_mean, moving_variance, running_var, mean, variance",
      true, { $0.append(tensor("0.scale", 3)) }
    ),
    ("0.kernel: the layer has another kernel", true, { $0.append(tensor("0.kernel", 3, 4)) }),
    ("2: the network does not normalize its inputs", true, { $0.append(tensor("2.mean", 3)) }),
    ("no tensor has as many numbers as a kernel of 3 units", true, { $0 = [tensor("0.weight", 2, 2)] }),
    ("no tensor has as many numbers as a kernel of 3 units", true, { $0 = [] }),
  ]

  @Test(arguments: refusals.indices)
  func refused(_ index: Int) {
    let (words, transposed, change) = Self.refusals[index]
    var tensors = Self.torch
    change(&tensors)
    let failure = #expect(throws: Failure.self) { try Network.importing(tensors, layers: Self.layers, transposed: transposed) }
    #expect(failure?.description == words)
    #expect(failure?.kind == .badData)
  }
}
