import Foundation
import Lockstep
import TestSupport
import Testing

/// The promise: what `fit` takes beside data and epochs means what it means in Keras. `Tests/Golden/fits.json` holds what Keras made of it.
@Suite struct GoldenFitTests {
  struct Part: Decodable {
    let inputs: [[Float]]
    let labels: [Int]
    let weights: [Float]

    func dataset(oneHot: Bool) throws -> Dataset {
      let dataset = try Dataset(rows: inputs, labels: labels)
      return oneHot ? try dataset.withOneHotTargets() : dataset
    }
  }

  /// A case of `fit_tables.py`.
  struct Case: Decodable {
    let batchSize: Int
    let epochs: Int
    let classWeight: Weights?
    let oneHot: Bool?
    let sampleWeight: Bool?
    let validation: Bool?
    let validationSampleWeight: Bool?
    let stepsPerEpoch: Int?
    let validationSteps: Int?
    let initialEpoch: Int?
    let validationFreq: Int?
    let csv: CSV?
    let reduce: Reduce?
    let earlierLog: String?
    let custom: Bool?

    struct Weights: Decodable {
      let classWeight: ClassWeight

      init(from decoder: any Decoder) throws {
        let factors = try? decoder.singleValueContainer().decode([String: Double].self)
        classWeight = factors.map { .factors(Dictionary(uniqueKeysWithValues: $0.map { (Int($0)!, $1) })) } ?? .balanced
      }
    }

    struct CSV: Decodable {
      let separator: String?
      let append: Bool?
    }

    struct Reduce: Decodable {
      let monitor: String
      let patience: Int
      let minDelta: Double
    }
  }

  struct Expected: Decodable {
    let epochs: [Int]
    let history: [String: [Double]]
    let weights: [[Float]]
    let log: String?
    let events: [Event]?
  }

  /// A hook and the numbers it heard.
  struct Event: Decodable, Equatable {
    let hook: String
    let numbers: [Double]

    init(_ hook: String, _ numbers: [Double]) { (self.hook, self.numbers) = (hook, numbers) }

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      hook = try container.decode(String.self)
      var numbers: [Double] = []
      while !container.isAtEnd { numbers.append(try container.decode(Double.self)) }
      self.numbers = numbers
    }
  }

  struct Golden: Decodable {
    let `case`: Case
    let expected: Expected
  }

  static let text = (try? Data(contentsOf: PackageFiles.root.appendingPathComponent("Tests/Golden/fits.json"))) ?? Data()
  static let keys: [String] = {
    let object = try? JSONSerialization.jsonObject(with: text) as? [String: Any]
    return (object ?? [:]).keys.filter { $0.hasPrefix("case ") }.sorted { $0.count == $1.count ? $0 < $1 : $0.count < $1.count }
  }()

  private static func decode<Value: Decodable>(_ key: String, _ type: Value.Type = Value.self) throws -> Value {
    let object = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: JSONSerialization.data(withJSONObject: try #require(object[key]), options: .fragmentsAllowed))
  }

  @Test func noCaseIsMissing() { #expect(Self.keys.count == 18) }

  /// On one worker and on more than there are slices.
  @Test(arguments: keys, [1, 3, 8]) func fitsAsKeras(_ key: String, _ workers: Int) throws {
    let golden: Golden = try Self.decode(key)
    let (options, expected) = (golden.case, golden.expected)
    let (training, validation): (Part, Part) = (try Self.decode("training"), try Self.decode("validation"))
    let oneHot = options.oneHot == true
    let model = try Sequential(inputs: 4) {
      Dense(5, activation: .tanh)
      Dense(3)
    }
    try model.setWeights(
      zip(model.weights, try Self.decode("weights", [[Float]].self)).map { Sequential.Tensor(name: $0.name, shape: $0.shape, values: $1) })
    try model.compile(
      optimizer: .sgd(learningRate: 0.5, momentum: 0.5),
      loss: oneHot ? .categoricalCrossentropy(fromLogits: true) : .sparseCategoricalCrossentropy(fromLogits: true), metrics: [.accuracy])
    try withTemporaryFolder { folder in
      let log = folder.appendingPathComponent("log.csv")
      if let earlier = options.earlierLog { try Data(earlier.utf8).write(to: log) }
      let custom = WrittenDown()
      var validationData: Dataset?
      if options.validation == true {
        validationData = try validation.dataset(oneHot: oneHot)
        if options.validationSampleWeight == true { validationData = try validationData?.withSampleWeights(validation.weights) }
      }
      let history = try model.fit(
        try training.dataset(oneHot: oneHot), epochs: options.epochs, batchSize: options.batchSize, validationData: validationData, shuffle: false,
        classWeight: options.classWeight?.classWeight, sampleWeight: options.sampleWeight == true ? training.weights : nil,
        initialEpoch: options.initialEpoch ?? 0,
        stepsPerEpoch: options.stepsPerEpoch, validationSteps: options.validationSteps, validationFreq: options.validationFreq ?? 1,
        callbacks: options.callbacks(log.path, order: try Self.callbackOrder(key)), customCallbacks: options.custom == true ? [custom] : [],
        workers: .exactly(workers), placement: .none, observer: ProgressDisplay.silent())
      #expect(history.records.map(\.epoch) == expected.epochs.map { $0 + 1 })
      for (name, values) in expected.history { expectNear(history[name], values, name) }
      #expect(Set(history.records.flatMap { $0.figures.map(\.name) }) == Set(expected.history.keys))
      for (found, values) in zip(model.weights, expected.weights) { expectClose(found.values, values, within: 1e-5, found.name) }
      if let text = expected.log { expectSameLog(try String(contentsOf: log, encoding: .utf8), text) }
      if let events = expected.events {
        #expect(custom.events.map(\.hook) == events.map(\.hook))
        for (found, event) in zip(custom.events, events) { expectNear(found.numbers, event.numbers, event.hook) }
      }
    }
  }

  /// The callbacks' keys in the order of the file, which a decoder does not tell.
  private static func callbackOrder(_ key: String) throws -> [String] {
    let line = try #require(String(decoding: text, as: UTF8.self).split(separator: "\n").first { $0.contains("\"\(key)\":") })
    return ["csv", "reduce"].sorted { first, second in
      guard let one = line.range(of: "\"\(first)\":"), let other = line.range(of: "\"\(second)\":") else { return false }
      return one.lowerBound < other.lowerBound
    }
  }

  /// A hundredth of what a step changes.
  private func expectNear(_ found: [Double], _ expected: [Double], _ what: String) {
    #expect(found.count == expected.count, "\(what): \(found), in Keras \(expected)")
    for (value, keras) in zip(found, expected) { #expect(abs(value - keras) < 2e-5, "\(what): \(found), in Keras \(expected)") }
  }

  /// The same bytes but for the digits of figures: numbers may differ by little.
  private func expectSameLog(_ found: String, _ expected: String) {
    let number = /\d+\.\d+(?:e-?\d+)?/
    #expect(found.replacing(number, with: "#") == expected.replacing(number, with: "#"))
    expectNear(found.matches(of: number).map { Double($0.output)! }, expected.matches(of: number).map { Double($0.output)! }, "log")
  }
}

extension GoldenFitTests.Case {
  fileprivate func callbacks(_ log: String, order: [String]) -> [Callback] {
    order.compactMap { key in
      if key == "csv", let csv { return .csvLogger(filename: log, separator: csv.separator ?? ",", append: csv.append ?? false) }
      if key == "reduce", let reduce { return .reduceLROnPlateau(monitor: reduce.monitor, patience: reduce.patience, minDelta: reduce.minDelta) }
      return nil
    }
  }
}

/// The callback of `fit_tables.py`.
private final class WrittenDown: BatchCallback {
  private(set) var events: [GoldenFitTests.Event] = []
  private var epoch = 0

  func onTrainBegin(_ fit: FitControl) { events.append(.init("onTrainBegin", [])) }
  func onTrainEnd(_ fit: FitControl, logs: [String: Double]) { events.append(.init("onTrainEnd", [logs["loss"]!])) }

  func onEpochBegin(_ epoch: Int, _ fit: FitControl) throws(Failure) {
    self.epoch = epoch
    events.append(.init("onEpochBegin", [Double(epoch)]))
    if epoch == 1 { try fit.set(learningRate: 0.2) }
  }

  func onEpochEnd(_ epoch: Int, _ fit: FitControl, logs: [String: Double]) {
    events.append(.init("onEpochEnd", [Double(epoch), logs["loss"]!, logs["val_loss"]!]))
  }

  func onTrainBatchBegin(_ batch: Int, _ fit: FitControl) throws(Failure) {
    events.append(.init("onTrainBatchBegin", [Double(batch), fit.learningRate]))
    if batch == 3 { try fit.set(learningRate: fit.learningRate * 0.9) }
  }

  func onTrainBatchEnd(_ batch: Int, _ fit: FitControl, logs: [String: Double]) {
    events.append(.init("onTrainBatchEnd", [Double(batch), logs["loss"]!, logs["accuracy"]!]))
    if epoch == 3, batch == 1 { fit.stopTraining = true }
  }
}
