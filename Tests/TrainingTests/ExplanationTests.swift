import Datasets
import Failures
import Interchange
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: an explanation's numbers are those that `predict`, `evaluate` and a step of training compute, and the words about them add up.
@Suite struct ExplanationTests {
  private static func compiled(_ layers: [Layer], _ loss: Loss, inputs: Int = SmallData.width, _ optimizer: Optimizer = .sgd(learningRate: 0.1)) throws
    -> CompiledNetwork
  {
    CompiledNetwork(network: try Network(inputs: inputs, layers: layers), compile: CompileSection(optimizer: optimizer, loss: loss))
  }

  private static func explain(
    _ compiled: CompiledNetwork, weights: [Float]? = nil, _ dataset: Dataset, encoding: DataSection.Targets = .classes, row: Int = 3
  ) throws -> Explanation {
    try Explanation.of(
      compiled, weights: weights ?? compiled.initialState(seed: 5).weights, dataset: dataset, encoding: encoding, row: row, seed: 5, crew: try crew(1))
  }

  /// Two inputs, two sigmoids and a linear unit, by hand.
  @Test func byHand() throws {
    let compiled = try Self.compiled([.dense(2, activation: .sigmoid), .dense(1)], .meanSquaredError, inputs: 2)
    let weights = try compiled.network.arena(tensors: [
      NamedTensor(name: "dense.kernel", shape: [2, 2], values: [1, 0, 0.5, -2]), NamedTensor(name: "dense.bias", shape: [2], values: [0, 0.5]),
      NamedTensor(name: "dense_1.kernel", shape: [2, 1], values: [2, -1]), NamedTensor(name: "dense_1.bias", shape: [1], values: [0.25]),
    ])
    let dataset = try Dataset(rows: [[9, 9], [1, 2]], values: [0, 3])
    let explanation = try Self.explain(compiled, weights: weights, dataset, row: 1)
    // z = 1·1 + 2·0.5 and 1·0 + 2·(−2) + 0.5; σ(2) = 0.880797, σ(−3.5) = 0.029312; 2·0.880797 − 0.029312 + 0.25 = 1.982282.
    let hidden = explanation.trace.stages[0]
    #expect(explanation.trace.inputs == [1, 2] && hidden.sums == [2, -3.5])
    expectClose(hidden.outputs, [0.880_797, 0.029_312], within: 1e-6, "hidden outputs")
    expectClose(explanation.trace.outputs, [1.982_282], within: 1e-6, "outputs")
    // (3 − 1.982282)² and −2·(3 − 1.982282); times the weights 2 and −1; times σ·(1 − σ).
    expectClose([explanation.trace.loss], [1.035_750], within: 1e-5, "loss")
    expectClose(explanation.trace.stages[1].gradient, [-2.035_436], within: 1e-5, "gradient of the output")
    expectClose(hidden.outputGradient ?? [], [-4.070_872, 2.035_436], within: 1e-5, "gradient of the hidden outputs")
    expectClose(hidden.gradient, [-0.427_415, 0.057_914], within: 1e-5, "gradient of the hidden sums")
    let gradients = compiled.network.tensors(arena: explanation.trace.parameterGradient).map(\.values)
    expectClose(gradients[0], [-0.427_415, 0.057_914, -0.854_831, 0.115_829], within: 1e-5, "dense.kernel")
    expectClose(gradients[2], [-1.792_806, -0.059_663], within: 1e-5, "dense_1.kernel")
    // The words.
    #expect(explanation.layers[0].loudest?.number == 0 && explanation.layers[0].loudest?.sum == 2 && explanation.layers[0].loudest?.productCount == 2)
    #expect(explanation.layers[0].loudest?.products.map(\.input) == [0, 1] && explanation.layers[0].flat == 0)
    #expect(explanation.layers[0].gradients.map(\.tensor) == ["dense.kernel", "dense.bias"])
    expectClose([Float(explanation.layers[0].gradients[1].norm)], [0.431_321], within: 1e-5, "norm")
    #expect(explanation.loss.terms.map(\.words) == ["(3 - 1.982)²"])
    #expect(explanation.row == 1 && explanation.sourceRow == 1 && explanation.features == [1, 2] && explanation.truth == nil && explanation.answer == nil)
  }

  static let stacks: [[Layer]] = [
    [.dense(4)], [.dense(9, activation: .relu), .dense(17, activation: .gelu()), .dense(4)],
    [.flatten, .rescaling(Rescaling(2, offset: -0.5)), .normalization(Normalization()), .dense(6, activation: .tanh), .dense(4)],
    [.dense(5), .activation(.sigmoid), .activation(.silu), .rescaling(Rescaling(0.7, offset: 0.1)), .layerNormalization(LayerNormalization()), .dense(4)],
    [.dense(33, activation: .elu(alpha: 0.5), useBias: false), .dense(4), .layerNormalization(LayerNormalization(center: false))],
  ]

  /// The outputs are those of `predict`, the loss that of `evaluate`, and the gradient is what plain descent subtracts in a step over this row alone; to the bit.
  @Test(arguments: stacks.indices) func theNumbersAreTheEngines(_ number: Int) throws {
    for dataset in [try SmallData.bytes(40), try SmallData.floats(40)] {
      let compiled = try Self.compiled(Self.stacks[number], .sparseCategoricalCrossentropy(fromLogits: true), .sgd(learningRate: 1))
      var weights = compiled.network.initialArena(seed: 5)
      compiled.network.adapt(&weights, to: dataset)
      // Biases begin with 0, which would hide what becomes of them.
      for layer in compiled.network.layers where layer.useBias {
        for unit in 0..<layer.units { weights[layer.index(row: layer.inputs, unit: unit)] = 0.2 - 0.25 * Float(unit % 3) }
      }
      let state = compiled.freshState(weights: weights)
      let explanation = try Self.explain(compiled, weights: weights, dataset, row: 17)
      let outputs = try predict(compiled, state: state, store: dataset.store, scale: dataset.scale, crew: try crew(2))
      #expect(explanation.trace.outputs == Array(outputs[17 * 4..<18 * 4]))
      let row = try Dataset(rows: [dataset.store.row(17)], labels: [SmallData.labels(40)[17]])
      var alone = row
      alone.scale = dataset.scale
      #expect(try evaluate(compiled, state: state, dataset: alone, crew: try crew(1)).figures[0].value == Double(explanation.trace.loss))
      let fitting = try Fitting(
        compiled, state: state, training: alone, validation: nil, options: FitSection(epochs: 1, batchSize: 1), seed: 5, crew: try crew(1))
      var observer = SilentObserver()
      _ = try fitting.run(observer: &observer)
      let trained = compiled.network.tensors(arena: fitting.state.weights, trained: true).flatMap(\.values)
      let before = compiled.network.tensors(arena: weights, trained: true).flatMap(\.values)
      let gradient = compiled.network.tensors(arena: explanation.trace.parameterGradient, trained: true).flatMap(\.values)
      #expect(trained == zip(before, gradient).map { $0 - $1 })
      #expect(gradient.contains { $0 != 0 })
      let after = try evaluate(compiled, state: ModelState(weights: fitting.state.weights), dataset: alone, crew: try crew(1)).figures[0].value
      #expect(explanation.lossAfterStep.map(Double.init) == after)
      #expect(explanation.truth == SmallData.labels(40)[17] && explanation.probabilities.map { abs($0.reduce(0, +) - 1) < 1e-6 } == true)
      for layer in explanation.layers {
        guard let unit = layer.loudest else { continue }
        #expect(abs(unit.sum - Double(layer.stage.sums[unit.number])) < 1e-5, "\(layer.name)")
      }
    }
  }

  /// Every loss: the formula with the numbers put in is what the kernel says.
  @Test(arguments: Loss.every, [1, 4]) func theFormulaIsTheLoss(_ loss: Loss, _ outputs: Int) throws {
    guard outputs > 1 || loss.question != .oneOfMany else { return }
    let isSparse = loss.name == "sparse_categorical_crossentropy"
    let activations: [Activation] =
      loss.fromLogits
      ? [.linear] : loss.givesProbabilities ? outputs > 1 ? [.sigmoid, .softmax] : [.sigmoid] : loss == .poisson ? [.softplus] : [.linear, .tanh]
    for activation in activations {
      let compiled = try Self.compiled([.dense(5, activation: .tanh), .dense(outputs, activation: activation)], loss)
      let dataset = outputs > 1 ? try SmallData.floats(30) : try SmallData.floats(30).selecting(classes: [1, 2])
      for row in 0..<8 {
        let explanation = try Self.explain(compiled, dataset, encoding: isSparse || outputs == 1 ? .classes : .oneHot, row: row)
        let (formula, found) = (explanation.loss.value, Double(explanation.trace.loss))
        #expect(abs(formula - found) <= 2e-6 * max(1, abs(found)), "\(activation): \(formula), by the kernel \(found)")
        #expect(explanation.loss.terms.map(\.value) == explanation.loss.terms.map(\.value).sorted(by: >))
      }
    }
  }

  /// What activities cost is told apart from the formula; what the row counts, nowhere.
  @Test func penaltiesAreToldApart() throws {
    let layers: [Layer] = [.dense(Dense(5, activation: .tanh, activityRegularizer: .l1L2(l1: 0.1, l2: 0.2))), .dense(4)]
    let compiled = try Self.compiled(layers, .sparseCategoricalCrossentropy(fromLogits: true))
    let dataset = try SmallData.floats(30).withSampleWeights([Float](repeating: 3, count: 30))
    let explanation = try Self.explain(compiled, dataset, encoding: .classes, row: 2)
    let outputs = explanation.trace.stages[0].outputs.map(Double.init)
    let penalty = outputs.reduce(0) { $0 + 0.1 * abs($1) + 0.2 * $1 * $1 }
    #expect(penalty > 0.1 && abs(explanation.trace.activityPenalty - penalty) < 1e-6)
    #expect(abs(explanation.loss.value + penalty - Double(explanation.trace.loss)) < 1e-5)
  }

  /// Batch normalisation by its running statistics is a factor and an offset a unit, which a dense layer can have, too.
  @Test func batchNormalizationIsAsWhenJudged() throws {
    let normalized = try Self.compiled(
      [.dense(3, activation: .tanh), .batchNormalization(BatchNormalization(epsilon: 0.01)), .dropout(Dropout(0.5)), .dense(2)], .meanSquaredError, inputs: 2)
    let plain = try Self.compiled([.dense(3, activation: .tanh), .dense(3), .dense(2)], .meanSquaredError, inputs: 2)
    let (mean, variance): ([Float], [Float]) = ([0.2, -0.1, 0], [0.5, 2, 0.1])
    let (gamma, beta): ([Float], [Float]) = ([1.5, 0.5, -1], [0.1, 0, 0.3])
    let factors = zip(gamma, variance).map { $0 / ($1 + 0.01).squareRoot() }
    func tensor(_ name: String, _ shape: [Int], _ values: [Float]) -> NamedTensor { NamedTensor(name: name, shape: shape, values: values) }
    let (first, last) = (seededFloats(6, seed: 1), seededFloats(6, seed: 2))
    func outer(_ name: String) -> [NamedTensor] { [tensor("\(name).kernel", [3, 2], last), tensor("\(name).bias", [2], [0.1, 0.2])] }
    let inner = [tensor("dense.kernel", [2, 3], first), tensor("dense.bias", [3], [0, 0.1, -0.1])]
    let dataset = try Dataset(rows: [[0.5, -1], [1, 0.25]], vectors: [[1, 0], [0.5, -0.5]])
    let found = try Self.explain(
      normalized,
      weights: try normalized.network.arena(
        tensors: inner + outer("dense_1") + [
          tensor("batch_normalization.gamma", [3], gamma), tensor("batch_normalization.beta", [3], beta), tensor("batch_normalization.moving_mean", [3], mean),
          tensor("batch_normalization.moving_variance", [3], variance),
        ]), dataset, row: 1)
    let diagonal = (0..<9).map { $0 / 3 == $0 % 3 ? factors[$0 / 3] : 0 }
    let offsets = (0..<3).map { beta[$0] - mean[$0] * factors[$0] }
    let expected = try Self.explain(
      plain,
      weights: try plain.network.arena(
        tensors: inner + [tensor("dense_1.kernel", [3, 3], diagonal), tensor("dense_1.bias", [3], offsets)] + outer("dense_2")),
      dataset, row: 1)
    expectClose(found.trace.outputs, expected.trace.outputs, within: 1e-6, "outputs")
    func gradient(_ explanation: Explanation, _ compiled: CompiledNetwork, _ name: String) throws -> [Float] {
      try #require(compiled.network.tensors(arena: explanation.trace.parameterGradient, trained: true).first { $0.name == name }).values
    }
    for name in ["dense.kernel", "dense.bias"] { expectClose(try gradient(found, normalized, name), try gradient(expected, plain, name), within: 1e-6, name) }
    expectClose(try gradient(found, normalized, "batch_normalization.beta"), try gradient(expected, plain, "dense_1.bias"), within: 1e-6, "beta")
    // The diagonal's gradient is that of a factor of the input: γ's is of the standardised one.
    let slopes = try gradient(found, normalized, "batch_normalization.beta")
    let standardized = found.trace.stages[0].outputs.indices.map { (found.trace.stages[0].outputs[$0] - mean[$0]) / (variance[$0] + 0.01).squareRoot() }
    expectClose(try gradient(found, normalized, "batch_normalization.gamma"), zip(slopes, standardized).map { $0 * $1 }, within: 1e-6, "gamma")
    #expect(found.lossAfterStep == nil && expected.lossAfterStep != nil)
    #expect(found.layers.map(\.name) == ["dense", "batch_normalization", "dense_1"])
  }

  @Test func rowsThatAreNotThereAreRefused() throws {
    let compiled = try Self.compiled([.dense(4)], .sparseCategoricalCrossentropy(fromLogits: true))
    for row in [-1, 20] {
      let failure = #expect(throws: Failure.self) { try Self.explain(compiled, SmallData.bytes(20), row: row) }
      #expect(failure?.message == "there is no such row; expected 0 to 19")
    }
  }
}
