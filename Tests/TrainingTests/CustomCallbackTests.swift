import Datasets
import Failures
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: callbacks of one's own hear of everything at its moment, change what Keras's can, and leave all else as it is. (What Keras's hear, and what comes of it:
/// `LockstepTests/GoldenFitTests`.)
@Suite struct CustomCallbackTests {
  private static let options = FitSection(epochs: 3, batchSize: 16)

  private static func run(_ fit: SmallFit, _ callbacks: [any FitCallback], workers: Int = 2) throws -> (result: SmallFit.Result, records: [EpochRecord]) {
    let fitting = try fit.fitting(try SmallData.floats(75), workers: workers)
    var observer = SilentObserver()
    let records = try fitting.run(callbacks: callbacks, observer: &observer).records
    return (SmallFit.Result(state: fitting.state, figures: records.map { $0.figures.map(\.value.bitPattern) }), records)
  }

  /// Hears all, and changes nothing.
  private final class Listener: BatchCallback {
    private(set) var batches: [Int] = []
    private(set) var steps: [Int] = []
    private(set) var weights: [[Float]] = []

    func onTrainBatchEnd(_ batch: Int, _ fit: FitControl, logs: [String: Double]) {
      batches.append(batch)
      steps.append(fit.step)
      weights.append(fit.weights.flatMap(\.values))
    }
  }

  @Test(arguments: [1, 3, 8]) func listeningChangesNothing(_ workers: Int) throws {
    let fit = SmallFit(options: Self.options)
    let listener = Listener()
    let (result, records) = try Self.run(fit, [listener], workers: workers)
    #expect(result == (try fit.run(try SmallData.floats(75), workers: 1)))
    #expect(records.count == 3)
    #expect(listener.batches == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4] && listener.steps == Array(1...15))
    #expect(zip(listener.weights, listener.weights.dropFirst()).allSatisfy { $0 != $1 })
  }

  private final class Stopper: FitCallback {
    let hook: String
    init(_ hook: String) { self.hook = hook }

    func onTrainBegin(_ fit: FitControl) { if hook == "onTrainBegin" { fit.stopTraining = true } }
    func onEpochBegin(_ epoch: Int, _ fit: FitControl) { if hook == "onEpochBegin", epoch == 1 { fit.stopTraining = true } }
    func onEpochEnd(_ epoch: Int, _ fit: FitControl, logs: [String: Double]) { if hook == "onEpochEnd", epoch == 1 { fit.stopTraining = true } }
  }

  /// Behind the epoch; or where it is asked before one, behind its first step, which is all there is of it. However many workers there are, and however long pauses are apart.
  @Test(arguments: [("onTrainBegin", 1, 1), ("onEpochBegin", 2, 6), ("onEpochEnd", 2, 10)])
  func stopping(_ hook: String, _ epochs: Int, _ steps: Int) throws {
    for workers in [1, 3] {
      let (result, records) = try Self.run(SmallFit(options: Self.options), [Stopper(hook)], workers: workers)
      #expect(records.count == epochs && result.state.step == steps)
      #expect(records.allSatisfy { $0["val_loss"] != nil })
    }
  }

  private final class Rate: FitCallback {
    let rate: Double
    init(_ rate: Double) { self.rate = rate }

    func onEpochEnd(_ epoch: Int, _ fit: FitControl, logs: [String: Double]) throws(Failure) {
      if epoch == 0 { try fit.set(learningRate: rate) }
    }
  }

  /// A reduction on a plateau reduces the rate that there is.
  @Test func aPlateauSeesTheRateThatWasSet() throws {
    var fit = SmallFit(optimizer: .sgd(learningRate: 0.5), options: Self.options)
    fit.options.callbacks = [.reduceLROnPlateau(monitor: "loss", factor: 0.5, patience: 1, minDelta: 100)]
    // Reduced behind the first epoch that is no better than the one before, which is the second.
    #expect(try Self.run(fit, [Rate(0.125)]).records.map { $0["learning_rate"] } == [0.5, 0.125, 0.0625])
    #expect(try Self.run(fit, []).records.map { $0["learning_rate"] } == [0.5, 0.5, 0.25])
  }

  @Test func ratesThatAreNoneAreRefused() throws {
    let plain = SmallFit(options: Self.options)
    var scheduled = plain
    scheduled.optimizer = .adam(learningRate: .exponentialDecay(initial: 0.1, decaySteps: 10, decayRate: 0.5))
    for (fit, rate, line) in [
      (plain, 0, "optimizer: learning_rate: expected a number above 0, found 0.0"),
      (plain, .nan, "optimizer: learning_rate: expected a finite number, found NaN"),
      (scheduled, 0.1, "learning_rate: the optimizer has a schedule, so its rate cannot be set"),
    ] as [(SmallFit, Double, String)] {
      let failure = #expect(throws: Failure.self) { try Self.run(fit, [Rate(rate)]) }
      #expect(failure?.description == "epoch 1: Rate.onEpochEnd: \(line)")
    }
  }

  private final class Thrower: BatchCallback {
    let hook: String
    init(_ hook: String) { self.hook = hook }

    private func failing(_ name: String, _ isTime: Bool = true) throws(Failure) {
      if hook == name, isTime { throw Failure(.inputOutput, at: "step log", "full") }
    }
    func onTrainBegin(_ fit: FitControl) throws(Failure) { try failing("onTrainBegin") }
    func onTrainEnd(_ fit: FitControl, logs: [String: Double]) throws(Failure) { try failing("onTrainEnd") }
    func onEpochBegin(_ epoch: Int, _ fit: FitControl) throws(Failure) { try failing("onEpochBegin", epoch == 1) }
    func onEpochEnd(_ epoch: Int, _ fit: FitControl, logs: [String: Double]) throws(Failure) { try failing("onEpochEnd", epoch == 1) }
    func onTrainBatchBegin(_ batch: Int, _ fit: FitControl) throws(Failure) { try failing("onTrainBatchBegin", fit.step == 7) }
    func onTrainBatchEnd(_ batch: Int, _ fit: FitControl, logs: [String: Double]) throws(Failure) { try failing("onTrainBatchEnd", fit.step == 7) }
  }

  @Test(arguments: ["onTrainBegin", "onTrainEnd", "onEpochBegin", "onEpochEnd", "onTrainBatchBegin", "onTrainBatchEnd"])
  func whatIsThrownComesOut(_ hook: String) throws {
    let failure = #expect(throws: Failure.self) { try Self.run(SmallFit(options: Self.options), [Listener(), Thrower(hook)]) }
    let epoch = hook.hasPrefix("onTrain") && !hook.contains("Batch") ? "" : "epoch 2: "
    #expect(failure == Failure(.inputOutput, at: "\(epoch)Thrower.\(hook): step log", "full"))
  }
}
