import Foundation
import Lockstep
import TestSupport
import Testing

/// The promise: define, compile, fit, as the README writes them: the model learns, and a fit continues where the last one ended.
@Suite(.serialized) struct ThreeCallsTests {
  /// Points in a square; class 1 where both coordinates have the same sign.
  static func xor(_ rows: Int) throws -> Dataset {
    let points = seededFloats(rows * 2, seed: 31).map { $0 < 0 ? $0 - 0.1 : $0 + 0.1 }.chunks(of: 2)
    return try Dataset(rows: points, labels: points.map { $0[0] * $0[1] > 0 ? 1 : 0 })
  }

  /// Class 1 on one side of a line.
  static func halves(_ rows: Int) throws -> Dataset {
    let points = seededFloats(rows * 2, seed: 32).chunks(of: 2).filter { abs($0[0] + 2 * $0[1] - 0.2) > 0.2 }
    return try Dataset(rows: points, labels: points.map { $0[0] + 2 * $0[1] > 0.2 ? 1 : 0 })
  }

  static func model(seed: UInt64 = 1) throws -> Sequential {
    let model = try Sequential(inputs: 2, seed: seed) {
      Dense(16, activation: .tanh)
      Dense(1, activation: .sigmoid)
    }
    try model.compile(optimizer: .adam(learningRate: 0.02), loss: .binaryCrossentropy(), metrics: [.accuracy])
    return model
  }

  @Test func logisticRegressionSeparatesHalves() throws {
    let data = try Self.halves(300)
    let model = try Sequential(inputs: 2) { Dense(1, activation: .sigmoid) }
    try model.compile(optimizer: .sgd(learningRate: 1), loss: .binaryCrossentropy(), metrics: [.accuracy])
    let history = try model.fit(data, epochs: 60, observer: ProgressDisplay.silent())
    #expect(history["loss"].count == 60 && history["loss"][59] < history["loss"][0] / 3)
    let evaluation = try model.evaluate(data)
    #expect(evaluation.figures.map(\.name) == ["loss", "accuracy"])
    #expect(evaluation.figures[1].value == 1)
    let examination = try model.examine(data, Examination.Questions(resamples: 50, policy: .precision(1)))
    #expect(examination.evaluation == evaluation && examination.mistakes.isEmpty && examination.classes?.macro.f1 == 1)
    #expect(examination.interval?.low == 1 && examination.interval?.resamples == 50)
    #expect(examination.thresholds.map { $0?.recall } == [1])
    let outputs = try model.predict(data)
    #expect(outputs.count == data.count && outputs.allSatisfy { $0.count == 1 && 0...1 ~= $0[0] })
  }

  @Test func aHiddenLayerLearnsWhatNoLineSeparates() throws {
    let data = try Self.xor(256)
    let model = try Self.model()
    let history = try model.fit(data, epochs: 120, validationData: data, observer: ProgressDisplay.silent())
    #expect(history["val_accuracy"].last == 1)
    #expect(history.records.map(\.epoch) == Array(1...120))
    #expect(history.records[0].figures.map(\.name) == ["loss", "accuracy", "val_loss", "val_accuracy"])
    #expect(history["mae"].isEmpty)
    #expect(try model.evaluate(data).confusion?.map { $0.filter { $0 > 0 }.count } == [1, 1], "a diagonal")
  }

  /// Digits from files are images; those of arrays become so by a reshape.
  @Test func imagesAreAugmented() throws {
    let digits = try Dataset.bundledDigits()
    func model(_ reshapes: Bool) throws -> Sequential {
      let model = try Sequential(inputs: 784) {
        if reshapes { Reshape([28, 28]) }
        RandomTranslation(heightFactor: 0.1, widthFactor: .between(-0.1, 0.1))
        RandomRotation(0.03, fillMode: .constant)
        RandomZoom(heightFactor: 0.1)
        RandomShear(xFactor: 0.05)
        RandomElasticTransform(valueRange: 0...1)
        RandomErasing(factor: 0.5, fillValue: 0)
        Dense(32, activation: .relu)
        Dense(10)
      }
      try model.compile(optimizer: .adam(learningRate: 0.003), loss: .sparseCategoricalCrossentropy(fromLogits: true), metrics: [.accuracy])
      return model
    }
    let augmented = try model(false)
    try augmented.fit(digits, epochs: 5, observer: ProgressDisplay.silent())
    #expect(try #require(augmented.evaluate(digits).figures.last).value > 0.85)
    let reshaped = try model(true)
    try reshaped.fit(digits, epochs: 5, observer: ProgressDisplay.silent())
    #expect(reshaped.weights == augmented.weights)
  }

  /// It suggests a rate that trains well, and leaves the model as it was.
  @Test func aLearningRateIsFound() throws {
    let data = try Self.xor(256)
    let (model, untouched) = (try Self.model(), try Self.model())
    let test = try model.findLearningRate(data, rates: .init(from: 1e-5, to: 10, count: 200), workers: .exactly(2))
    #expect(test == (try untouched.findLearningRate(data, rates: .init(from: 1e-5, to: 10, count: 200), workers: .exactly(1))))
    let rate = try #require(test.suggestion)
    #expect(1e-3...1 ~= rate, "\(rate)")
    #expect(try model.predict(data) == Self.model().predict(data))
    try model.compile(optimizer: .adam(learningRate: .constant(rate)), loss: .binaryCrossentropy(), metrics: [.accuracy])
    #expect(try model.fit(data, epochs: 60, observer: ProgressDisplay.silent())["accuracy"].last == 1)
  }

  @Test func figuresAreThoseThatWereAskedFor() throws {
    let model = try Sequential(inputs: 2) { Dense(2) }
    try model.compile(optimizer: .sgd(), loss: .sparseCategoricalCrossentropy(fromLogits: true))
    let history = try model.fit(try Self.xor(20), observer: ProgressDisplay.silent())
    #expect(history.records.map { $0.figures.map(\.name) } == [["loss"]])
  }

  /// The same to the bit as one fit over all epochs, though the workers differ: optimizer, step and shuffles all go on.
  @Test func aSecondFitContinuesTheFirst() throws {
    let data = try Self.xor(70)
    let whole = try Self.model()
    let all = try whole.fit(data, epochs: 5, workers: .exactly(1), observer: ProgressDisplay.silent())
    let parts = try Self.model()
    let first = try parts.fit(data, epochs: 2, workers: .exactly(3), placement: .none, observer: ProgressDisplay.silent())
    let second = try parts.fit(data, epochs: 3, workers: .exactly(2), placement: .none, observer: ProgressDisplay.silent())
    #expect(parts.weights == whole.weights)
    #expect(first["loss"] + second["loss"] == all["loss"])
  }

  /// In Keras's words: epochs are counted from the first fit on.
  @Test func aLaterFitMayCountEpochsOn() throws {
    let data = try Self.xor(70)
    let whole = try Self.model()
    let all = try whole.fit(data, epochs: 5, observer: ProgressDisplay.silent())
    let parts = try Self.model()
    try parts.fit(data, epochs: 2, observer: ProgressDisplay.silent())
    let rest = try parts.fit(data, epochs: 5, initialEpoch: 2, observer: ProgressDisplay.silent())
    #expect(rest.records.map(\.epoch) == [3, 4, 5])
    #expect(parts.weights == whole.weights && rest["loss"] == Array(all["loss"][2...]))
  }

  @Test func aLogOfSeveralFits() throws {
    try withTemporaryFolder { folder in
      let path = folder.path + "/log.csv"
      let data = try Self.xor(20)
      let model = try Self.model()
      for append in [false, true, true] {
        try model.fit(data, epochs: 2, callbacks: [.csvLogger(filename: path, append: append)], observer: ProgressDisplay.silent())
      }
      let lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\r\n")
      #expect(lines.map { $0.prefix { $0 != "," } } == ["epoch", "0", "1", "0", "1", "0", "1", ""])
    }
  }

  @Test func compilingStartsTheOptimizerAnewAndKeepsTheWeights() throws {
    let data = try Self.xor(40)
    let model = try Self.model()
    try model.fit(data, epochs: 2, observer: ProgressDisplay.silent())
    let learned = model.weights
    try model.compile(optimizer: .adam(learningRate: 0.02), loss: .binaryCrossentropy())
    #expect(model.weights == learned)

    // One unshuffled step of a new optimizer from these weights; one with moments behind it goes elsewhere.
    try model.fit(data, batchSize: 40, shuffle: false, observer: ProgressDisplay.silent())
    let fresh = try Self.model(seed: 2)
    try fresh.setWeights(learned)
    try fresh.fit(data, batchSize: 40, shuffle: false, observer: ProgressDisplay.silent())
    #expect(model.weights == fresh.weights)
    let moved = try Self.model()
    try moved.fit(data, epochs: 2, observer: ProgressDisplay.silent())
    try moved.fit(data, batchSize: 40, shuffle: false, observer: ProgressDisplay.silent())
    #expect(moved.weights != fresh.weights)
  }

  @Test func equalSeedsAreEqualModels() throws {
    #expect(try Self.model().weights == Self.model().weights)
    #expect(try Self.model(seed: 2).weights != Self.model().weights)
  }

  @Test func layersMayBeBuiltInLoopsAndConditions() throws {
    let deep = true
    let model = try Sequential(inputs: 4) {
      for units in [5, 6] { Dense(units, activation: .relu) }
      if deep { Dense(3) } else { Dense(2) }
      if !deep { Dense(1) }
    }
    #expect(model.weights.map(\.shape) == [[4, 5], [5], [5, 6], [6], [6, 3], [3]])
    #expect(model.weights.map(\.name) == ["dense.kernel", "dense.bias", "dense_1.kernel", "dense_1.bias", "dense_2.kernel", "dense_2.bias"])
    #expect(model.summary.hasSuffix("82 parameters"))
  }

  /// An observer that ends the fit: its failure comes out, the weights stay what they were.
  @Test func anObserverMayEndTheFit() throws {
    struct Impatient: FitObserver {
      mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {}
      mutating func stepsDone(_ steps: Int) {}
      mutating func epochEnded(_ record: EpochRecord) throws(Failure) { throw Failure(.inputOutput, at: "log", "full") }
    }
    let model = try Self.model()
    let before = model.weights
    #expect(throws: Failure(.inputOutput, at: "log", "full")) { try model.fit(try Self.xor(20), observer: Impatient()) }
    #expect(model.weights == before)
  }

  /// As a callback may, which goes on where it was: the next fit is the first.
  @Test func aCallbackMayEndTheFit() throws {
    final class Impatient: BatchCallback {
      func onTrainBatchEnd(_ batch: Int, _ fit: FitControl, logs: [String: Double]) throws(Failure) {
        if batch == 1 { throw Failure(.inputOutput, "enough") }
      }
    }
    let data = try Self.xor(70)
    let (model, untouched) = (try Self.model(), try Self.model())
    #expect(throws: Failure(.inputOutput, at: "epoch 1: Impatient.onTrainBatchEnd", "enough")) {
      try model.fit(data, customCallbacks: [Impatient()], observer: ProgressDisplay.silent())
    }
    #expect(model.weights == untouched.weights)
    for model in [model, untouched] { try model.fit(data, epochs: 2, observer: ProgressDisplay.silent()) }
    #expect(model.weights == untouched.weights)
  }
}
