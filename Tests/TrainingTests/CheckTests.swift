import Datasets
import Failures
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: every rule finds what it is for, says where, and finds nothing in what is right.
@Suite struct CheckTests {
  /// A run with one thing wrong, or none.
  struct Case: CustomStringConvertible, Sendable {
    var layers: [Layer] = [.dense(9, activation: .relu), .dense(4)]
    var loss: Loss = .sparseCategoricalCrossentropy(fromLogits: true)
    var optimizer: Optimizer = .adam()
    var metrics: [Metric] = []
    var encoding: DataSection.Targets = .classes
    var batchSize = 32
    var workers: Int?
    /// Rows of each class to train on, and to validate.
    var classes = [50, 50, 50, 50]
    var validation: [Int]? = [10, 10, 10, 10]
    var scale = 255.0
    /// The value of every pixel; nil for any from 0 to 255.
    var pixel: UInt8?
    /// Of the one finding; nil for none.
    var place: String?
    var problem = ""

    var description: String { place.map { "\($0): \(problem)" } ?? "\(loss) after \(layers.map(\.name))" }
  }

  static let sound: [Case] = [
    Case(), Case(layers: [.dense(4, activation: .softmax)], loss: .sparseCategoricalCrossentropy()),
    Case(layers: [.dense(3, activation: .sigmoid), .dense(4, activation: .sigmoid)], loss: .binaryCrossentropy(), encoding: .oneHot),
    Case(layers: [.dense(1, activation: .sigmoid)], loss: .binaryCrossentropy(), classes: [50, 50], validation: [9, 9]),
    Case(layers: [.dense(1)], loss: .meanSquaredError, encoding: .value),
    Case(layers: [.dense(4, activation: .sigmoid)], loss: .meanSquaredError, encoding: .oneHot),
    Case(layers: [.dense(1, activation: .exponential)], loss: .poisson, encoding: .value),
    Case(layers: [.dense(4, activation: .softmax)], loss: .klDivergence, encoding: .oneHot),
    Case(layers: [.dense(1, activation: .tanh)], loss: .hinge, classes: [50, 50], validation: [9, 9]),
    // What makes large inputs small.
    Case(layers: [.normalization(Normalization()), .dense(4)], scale: 1), Case(layers: [.rescaling(Rescaling(1 / 255)), .dense(4)], scale: 1),
    Case(layers: [.dense(9), .batchNormalization(BatchNormalization()), .activation(.relu), .dense(4)], scale: 1),
    Case(optimizer: .sgd(learningRate: 3)), Case(batchSize: 200), Case(workers: 4), Case(classes: [190, 10, 50, 50]), Case(validation: nil),
    Case(layers: (0..<6).flatMap { _ in [Layer.dense(5, activation: .sigmoid), .layerNormalization(LayerNormalization())] } + [.dense(4)]),
    Case(layers: [.dense(5, activation: .tanh, kernelInitializer: .zeros), .dense(4)]),
    Case(layers: [.dense(4, kernelInitializer: .zeros)]), Case(layers: [.dropout(Dropout(0.2)), .dense(5), .dropout(Dropout(0.5)), .dense(4)]),
  ]

  @Test(arguments: sound) func nothingIsFound(_ each: Case) throws { #expect(try Self.findings(each) == []) }

  static let wrong: [Case] = [
    // What the loss takes.
    Case(
      layers: [.dense(1, activation: .softmax)], loss: .binaryCrossentropy(), classes: [50, 50], validation: [9, 9], place: "model.layers[0].activation",
      problem: "a softmax over one unit always gives 1"),
    Case(
      layers: [.dense(4, activation: .softmax)], loss: .binaryCrossentropy(), encoding: .oneHot, place: "model.layers[0].activation",
      problem: "softmax before binary_crossentropy"),
    Case(
      layers: [.dense(4), .activation(.softmax), .flatten], loss: .binaryFocalCrossentropy(), encoding: .oneHot, place: "model.layers[1]",
      problem: "softmax before binary_focal_crossentropy"),
    Case(
      layers: [.dense(4, activation: .sigmoid)], loss: .sparseCategoricalCrossentropy(), place: "model.layers[0].activation",
      problem: "sigmoid before sparse_categorical_crossentropy"),
    Case(layers: [.dense(4, activation: .sigmoid)], place: "model.layers[0].activation", problem: "sigmoid before a loss with from_logits"),
    Case(layers: [.dense(4, activation: .relu)], place: "model.layers[0].activation", problem: "relu before a loss with from_logits"),
    Case(
      layers: [.dense(4, activation: .softmax)], loss: .meanSquaredError, encoding: .oneHot, place: "model.layers[0].activation",
      problem: "softmax before mean_squared_error"),
    Case(
      layers: [.dense(1, activation: .relu)], loss: .meanSquaredError, encoding: .value, place: "model.layers[0].activation",
      problem: "relu on the output of a regression"),
    Case(
      layers: [.dense(1, activation: .sigmoid)], loss: .huber(), encoding: .value, place: "model.layers[0].activation",
      problem: "sigmoid on the output of a regression"),
    Case(layers: [.dense(1)], loss: .poisson, encoding: .value, place: "model.layers[0].activation", problem: "linear before poisson"),
    Case(layers: [.dense(4)], loss: .klDivergence, encoding: .oneHot, place: "model.layers[0].activation", problem: "linear before kl_divergence"),
    Case(
      layers: [.dense(1, activation: .sigmoid)], loss: .hinge, classes: [50, 50], validation: [9, 9], place: "model.layers[0].activation",
      problem: "sigmoid before hinge"),
    Case(layers: [.dense(4), .dropout(Dropout(0.5))], place: "model.layers[1]", problem: "dropout behind the last dense layer"),
    Case(
      layers: [.dense(1)], loss: .meanSquaredError, metrics: [.accuracy], encoding: .value, place: "compile.metrics[0]", problem: "accuracy of real numbers"),
    // How it is trained.
    Case(optimizer: .adam(learningRate: 1), place: "compile.optimizer.learning_rate", problem: "a learning rate of 1 is very high"),
    Case(
      optimizer: .sgd(learningRate: .cosineDecay(initial: 0, decaySteps: 9, warmupTarget: 50, warmupSteps: 3)), place: "compile.optimizer.learning_rate",
      problem: "a learning rate of 50 is very high"),
    Case(optimizer: .sgd(learningRate: 1e-9), place: "compile.optimizer.learning_rate", problem: "a learning rate of 1e-09 is very low"),
    Case(batchSize: 201, place: "fit.batch_size", problem: "a batch of 201 rows, and 200 to train on"),
    Case(workers: 5, place: "engine.workers", problem: "5 workers, and work for 4"),
    Case(layers: (0..<5).map { _ in Layer.dense(5, activation: .sigmoid) } + [.dense(4)], place: "model.layers", problem: "5 hidden layers of sigmoids"),
    Case(
      layers: [.dense(5, activation: .tanh, kernelInitializer: .ones), .dense(4, kernelInitializer: .zeros)], place: "model.layers",
      problem: "all kernels begin with equal numbers"),
    // What it is trained on.
    Case(scale: 1, place: "data.scale", problem: "the inputs go from 0 to 255"),
    Case(layers: [.rescaling(Rescaling(1 / 255)), .dense(4)], place: "data.scale", problem: "no input is larger than 0.00392"),
    Case(pixel: 7, place: "training data", problem: "all 200 rows that were looked at have the same inputs"),
    Case(layers: [.dense(4)], classes: [0, 50, 0, 0], validation: nil, place: "training data", problem: "all rows are of class 1"),
    Case(validation: [10, 0, 10, 0], place: "validation data", problem: "no row of class 1 and 3"),
    Case(classes: [50, 0, 50, 50], place: "training data", problem: "no row of class 1, which the validation data have"),
    Case(layers: [.dense(6)], place: "model.layers[0].units", problem: "6 outputs, and no row of class 4 and 5"),
    Case(classes: [200, 10, 50, 50], place: "training data", problem: "200 rows of class 0, and 10 of class 1"),
  ]

  @Test(arguments: wrong) func oneThingIsFound(_ each: Case) throws {
    let findings = try Self.findings(each)
    #expect(findings.map(\.place) == [each.place] && findings.map(\.problem) == [each.problem], "\(findings.map(\.line))")
    #expect(findings.allSatisfy { !$0.reason.isEmpty && !$0.advice.isEmpty })
    #expect(findings.first?.severity == (each.problem.contains("always gives 1") ? .error : .warning))
  }

  /// What the reasons say in numbers.
  @Test func reasonsAreRight() throws {
    // e / (e + 9), and σ(0) to σ(1).
    let ten = try Self.findings(Case(layers: [.dense(10, activation: .sigmoid)], classes: Array(repeating: 30, count: 10), validation: nil))
    #expect(ten.first?.reason.contains("probabilities of 0.232 at most") == true)
    let two = try Self.findings(
      Case(layers: [.dense(1, activation: .hardSigmoid)], loss: .binaryCrossentropy(fromLogits: true), classes: [50, 50], validation: nil))
    #expect(two.first?.reason.contains("probabilities from 0.5 to 0.731 only") == true)
  }

  @Test func anErrorIsRefused() throws {
    let findings = try Self.findings(Case(layers: [.dense(1, activation: .softmax)], loss: .binaryCrossentropy(), classes: [50, 50], validation: nil))
    let failure = #expect(throws: Failure.self) { try findings.refuse() }
    #expect(failure?.place == "model.layers[0].activation" && failure?.kind == .badData)
    try Self.findings(Case(scale: 1)).refuse()
  }

  /// Rows that are in both parts are counted, whatever they are made of.
  @Test func repeatedRowsAreFound() throws {
    let floats = seededFloats(60 * 3, seed: 9)
    let rows = floats.chunks(of: 3)
    let training = try Dataset(rows: rows, labels: rows.indices.map { $0 % 2 })
    let validation = try Dataset(rows: [[9, 9, 9], rows[7], rows[59], [8, 8, 8]], labels: [0, 1, 0, 1])
    let compiled = CompiledNetwork(
      network: try Network(inputs: 3, layers: [.dense(2)]), compile: CompileSection(optimizer: .adam(), loss: .sparseCategoricalCrossentropy(fromLogits: true)))
    func look(_ validation: Dataset?) throws -> [String] {
      try Checkup.look(
        at: compiled, state: compiled.initialState(seed: 1), training: training, validation: validation, options: FitSection(), seed: 1, crew: try crew(1)
      ).findings.map(\.problem)
    }
    #expect(try look(validation) == ["2 rows are among the training data, too"])
    #expect(try look(nil) == [])
  }

  @Test func theFactsAreTold() throws {
    let each = Case(layers: [.dense(9, activation: .relu), .batchNormalization(BatchNormalization()), .dense(4)], validation: [1, 1, 1, 2])
    let checkup = try Self.look(each)
    #expect(checkup.summaries.map(\.outputs) == [9, 9, 4] && checkup.summaries.map(\.parameters) == [19 * 9 + 9, 36, 40])
    #expect(checkup.parameters == 180 + 18 + 40 && checkup.otherParameters == 18)
    #expect(checkup.training.rows == 200 && checkup.validation?.rows == 5 && checkup.stepsPerEpoch == 7)
    #expect(checkup.training.inputs == 0...1 && checkup.training.rowsPerClass == [50, 50, 50, 50])
    #expect(checkup.dataBytes == 205 * 19 && checkup.memory.total > 0)
    #expect(abs(try #require(checkup.lossByGuessing) - 1.386_294_361_12) < 1e-9)
  }

  private static func findings(_ each: Case) throws -> [Finding] { try look(each).findings }

  private static func look(_ each: Case) throws -> Checkup {
    func dataset(_ classes: [Int], seed: UInt64) throws -> Dataset {
      let labels = classes.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
      var bytes = each.pixel.map { Array(repeating: $0, count: labels.count * 19) } ?? seededBytes(labels.count * 19, seed: seed)
      if each.pixel == nil { (bytes[0], bytes[1]) = (0, 255) }
      var dataset = try Dataset(bytes: bytes, width: 19, labels: labels)
      dataset.scale = each.scale
      return dataset
    }
    let training = try dataset(each.classes, seed: 1)
    let validation = each.pixel == nil ? try each.validation.map { try dataset($0, seed: 2) } : nil
    let compiled = CompiledNetwork(
      network: try Network(inputs: 19, layers: each.layers), compile: CompileSection(optimizer: each.optimizer, loss: each.loss, metrics: each.metrics))
    return try Checkup.look(
      at: compiled, state: compiled.initialState(seed: 1), training: training, validation: validation, encoding: each.encoding,
      options: FitSection(batchSize: each.batchSize), seed: 1, workers: each.workers, crew: try crew(1))
  }
}
