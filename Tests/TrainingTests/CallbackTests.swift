import Datasets
import Failures
import Foundation
import Kernels
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: between epochs, a fit does what Keras's callbacks do, and one that was interrupted does the same.
@Suite struct CallbackTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    struct Options: Decodable, Sendable {
      var monitor: String
      var mode: String
      var patience: Int?
      var minDelta: Double?
      var baseline: Double?
      var restoreBestWeights: Bool?
      var startFromEpoch: Int?
      var factor: Double?
      var cooldown: Int?
      var minLr: Double?
    }

    let type: String
    let options: Options
    let values: [Double]
    let epochs: Int?
    let restored: Int?
    let rates: [Double]?

    var testDescription: String { "\(options)" }
    var mode: MonitorMode { MonitorMode(rawValue: options.mode)! }
    /// Without the mode, which follows from the figure.
    var modes: [MonitorMode] { (mode == .min) == options.monitor.hasSuffix("loss") ? [mode, .auto] : [mode] }
    var records: [EpochRecord] {
      values.enumerated().map { EpochRecord(epoch: $0 + 1, figures: [.init(options.monitor, $1)], seconds: 1, samplesPerSecond: 1) }
    }
  }

  static let cases: [Case] = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let path = PackageFiles.root.appendingPathComponent("Tests/Golden/callbacks.json")
    return (try? decoder.decode([Case].self, from: Data(contentsOf: path))) ?? []
  }()

  @Test func noCaseIsMissing() { #expect(Self.cases.count == 26) }

  /// After how many epochs the fit ends, and which epoch's weights it keeps.
  @Test(arguments: cases.filter { $0.type == "early_stopping" })
  func stopsWhereKerasStops(_ golden: Case) {
    for mode in golden.modes {
      let options = golden.options
      let callback = EarlyStopping(
        monitor: options.monitor, minDelta: options.minDelta ?? 0, patience: options.patience ?? 0, mode: mode, baseline: options.baseline,
        restoreBestWeights: options.restoreBestWeights ?? false, startFromEpoch: options.startFromEpoch ?? 0)
      for resumed in 0..<golden.values.count {
        var rule = StoppingRule(callback, after: Array(golden.records.prefix(resumed)))
        var seen = resumed
        while !rule.stops, seen < golden.values.count {
          rule.see(golden.records[seen])
          seen += 1
        }
        // One that goes on after its end has nothing more to see.
        guard resumed < golden.epochs! else { continue }
        #expect(seen == golden.epochs)
        if options.restoreBestWeights == true { #expect(rule.bestEpoch == golden.restored) }
      }
    }
  }

  @Test(arguments: cases.filter { $0.type == "reduce_lr_on_plateau" })
  func reducesWhereKerasReduces(_ golden: Case) throws {
    for mode in golden.modes {
      let options = golden.options
      let callback = ReduceLROnPlateau(
        monitor: options.monitor, factor: options.factor ?? 0.1, patience: options.patience ?? 10, mode: mode, minDelta: options.minDelta ?? 1e-4,
        cooldown: options.cooldown ?? 0, minLR: options.minLr ?? 0)
      for resumed in 0..<golden.values.count {
        var rule = PlateauRule(callback, rate: 0.1, after: Array(golden.records.prefix(resumed)))
        for epoch in resumed..<golden.values.count {
          let expected = try #require(golden.rates?[epoch])
          #expect(abs(rule.rate / expected - 1) < 1e-6, "epoch \(epoch + 1)")
          rule.see(golden.records[epoch])
        }
      }
    }
  }

  private static func fit(_ callbacks: [Callback], epochs: Int, validationFreq: Int = 1) -> SmallFit {
    SmallFit(
      optimizer: .sgd(learningRate: 0.5),
      options: FitSection(epochs: epochs, batchSize: 16, validationFreq: validationFreq, callbacks: callbacks))
  }

  /// Fits, perhaps stopped once and gone on with; the state at the end and the records.
  private static func run(_ fit: SmallFit, _ dataset: Dataset, stopAt: Int = -1, workers: Int = 1) throws -> (state: ModelState, records: [EpochRecord]) {
    let first = try fit.fitting(dataset, workers: workers)
    var stopper = Stopper(pausesLeft: stopAt)
    let progress = try first.run(longest: 1, observer: &stopper)
    guard let state = stopper.state else { return (first.result(progress), progress.records) }
    let compiled = try fit.compiled(dataset)
    let second = try Fitting(
      compiled, state: state, training: dataset, validation: dataset, encoding: fit.encoding, options: fit.options, seed: 5, crew: try crew(3, fit.set))
    var observer = SilentObserver()
    let end = try second.run(from: progress, observer: &observer)
    return (second.result(end), end.records)
  }

  /// The weights that come back are those of a fit that ended with the best epoch; on any workers, and after an interruption anywhere.
  @Test func theBestWeightsComeBack() throws {
    let dataset = try SmallData.floats(40)
    // A rate at which the loss soon rises again.
    let callback = Callback.earlyStopping(monitor: "val_loss", patience: 3, restoreBestWeights: true)
    let fit = Self.fit([callback], epochs: 60)
    let whole = try Self.run(fit, dataset)
    let losses = whole.records.map { $0["val_loss"]! }
    let best = losses.firstIndex(of: losses.min()!)! + 1
    #expect(whole.records.count == best + 3 && best > 1, "stopped after \(whole.records.count), best \(best)")
    let short = try Self.run(Self.fit([], epochs: best), dataset)
    #expect(whole.state.weights == short.state.weights)
    let plain = try Self.run(Self.fit([.earlyStopping(monitor: "val_loss", patience: 3)], epochs: 60), dataset)
    #expect(plain.records.count == best + 3 && plain.state.weights != short.state.weights)
    for stop in [1, 5, 4 * best, 4 * best + 1, 4 * best + 6] {
      let resumed = try Self.run(fit, dataset, stopAt: stop, workers: 2)
      #expect(resumed.state == whole.state, "stopped at \(stop)")
      #expect(resumed.records.map(\.figures) == whole.records.map(\.figures))
    }
  }

  @Test func theRateFallsOnAPlateau() throws {
    let dataset = try SmallData.floats(40)
    let callback = Callback.reduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 1, minDelta: 0.05)
    let fit = Self.fit([callback], epochs: 12)
    let whole = try Self.run(fit, dataset)
    let rates = whole.records.map { $0["learning_rate"]! }
    #expect(rates[0] == 0.5 && rates.last! < 0.5 && zip(rates, rates.dropFirst()).allSatisfy { $1 <= $0 })
    let untouched = try Self.run(Self.fit([], epochs: 12), dataset)
    #expect(untouched.state.weights != whole.state.weights)
    for stop in [3, 20, 30, 40] {
      let resumed = try Self.run(fit, dataset, stopAt: stop, workers: 3)
      #expect(resumed.state == whole.state && resumed.records.map(\.figures) == whole.records.map(\.figures), "stopped at \(stop)")
    }
  }

  @Test func validationComesEverySoManyEpochs() throws {
    let dataset = try SmallData.floats(40)
    let sparse = try Self.run(Self.fit([], epochs: 7, validationFreq: 3), dataset)
    #expect(sparse.records.map { $0["val_loss"] != nil } == [false, false, true, false, false, true, false])
    let all = try Self.run(Self.fit([], epochs: 7), dataset)
    #expect(sparse.state == all.state)
    #expect(sparse.records[5]["val_loss"] == all.records[5]["val_loss"])
  }

  @Test func impossibleCallbacksAreRefused() throws {
    let dataset = try SmallData.floats(40)
    func refusal(_ fit: SmallFit) -> String? { #expect(throws: Failure.self) { try fit.fitting(dataset, workers: 1) }?.description }
    #expect(
      refusal(Self.fit([.earlyStopping(monitor: "val_los")], epochs: 1))
        == "fit.callbacks[0].monitor: unknown figure 'val_los'; did you mean 'val_loss'? this fit has loss, accuracy, val_loss, val_accuracy")
    var scheduled = Self.fit([.reduceLROnPlateau(monitor: "loss")], epochs: 1)
    scheduled.optimizer = .sgd(learningRate: .exponentialDecay(initial: 0.1, decaySteps: 10, decayRate: 0.5))
    #expect(refusal(scheduled) == "fit.callbacks[0]: reduce_lr_on_plateau needs a learning rate that is a number; the optimizer has a schedule")
  }
}
