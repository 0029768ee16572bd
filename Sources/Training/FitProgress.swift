import NeuralNetwork

/// How far a fit has come: with the model's state, the seed and the data, all that it takes to go on as if nothing had happened.
public struct FitProgress: Equatable, Sendable {
  /// Of the epochs that are done.
  public var records: [EpochRecord]
  /// Of the epoch that is under way.
  public var epoch: EpochProgress
  /// Wall time of that epoch so far.
  public var seconds: Double
  /// The weights after the best epoch so far (arena layout), where early stopping wants them back.
  public var bestWeights: [Float]?
  /// Whether the fit has ended by itself, and was not interrupted.
  public internal(set) var isOver = false

  /// - Parameters:
  ///   - records: of the epochs that are done.
  ///   - epoch: how far the next one has come.
  ///   - seconds: wall time of that epoch so far.
  ///   - bestWeights: for early stopping, in arena layout.
  public init(records: [EpochRecord] = [], epoch: EpochProgress = EpochProgress(), seconds: Double = 0, bestWeights: [Float]? = nil) {
    self.records = records
    self.epoch = epoch
    self.seconds = seconds
    self.bestWeights = bestWeights
  }

  /// In words, for messages: "after epoch 3 and 17 steps of the next".
  public var words: String {
    let done = records.last.map { "epoch \($0.epoch)" } ?? ""
    guard epoch.steps > 0 else { return records.isEmpty ? "before the first step" : "after \(done)" }
    let steps = "\(epoch.steps) step\(epoch.steps == 1 ? "" : "s")"
    return records.isEmpty ? "after \(steps) of the first epoch" : "after \(done) and \(steps) of the next"
  }
}

/// How far an epoch has come.
public struct EpochProgress: Equatable, Sendable {
  /// Steps of the epoch that are done.
  public var steps: Int
  /// Over the rows of these steps, each as it was seen.
  public var sums: SliceSums
  /// What metrics are told from, over the same rows.
  public var metrics: MetricTotals
  /// What the watched step did, once it is taken; nil where nothing is diagnosed.
  public var norms: [LayerNorms]?

  /// - Parameters:
  ///   - steps: that are done.
  ///   - sums: over their rows.
  ///   - metrics: over their rows.
  ///   - norms: of the watched step, once it is taken.
  public init(steps: Int = 0, sums: SliceSums = SliceSums(), metrics: MetricTotals = MetricTotals(), norms: [LayerNorms]? = nil) {
    self.steps = steps
    self.sums = sums
    self.metrics = metrics
    self.norms = norms
  }
}
