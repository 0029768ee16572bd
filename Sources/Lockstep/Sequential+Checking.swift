import Datasets
import Failures
import RunConfig
import Training

extension Sequential {
  /// What a fit of `data` would train, and what is likely to go wrong with it. The model stays as it is.
  ///
  /// ```swift
  /// for finding in try model.check(digits).findings { print(finding.line) }
  /// ```
  ///
  /// - Throws: `Failure` when the model is not compiled, or data, network and loss do not go together; what `fit` would throw.
  public func check(
    _ data: Dataset, epochs: Int = 1, batchSize: Int = 32, validationData: Dataset? = nil, workers: WorkerCount = .auto, placement: Placement = .cores
  ) throws(Failure) -> Checkup {
    try Checkup.look(
      at: try requireCompiled("check"), state: state, training: data, validation: validationData,
      options: FitSection(epochs: epochs, batchSize: batchSize), seed: seed, workers: workers.exactCount, hasInitialWeights: state.step > 0,
      crew: try Crew(EngineSection(workers: workers, placement: placement)))
  }

  /// The gradients that a step over the first `rows` rows of `data` would use, held against differences of the loss in Double. The model stays as it is.
  ///
  /// - Parameters:
  ///   - data: whose first rows are taken.
  ///   - rows: of the batch.
  ///   - workers: how many threads.
  ///   - placement: what they are bound to.
  ///   - samples: numbers of each tensor that are looked at, drawn by the model's seed; all where there are no more.
  /// - Throws: `Failure` when the model is not compiled, or data, network and loss do not go together.
  public func checkGradients(
    _ data: Dataset, rows: Int = 16, samples: Int = 100, workers: WorkerCount = .auto, placement: Placement = .cores
  ) throws(Failure) -> GradientCheck {
    try GradientCheck.run(
      try requireCompiled("checkGradients"), weights: adaptedWeights(data), dataset: data, rows: Array(data.rows.prefix(rows)), samples: samples, seed: seed,
      crew: try Crew(EngineSection(workers: workers, placement: placement)))
  }

  /// What the network makes of row `row` of `data`, and what a fit would learn from it: every number on the way forward and back. The model stays as it is.
  ///
  /// - Parameters:
  ///   - data: the rows.
  ///   - row: counted in `data.rows`, from 0.
  /// - Throws: `Failure` when the model is not compiled, there is no such row, or data, network and loss do not go together.
  public func explain(_ data: Dataset, row: Int) throws(Failure) -> Explanation {
    try Explanation.of(
      try requireCompiled("explain"), weights: adaptedWeights(data), dataset: data, row: row, seed: seed,
      crew: try Crew(EngineSection(workers: .exactly(1), placement: .none)))
  }

  /// The weights, with mean and variance of the inputs as a fit would find them where it has not yet.
  private func adaptedWeights(_ data: Dataset) -> [Float] {
    var weights = state.weights
    if !isAdapted, data.width == network.inputs { network.adapt(&weights, to: data) }
    return weights
  }
}

extension WorkerCount {
  /// How many were asked for by number.
  fileprivate var exactCount: Int? { if case .exactly(let count) = self { count } else { nil } }
}
