import Lockstep
import Testing

/// The promise: a wrong call is answered by one line of advice, and changes nothing.
@Suite struct RefusalTests {
  private static func model() throws -> Sequential { try Sequential(inputs: 2) { Dense(1, activation: .sigmoid) } }
  private static func data() throws -> Dataset { try Dataset(rows: [[0, 1], [1, 0]], labels: [0, 1]) }

  static let options: [(Optimizer, String)] = [
    (.sgd(learningRate: 0), "optimizer: learning_rate: expected a number above 0, found 0.0"),
    (.adam(learningRate: -0.1), "optimizer: learning_rate: expected a number above 0, found -0.1"),
    (.rmsprop(learningRate: .constant(.nan)), "optimizer: learning_rate: expected a finite number, found NaN"),
    (.sgd(learningRate: 1e300), "optimizer: learning_rate: expected a number above 0 in single precision, found 1e+300"),
    (.sgd(momentum: 1), "optimizer: momentum: expected a number from 0 to below 1, found 1.0"),
    (.sgd(nesterov: true), "optimizer: nesterov: nesterov needs a momentum above 0"),
    (.adam(beta1: -0.5), "optimizer: beta_1: expected a number from 0 to below 1, found -0.5"),
    (.adam(beta2: 1.5), "optimizer: beta_2: expected a number from 0 to below 1, found 1.5"),
    (.adam(epsilon: 0), "optimizer: epsilon: expected a number from 1.2e-38 to 1e+37, found 0.0"),
    (.adam(epsilon: 1e-40), "optimizer: epsilon: expected a number from 1.2e-38 to 1e+37, found 1e-40"),
    (.adam(epsilon: 1e38), "optimizer: epsilon: expected a number from 1.2e-38 to 1e+37, found 1e+38"),
    (.sgd(learningRate: 1e-40), "optimizer: learning_rate: expected a number above 0 in single precision, found 1e-40"),
    (.rmsprop(rho: .infinity), "optimizer: rho: expected a finite number, found Infinity"),
    (.rmsprop(epsilon: -1), "optimizer: epsilon: expected a number from 1.2e-38 to 1e+37, found -1.0"),
    (.rmsprop(epsilon: 1e-40), "optimizer: epsilon: expected a number from 1.2e-38 to 1e+37, found 1e-40"),
  ]

  @Test(arguments: options.indices)
  func badOptionsAreRefused(_ index: Int) throws {
    let (optimizer, message) = Self.options[index]
    let model = try Self.model()
    let failure = #expect(throws: Failure.self) { try model.compile(optimizer: optimizer, loss: .binaryCrossentropy()) }
    #expect(failure?.description == message && failure?.kind == .badData)
    #expect(throws: Failure.self, "still not compiled") { try model.fit(try Self.data(), observer: ProgressDisplay.silent()) }
  }

  @Test(arguments: [
    (Loss.huber(delta: -1), "loss: delta: expected a number above 0, found -1.0"),
    (.binaryCrossentropy(labelSmoothing: 2), "loss: label_smoothing: expected a number from 0 to below 1, found 2.0"),
    (.binaryFocalCrossentropy(gamma: -1), "loss: gamma: expected a number, 0 or above, found -1.0"),
  ]) func badLossesAreRefused(_ loss: Loss, _ message: String) throws {
    let failure = #expect(throws: Failure.self) { try Self.model().compile(optimizer: .sgd(), loss: loss) }
    #expect(failure?.description == message)
  }

  @Test(arguments: [
    (Dense(1, activation: .leakyRelu(negativeSlope: 0)), "layers[1]: activation.negative_slope: expected a number above 0, found 0.0"),
    (Dense(1, activation: .elu(alpha: -1)), "layers[1]: activation.alpha: expected a number above 0, found -1.0"),
    (Dense(1, kernelInitializer: .randomUniform(minval: 1, maxval: 0)), "layers[1]: kernel_initializer: expected minval below maxval, found 1.0 and 0.0"),
  ]) func badLayersAreRefused(_ layer: Dense, _ message: String) {
    let failure = #expect(throws: Failure.self) {
      try Sequential(inputs: 2) {
        Dense(2)
        layer
      }
    }
    #expect(failure?.description == message)
  }

  @Test func callsBeforeCompileAreRefused() throws {
    let model = try Self.model()
    let data = try Self.data()
    let advice = "the model is not compiled; call compile(optimizer:loss:metrics:) first"
    #expect(throws: Failure(.badData, at: "fit", advice)) { try model.fit(data, observer: ProgressDisplay.silent()) }
    #expect(throws: Failure(.badData, at: "evaluate", advice)) { try model.evaluate(data) }
  }

  typealias Fit = @Sendable (Sequential) throws -> Void
  static let fits: [(String, Fit)] = [
    ("fit.epochs: expected at least 1, found 0", { try $0.fit(try data(), epochs: 0, observer: ProgressDisplay.silent()) }),
    ("fit.epochs: expected at least 1, found -3", { try $0.fit(try data(), epochs: -3, observer: ProgressDisplay.silent()) }),
    ("fit.batch_size: expected at least 1, found 0", { try $0.fit(try data(), batchSize: 0, observer: ProgressDisplay.silent()) }),
    (
      "fit.epochs: expected more than fit.initial_epoch, 2, found 2",
      { try $0.fit(try data(), epochs: 2, initialEpoch: 2, observer: ProgressDisplay.silent()) }
    ),
    ("sample_weight: found 3; expected 2, one a row", { try $0.fit(try data(), sampleWeight: [1, 2, 3], observer: ProgressDisplay.silent()) }),
    (
      "class_weight: 1: expected a number, 0 or above, found -2.0", { try $0.fit(try data(), classWeight: [0: 1, 1: -2], observer: ProgressDisplay.silent()) }
    ),
    (
      "class_weight: -1: expected a class number as the key, 0 to 65535",
      { try $0.fit(try data(), classWeight: [-1: 1], observer: ProgressDisplay.silent()) }
    ),
    (
      "fit.class_weight.2: there is no class 2; the training data have 0 to 1",
      { try $0.fit(try data(), classWeight: [2: 1], observer: ProgressDisplay.silent()) }
    ),
    (
      "callbacks[0]: separator: expected one character, and neither a quotation mark nor a line break, found a string \"\\n\"",
      { try $0.fit(try data(), callbacks: [.csvLogger(filename: "log.csv", separator: "\n")], observer: ProgressDisplay.silent()) }
    ),
    (
      "engine.workers: 0 workers cannot train; ask for at least 1, or \"auto\"",
      { try $0.fit(try data(), workers: .exactly(0), observer: ProgressDisplay.silent()) }
    ),
    (
      "engine.workers: 241 workers are more than Dispatch has threads for; ask for at most 240",
      { try $0.fit(try data(), workers: .exactly(241), observer: ProgressDisplay.silent()) }
    ),
    (
      "training data: an example has 3 numbers, the network takes 2",
      { try $0.fit(try Dataset(rows: [[1, 2, 3]], labels: [1]), observer: ProgressDisplay.silent()) }
    ),
    (
      "validation data: row 0: label 4 is out of range for binary_crossentropy; expected 0 or 1 (data.classes picks two classes)",
      { try $0.fit(try data(), validationData: try Dataset(rows: [[1, 2]], labels: [4]), observer: ProgressDisplay.silent()) }
    ),
    ("input: an example has 3 numbers, the network takes 2", { _ = try $0.predict(try Dataset(rows: [[1, 2, 3]], labels: [1])) }),
  ]

  @Test(arguments: fits.indices)
  func badFitsAreRefused(_ index: Int) throws {
    let (message, fit) = Self.fits[index]
    let model = try Self.model()
    try model.compile(optimizer: .sgd(), loss: .binaryCrossentropy())
    let before = model.weights
    let failure = #expect(throws: Failure.self) { try fit(model) }
    #expect(failure?.description == message && failure?.kind == .badData)
    #expect(model.weights == before)
  }

  @Test func metricsThatDoNotFitAreRefused() throws {
    let model = try Self.model()
    #expect(throws: Failure(.badData, at: "metrics[1]: threshold", "expected a number above 0, up to 1, found 2.0")) {
      try model.compile(optimizer: .sgd(), loss: .binaryCrossentropy(), metrics: [.accuracy, .f1Score(threshold: 2)])
    }
    #expect(throws: Failure(.badData, at: "metrics[1]", "the metric 'auc' is given twice")) {
      try model.compile(optimizer: .sgd(), loss: .binaryCrossentropy(), metrics: [.auc(), .auc()])
    }
    try model.compile(optimizer: .sgd(), loss: .binaryCrossentropy(), metrics: [.precision(classID: 1)])
    #expect(throws: Failure(.badData, at: "compile.metrics[0]", "class_id is 1; expected 0 to 0")) {
      try model.fit(try Self.data(), observer: ProgressDisplay.silent())
    }
  }

  @Test func modelsWithoutLayersAreRefused() {
    #expect(throws: Failure(.badData, at: "model.layers", "expected at least one dense layer, found none")) {
      try Sequential(inputs: 2) { if Bool("false")! { Dense(1) } }
    }
  }
}
