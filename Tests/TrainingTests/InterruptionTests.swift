import Datasets
import Failures
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: a fit that is stopped between any two steps and goes on, in another process with any number of workers, ends with the same bits.
@Suite struct InterruptionTests {

  /// 75 rows in batches of 32 are three steps an epoch, the last one partial; after each epoch comes a pause more. So these stop behind each of two epochs' steps
  /// and behind both epochs' validation.
  @Test(arguments: Optimizer.every) func stoppedAnywhere(_ optimizer: Optimizer) throws {
    let dataset = try SmallData.bytes(75, width: SmallData.leafyWidth)
    var fit = SmallFit(optimizer: optimizer, loss: .categoricalCrossentropy(fromLogits: true), encoding: .oneHot)
    // One of each kind: counts of rows, of elements and of buckets, and sums.
    fit.metrics = [.accuracy, .topKCategoricalAccuracy(k: 2), .precision(), .auc(fromLogits: true), .f1Score(), .meanSquaredError]
    fit.options = FitSection(epochs: 2, batchSize: 32)
    let whole = try fit.run(dataset, workers: 1)
    let compiled = try fit.compiled(dataset)
    for pauses in 1...8 {
      var stopper = Stopper(pausesLeft: pauses)
      let progress = try fit.fitting(dataset, workers: 2).run(longest: 1, observer: &stopper)
      let state = try #require(stopper.state)
      #expect(progress.records.count == pauses / 4 && progress.epoch.steps == pauses % 4)
      #expect(state.step == progress.records.count * 3 + progress.epoch.steps)
      let later = try Fitting(
        compiled, state: state, training: dataset, validation: dataset, encoding: fit.encoding, options: fit.options, seed: 5, crew: try crew(3, fit.set))
      var observer = SilentObserver()
      let end = try later.run(from: progress, observer: &observer)
      #expect(SmallFit.Result(state: later.result(end), figures: end.records.map { $0.figures.map(\.value.bitPattern) }) == whole, "stopped at pause \(pauses)")
    }
  }
}
