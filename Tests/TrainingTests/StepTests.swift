import Datasets
import Kernels
import NeuralNetwork
import Reference
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: a step is Keras's step over the whole batch at once: the mean gradient over the rows that there are, whatever shares the workers have of them.
///
/// Gradients come from `DoubleNetwork` by differences, updates from the formulas in Double. The tolerance is a thousandth of a step.
@Suite(.serialized) struct StepTests {
  static let steps = 3
  static let layers: [Layer] = [.dense(3, activation: .tanh, biasInitializer: .heUniform), .dense(2, activation: .sigmoid, biasInitializer: .heUniform)]

  /// The parameters after `steps` steps over all of `examples`.
  private static func reference(_ network: DoubleNetwork, _ optimizer: Optimizer, _ examples: [[Double]], _ targets: [[Double]]) -> [Double] {
    var network = network
    var reference = DoubleOptimizer(optimizer, count: network.parameters.count)
    for _ in 1...steps {
      var weights = network.parameters
      reference.update(&weights, network.gradient(.meanSquaredError, examples, targets), tensors: network.tensors)
      network.parameters = weights
      network.constrain()
    }
    return reference.final(network.parameters)
  }

  /// 1 row leaves all workers but one without work, 9 gives two shares of 8 and 1 row, 33 and 100 uneven ones.
  @Test(arguments: Optimizer.every, [1, 3, 9, 33, 100])
  func stepsAreThoseOfTheWholeBatch(_ optimizer: Optimizer, _ rows: Int) throws {
    let width = 5
    let features = seededFloats(rows * width, seed: 21)
    let targets = seededFloats(rows * 2, seed: 22, in: 0...1)
    let dataset = try Dataset(floats: features, width: width, vectors: targets.chunks(of: 2))
    let network = try Network(inputs: width, layers: Self.layers)
    let start = network.tensors(arena: network.initialArena(seed: 5)).map(\.values)
    let expected = Self.reference(
      DoubleNetwork(inputs: width, Self.layers, tensors: start), optimizer, features.map(Double.init).chunks(of: width), targets.map(Double.init).chunks(of: 2))
    let fit = SmallFit(
      layers: Self.layers, optimizer: optimizer, loss: .meanSquaredError, options: FitSection(epochs: Self.steps, batchSize: max(rows, 64)),
      set: InstructionSet.supported[0])
    for workers in [1, 2, 3, 8] {
      let weights = try fit.run(dataset, workers: workers).state.weights
      let found = network.tensors(arena: weights).flatMap(\.values)
      expectClose(found, expected.map { Float($0) }, within: 3e-6, "\(workers) workers")
      #expect(zip(found, start.joined()).contains { abs($0 - $1) > 2e-3 }, "the weights have moved")
    }
  }

  static let penalized: [[Layer]] = [
    [.dense(Dense(2, kernelRegularizer: .l2(0.1), biasRegularizer: .l1(0.05)))],
    [
      .dense(Dense(17, activation: .tanh, biasInitializer: .heUniform, kernelRegularizer: .l1L2(l1: 0.02, l2: 0.03), activityRegularizer: .l2(0.1))),
      .layerNormalization(LayerNormalization(betaRegularizer: .l2(0.3), gammaRegularizer: .l1(0.1))), .activityRegularization(ActivityRegularization(l1: 0.05)),
      .activation(.softplus), .dense(Dense(33, activation: .sigmoid, activityRegularizer: .l1(0.02))), .dense(Dense(2, biasRegularizer: .l2(0.5))),
    ],
    [
      .dense(Dense(33, activation: .tanh, kernelConstraint: .maxNorm(maxValue: 0.4), biasConstraint: .unitNorm)),
      .layerNormalization(LayerNormalization(betaConstraint: .nonNeg, gammaConstraint: .maxNorm(maxValue: 3))),
      .dense(Dense(2, kernelConstraint: .minMaxNorm(minValue: 0.9, maxValue: 1.1, rate: 0.5), biasConstraint: .nonNeg)),
    ],
    [
      .dense(Dense(40, activation: .sigmoid, kernelRegularizer: .l2(0.02), kernelConstraint: .unitNorm)),
      .dense(Dense(2, kernelConstraint: .nonNeg, biasConstraint: .maxNorm(maxValue: 0.05))),
    ],
  ]

  /// Penalties are part of the loss and of every gradient, clipped or accumulated; constraints hold behind every step.
  @Test(arguments: penalized.indices, [1, 9, 100]) func penaltiesAndConstraints(_ number: Int, _ rows: Int) throws {
    let (layers, width) = (Self.penalized[number], 5)
    let (features, targets) = (seededFloats(rows * width, seed: 21), seededFloats(rows * 2, seed: 22, in: 0...1))
    let dataset = try Dataset(floats: features, width: width, vectors: targets.chunks(of: 2))
    let network = try Network(inputs: width, layers: layers)
    let start = DoubleNetwork(inputs: width, layers, tensors: network.tensors(arena: network.initialArena(seed: 5)).map(\.values))
    let (examples, answers) = (features.map(Double.init).chunks(of: width), targets.map(Double.init).chunks(of: 2))
    let optimizers: [Optimizer] = [
      .sgd(learningRate: 0.1), .adam(learningRate: 0.01, epsilon: 1e-3).accumulatingGradients(steps: 2), .sgd(learningRate: 0.1, clipping: .clipnorm(0.1)),
    ]
    for optimizer in optimizers {
      let expected = Self.reference(start, optimizer, examples, answers)
      let fit = SmallFit(
        layers: layers, optimizer: optimizer, loss: .meanSquaredError, metrics: [], options: FitSection(epochs: Self.steps, batchSize: max(rows, 64)),
        set: InstructionSet.supported[0])
      for workers in [1, 2, 3, 8] {
        let result = try fit.run(dataset, workers: workers)
        let found = network.tensors(arena: result.state.weights).flatMap(\.values)
        expectClose(found, expected.map { Float($0) }, within: 1e-5, "\(workers) workers, \(optimizer)")
        // The first epoch's loss is told before its step, that of validation behind it.
        let loss = start.loss(.meanSquaredError, examples, answers)
        #expect(abs(Double(bitPattern: result.figures[0][0]) - loss) <= 1e-5 * loss, "\(workers) workers")
        var end = start
        end.parameters = expected
        let last = end.loss(.meanSquaredError, examples, answers)
        #expect(abs(Double(bitPattern: result.figures[2][1]) - last) <= 1e-4 * last, "\(workers) workers")
      }
    }
  }

  /// Two batches of one epoch, the last with fewer rows: its mean is over those alone.
  @Test func aPartialBatchIsDividedByItsOwnRows() throws {
    let features = seededFloats(11 * 3, seed: 23)
    let targets = seededFloats(11, seed: 24)
    let dataset = try Dataset(floats: features, width: 3, values: targets)
    let layers: [Layer] = [.dense(1)]
    let network = try Network(inputs: 3, layers: layers)
    var expected = DoubleNetwork(inputs: 3, layers, tensors: network.tensors(arena: network.initialArena(seed: 5)).map(\.values))
    let examples = features.map(Double.init).chunks(of: 3)
    for batch in [0..<8, 8..<11] {
      let gradient = expected.gradient(.meanSquaredError, Array(examples[batch]), batch.map { [Double(targets[$0])] })
      expected.parameters = zip(expected.parameters, gradient).map { $0 - 0.1 * $1 }
    }
    let fit = SmallFit(
      layers: layers, optimizer: .sgd(learningRate: 0.1), loss: .meanSquaredError, options: FitSection(epochs: 1, batchSize: 8, shuffle: false),
      set: InstructionSet.supported[0])
    for workers in [1, 2, 3] {
      let found = network.tensors(arena: try fit.run(dataset, workers: workers).state.weights).flatMap(\.values)
      expectClose(found, expected.parameters.map { Float($0) }, within: 1e-6, "\(workers) workers")
    }
  }

  /// Keras's running mean: each batch's loss before its own step, weighted by the batch's rows.
  @Test func theLossOfAnEpochIsTheMeanOverItsRows() throws {
    let dataset = try SmallData.floats(21)
    let still = SmallFit(optimizer: .sgd(learningRate: 1e-30), options: FitSection(epochs: 1, batchSize: 8))
    let compiled = try still.compiled(dataset)
    let state = compiled.initialState(seed: 5)
    let found = try still.run(dataset, workers: 2).figures[0].map(Double.init(bitPattern:))
    let evaluation = try evaluate(compiled, state: state, dataset: dataset, crew: try crew(1))
    #expect(found.count == 4)
    for (figure, other) in zip(found, [evaluation.figures[0].value, evaluation.figures[1].value]) { #expect(abs(figure - other) < 1e-6) }
  }
}
