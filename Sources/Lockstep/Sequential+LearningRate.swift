import Datasets
import Failures
import RunConfig
import Training

extension Sequential {
  /// A learning rate range test: the loss of each step while the rate grows, and the rate it suggests. The model stays as it is.
  ///
  /// ```swift
  /// if let rate = try model.findLearningRate(digits).suggestion { … }
  /// ```
  ///
  /// - Parameters:
  ///   - data: the rows to train on.
  ///   - batchSize: rows of a step.
  ///   - shuffle: a new order of the rows each epoch.
  ///   - placement: what the threads are bound to.
  ///   - rates: those that are tried, one a step.
  ///   - workers: how many threads; no number of them changes a bit of the result.
  /// - Throws: `Failure` when the model is not compiled, or data, network and loss do not go together.
  public func findLearningRate(
    _ data: Dataset, rates: RangeTest.Rates = .init(), batchSize: Int = 32, shuffle: Bool = true, workers: WorkerCount = .auto, placement: Placement = .cores
  ) throws(Failure) -> RangeTest {
    var weights = state.weights
    if !isAdapted, data.width == network.inputs { network.adapt(&weights, to: data) }
    return try RangeTest.run(
      try requireCompiled("findLearningRate"), weights: weights, training: data, rates: rates, batchSize: batchSize, shuffle: shuffle, seed: seed,
      crew: try Crew(EngineSection(workers: workers, placement: placement)))
  }
}
