import Datasets
import Interchange
import NeuralNetwork
import Reference
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: a check of gradients passes where they are right, on any workers and layers, and fails where one is not.
@Suite struct GradientCheckTests {
  static let stacks: [[Layer]] = [
    [.dense(5, activation: .sigmoid), .dense(4)], [.dense(9, activation: .relu), .dense(7, activation: .relu), .dense(4)],
    [.normalization(Normalization()), .dropout(Dropout(0.2)), .dense(6, activation: .tanh), .gaussianNoise(GaussianNoise(0.1)), .dense(4)],
    [
      .rescaling(Rescaling(2, offset: -1)), .dense(8, useBias: false), .batchNormalization(BatchNormalization()), .activation(.gelu()), .dropout(Dropout(0.3)),
      .dense(4),
    ],
    [.flatten, .dense(6), .layerNormalization(LayerNormalization()), .activation(.leakyRelu()), .dense(4)],
  ]

  private static func check(
    _ layers: [Layer], _ loss: Loss = .sparseCategoricalCrossentropy(fromLogits: true), on dataset: Dataset, encoding: DataSection.Targets = .classes,
    samples: Int = 40, workers: Int = 2
  ) throws -> GradientCheck {
    let network = try Network(inputs: dataset.width, layers: layers)
    let compiled = CompiledNetwork(network: network, compile: CompileSection(optimizer: .adam(), loss: loss))
    var weights = network.initialArena(seed: 3)
    network.adapt(&weights, to: dataset)
    return try GradientCheck.run(
      compiled, weights: weights, dataset: dataset, encoding: encoding, rows: Array(dataset.rows.prefix(21)), samples: samples, seed: 3,
      crew: try crew(workers))
  }

  @Test(arguments: stacks.indices, [1, 3]) func everyLayerPasses(_ number: Int, _ workers: Int) throws {
    for dataset in [try SmallData.bytes(30), try SmallData.floats(30)] {
      let check = try Self.check(Self.stacks[number], on: dataset, workers: workers)
      #expect(check.passes, "\(check)")
      try check.verify()
      #expect(check.rows == 21 && check.workers == workers && check.loss > 0)
      #expect(check.tensors.allSatisfy { $0.checked == min(40, $0.count) })
    }
  }

  /// Penalties are part of the loss, also at an L1's kink; what rows count, and what changes images, is left out.
  @Test func penaltiesWeightsAndImagesPass() throws {
    let layers: [Layer] = [
      .reshape(Reshape([1, SmallData.width])), .augmentation(.translation(RandomTranslation(heightFactor: 0, widthFactor: 0.3))),
      .dense(Dense(6, activation: .sigmoid, kernelRegularizer: .l2(0.1), biasRegularizer: .l1(0.2), activityRegularizer: .l1L2(l1: 0.1, l2: 0.2))),
      .layerNormalization(LayerNormalization(gammaRegularizer: .l1L2(l1: 0.1, l2: 0.1))), .activityRegularization(ActivityRegularization(l2: 0.3)), .dense(4),
    ]
    let dataset = try SmallData.floats(30).withSampleWeights((0..<30).map { Float($0 % 3) })
    let check = try Self.check(layers, on: dataset)
    #expect(check.passes, "\(check)")
  }

  @Test(arguments: Loss.every) func everyLossPasses(_ loss: Loss) throws {
    let last: Activation = loss.fromLogits ? .linear : loss.ownActivation ?? (loss == .klDivergence ? .softmax : loss == .poisson ? .softplus : .tanh)
    let isSparse = loss.name == "sparse_categorical_crossentropy"
    let layers: [Layer] = [.dense(6, activation: .sigmoid), .dense(4, activation: last)]
    let check = try Self.check(layers, loss, on: SmallData.floats(30), encoding: isSparse ? .classes : .oneHot)
    #expect(check.passes, "\(check)")
  }

  /// Targets that are vectors, and a hinge that must not take some of their rows for sides.
  @Test func vectorsPass() throws {
    let features = seededFloats(30 * 3, seed: 5)
    let vectors = (0..<30).map { [Float($0 % 3 - 1), Float($0 % 2)] }
    let dataset = try Dataset(floats: features, width: 3, vectors: vectors)
    for loss in [Loss.hinge, .squaredHinge, .meanSquaredError] {
      let check = try Self.check([.dense(4, activation: .tanh), .dense(2)], loss, on: dataset)
      #expect(check.passes, "\(loss): \(check)")
    }
  }

  private static func compare(_ values: [Float], _ slopes: [DoubleNetwork.Slope]) -> [GradientCheck.Tensor] {
    GradientCheck.compare([NamedTensor(name: "dense.kernel", shape: [values.count], values: values)], at: [Array(values.indices)], with: [slopes], rows: 2)
  }

  @Test func wrongGradientsFail() throws {
    let slopes = [0.5, -0.25, 0.0, 1e-9].map { DoubleNetwork.Slope(ahead: $0, behind: $0) }
    #expect(Self.compare([1, -0.5, 0, 0], slopes)[0].passes)
    #expect(Self.compare([1.000_2, -0.5, 0, 0], slopes)[0].passes)
    for (place, wrong) in [[1.01, -0.5, 0, 0], [1, 0.5, 0, 0], [1, -0.5, 0.01, 0], [1, -0.5, 0, .nan]].enumerated() {
      let tensor = Self.compare(wrong.map(Float.init), slopes)[0]
      #expect(!tensor.passes && tensor.worst.element == place)
    }
  }

  /// At a kink any gradient between the slopes of its sides is one; others are not.
  @Test func kinksAreAllowedFor() throws {
    let slopes = [DoubleNetwork.Slope(ahead: 1, behind: 0), DoubleNetwork.Slope(ahead: 1, behind: 1)]
    for (gradient, passes) in [(0, true), (1, true), (2, true), (-0.1, false), (2.1, false)] as [(Float, Bool)] {
      let tensor = Self.compare([gradient, 2], slopes)[0]
      #expect(tensor.passes == passes && tensor.kinks == 1, "\(gradient)")
    }
  }

  /// A relu whose sum is 0: the bias has a kink there.
  @Test func aKinkIsSeen() throws {
    let dataset = try Dataset(bytes: [0, 0, 0, 0, 0, 0], width: 2, labels: [0, 1, 1])
    let check = try Self.check([.dense(3, activation: .relu), .dense(2)], on: dataset)
    #expect(check.passes, "\(check)")
    #expect(check.tensors.first { $0.name == "dense.bias" }?.kinks ?? 0 > 0)
  }
}
