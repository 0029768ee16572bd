import Datasets
import Foundation
import Interchange
import Kernels
import NeuralNetwork
import Reference
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: layers that look at a whole batch, or draw, do what Keras's do over the whole batch at once, whatever shares the workers have of it.
@Suite(.serialized) struct LayerTests {
  static let stacks: [[Layer]] = [
    [.dense(9, useBias: false), .batchNormalization(BatchNormalization(momentum: 0.9)), .activation(.tanh), .dense(2)],
    [.dense(3, activation: .tanh), .layerNormalization(LayerNormalization()), .dense(2)],
    [.dropout(Dropout(0.2)), .dense(7, activation: .tanh), .dropout(Dropout(0.5)), .gaussianNoise(GaussianNoise(0.2)), .dense(2)],
    [
      .gaussianNoise(GaussianNoise(0.1)), .rescaling(Rescaling(0.5, offset: 0.25)), .dense(17, activation: .sigmoid),
      .batchNormalization(BatchNormalization(momentum: 0.5, epsilon: 0.01)), .dropout(Dropout(0.3)), .dense(5),
      .batchNormalization(BatchNormalization(scale: false)),
      .layerNormalization(LayerNormalization(center: false)), .activation(.softplus), .dense(2, activation: .sigmoid),
    ],
  ]

  /// 1 row leaves all workers but one without work, 9 gives two shares of 8 and 1 row.
  @Test(arguments: stacks.indices, [1, 9, 37])
  func stepsAreThoseOfTheWholeBatch(_ number: Int, _ rows: Int) throws {
    let layers = Self.stacks[number]
    let (width, steps) = (5, 3)
    let features = seededFloats(rows * width, seed: 21)
    let targets = seededFloats(rows * 2, seed: 22, in: 0...1)
    let dataset = try Dataset(floats: features, width: width, vectors: targets.chunks(of: 2))
    let network = try Network(inputs: width, layers: layers)
    let start = network.tensors(arena: network.initialArena(seed: 5), trained: true).map(\.values)
    for optimizer in [Optimizer.sgd(learningRate: 0.1), .adam(learningRate: 0.01, epsilon: 1e-3), .sgd(learningRate: 0.2, clipping: .clipnorm(0.05))] {
      var expected = DoubleNetwork(inputs: width, layers, tensors: start)
      expected.seed = 5
      var reference = DoubleOptimizer(optimizer, count: expected.parameters.count)
      let (examples, answers) = (features.map(Double.init).chunks(of: width), targets.map(Double.init).chunks(of: 2))
      for step in 0..<steps {
        expected.step = step
        var weights = expected.parameters
        reference.update(&weights, expected.gradient(.meanSquaredError, examples, answers), tensors: expected.tensors)
        expected.observe(examples)
        expected.parameters = weights
      }
      let fit = SmallFit(
        layers: layers, optimizer: optimizer, loss: .meanSquaredError, options: FitSection(epochs: steps, batchSize: max(rows, 64), shuffle: false),
        set: InstructionSet.supported[0])
      for workers in [1, 2, 3, 8] {
        let weights = try fit.run(dataset, workers: workers).state.weights
        let found = network.tensors(arena: weights, trained: true).flatMap(\.values)
        expectClose(found, expected.parameters.map { Float($0) }, within: 2e-5, "\(workers) workers, \(optimizer)")
        let running = network.tensors(arena: weights).filter { $0.name.contains(".moving_") }.flatMap(\.values)
        expectClose(running, expected.running.joined().map { Float($0) }, within: 1e-5, "running statistics of \(workers) workers")
      }
    }
  }

  /// Larger than what is in memory at once without batch statistics, and with partial batches.
  @Test(arguments: stacks.indices, [7, 100, 1300])
  func anyNumberOfWorkers(_ number: Int, _ batchSize: Int) throws {
    var layers = Self.stacks[number]
    layers[layers.count - 1] = .dense(4)
    let dataset = try SmallData.bytes(batchSize < 200 ? 201 : 1500, width: SmallData.leafyWidth)
    var fit = SmallFit(layers: layers, options: FitSection(epochs: 2, batchSize: batchSize))
    for set in InstructionSet.supported {
      fit.set = set
      let expected = try fit.run(dataset, workers: 1)
      #expect(expected.state.weights.allSatisfy { $0.isFinite })
      for workers in [2, 3, 5, 13] { #expect(try fit.run(dataset, workers: workers) == expected, "\(workers) workers, \(set)") }
    }
  }

  /// A layer too wide to divide by its inputs: every worker is alone with its rows, but for the statistics.
  @Test func anyNumberOfWorkersForAWideLayer() throws {
    let layers: [Layer] = [.dense(400), .batchNormalization(BatchNormalization()), .activation(.relu), .dropout(Dropout(0.2)), .dense(4)]
    let fit = SmallFit(layers: layers, set: InstructionSet.supported[0])
    let dataset = try SmallData.bytes(175, width: SmallData.leafyWidth)
    let expected = try fit.run(dataset, workers: 1)
    for workers in [2, 3, 5, 8] { #expect(try fit.run(dataset, workers: workers) == expected, "\(workers) workers") }
  }

  /// A share so small that a worker has none of the inputs.
  @Test(arguments: [[1, 1000], [1000, 1], [1000, 1, 1]]) func workersWithoutInputs(_ weights: [Int]) throws {
    let layers: [Layer] = [.dropout(Dropout(0.2)), .normalization(Normalization()), .dense(9), .batchNormalization(BatchNormalization()), .dense(4)]
    let fit = SmallFit(layers: layers, set: InstructionSet.supported[0])
    for width in [SmallData.leafyWidth, 256] {
      let dataset = try SmallData.bytes(75, width: width)
      let expected = try fit.run(dataset, workers: 1)
      #expect(try fit.run(dataset, workers: weights.count) { $0.divide(by: Shares(weights)) } == expected, "\(width) inputs")
    }
  }

  /// Steps draw anew, seeds too; and nothing is drawn where nothing is learned.
  @Test func drawsAreNew() throws {
    let dataset = try SmallData.floats(64)
    let layers: [Layer] = [.dropout(Dropout(0.5)), .dense(4)]
    let compiled = try SmallFit(layers: layers).compiled(dataset)
    let state = compiled.initialState(seed: 5)
    let plain = try SmallFit(layers: [.dense(4)]).compiled(dataset)
    #expect(try evaluate(compiled, state: state, dataset: dataset, crew: try crew(2)) == evaluate(plain, state: state, dataset: dataset, crew: try crew(2)))
    /// The loss of each of two epochs of one step each that changes nothing.
    func losses(_ seed: UInt64) throws -> [Double] {
      var fit = SmallFit(layers: layers, optimizer: .sgd(learningRate: 1e-30), options: FitSection(epochs: 2, batchSize: 64, shuffle: false))
      fit.validates = false
      let compiled = try fit.compiled(dataset)
      let fitting = try Fitting(compiled, state: state, training: dataset, validation: nil, options: fit.options, seed: seed, crew: try crew(1))
      var observer = SilentObserver()
      return try fitting.run(observer: &observer).records.map { $0["loss"]! }
    }
    let (first, second) = (try losses(1), try losses(2))
    #expect(Set(first + second).count == 4)
    #expect(try losses(1) == first)
  }

  /// Mean 0 and variance 1 over the training rows, whatever stands before; and of all inputs together where they have one mean.
  @Test func inputsAreNormalized() throws {
    let dataset = try SmallData.bytes(90)
    for (layers, axis): ([Layer], Normalization.Axis) in [
      ([], .inputs), ([.rescaling(Rescaling(3, offset: 1)), .rescaling(Rescaling(-2, offset: 0.5))], .inputs), ([], .none),
    ] {
      let network = try Network(inputs: SmallData.width, layers: layers + [.normalization(Normalization(axis: axis)), .dense(SmallData.width, useBias: false)])
      var arena = network.initialArena(seed: 1)
      network.adapt(&arena, to: dataset)
      // The outputs are the normalized inputs.
      for row in 0..<SmallData.width {
        for unit in 0..<SmallData.width { arena[network.layers[0].index(row: row, unit: unit)] = row == unit ? 1 : 0 }
      }
      let compiled = CompiledNetwork(network: network, compile: CompileSection(optimizer: .sgd(), loss: .meanSquaredError))
      let outputs = try predict(compiled, state: compiled.freshState(weights: arena), store: dataset.store, scale: dataset.scale, crew: try crew(2))
        .map(Double.init)
      let columns = (0..<SmallData.width).map { column in stride(from: column, to: outputs.count, by: SmallData.width).map { outputs[$0] } }
      for numbers in axis == .inputs ? columns : [outputs] {
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
        #expect(abs(mean) < 1e-5 && abs(variance - 1) < 1e-4)
      }
    }
  }

  /// Mean and variance of real digits, against those that Keras's `adapt` left in the golden case.
  @Test func inputsAreAdaptedToAsByKeras() throws {
    let golden = PackageFiles.root.appendingPathComponent("Tests/Golden")
    let dataset = try Dataset.load(idxFolder: golden.appendingPathComponent("data").path)
    let network = try Network(inputs: dataset.width, layers: [.normalization(Normalization()), .dense(1)])
    var arena = network.initialArena(seed: 1)
    network.adapt(&arena, to: dataset)
    let path = golden.appendingPathComponent("layer-normalization-adam/final.safetensors").path
    let expected = try Safetensors.decode(Array(Data(contentsOf: URL(fileURLWithPath: path))), file: path).tensors
    for tensor in network.tensors(arena: arena) where tensor.name.hasPrefix("normalization.") {
      let keras = try #require(expected.first { $0.name == tensor.name })
      #expect(keras.shape == tensor.shape)
      expectClose(tensor.values, keras.values, within: 1e-6, tensor.name)
    }
  }

  /// A factor before the first layer, Keras's Rescaling(1/255), is part of the scale.
  @Test func aFactorOfTheInputsIsTheirScale() throws {
    let dataset = try SmallData.bytes(60)
    var raw = dataset
    raw.scale = 1
    let fit = SmallFit(layers: [.rescaling(Rescaling(1 / 255)), .dense(4)])
    let other = SmallFit(layers: [.dense(4)])
    #expect(dataset.scale == 255)
    #expect(try fit.run(raw, workers: 2) == other.run(dataset, workers: 2))
  }
}
