import RunConfig

/// The metrics of `compile` fitted to a network: what is tallied for each, and where its numbers lie among those of all.
public struct MetricPlan: Equatable, Sendable {
  struct Entry: Equatable, Sendable {
    let metric: Metric
    let rule: MetricRule
    /// Its first count.
    let counts: Int
    /// Its first sum.
    let sums: Int
  }

  let entries: [Entry]
  let outputs: Int
  /// Counts of all metrics.
  public let counts: Int
  /// Sums of all metrics.
  public let sums: Int

  /// - Parameters:
  ///   - metrics: of `compile`, in their order.
  ///   - outputs: of the network.
  public init(_ metrics: [Metric], outputs: Int) {
    var (counts, sums) = (0, 0)
    entries = metrics.map { metric in
      let rule = MetricRule(metric)
      defer { (counts, sums) = (counts + rule.counts(outputs: outputs), sums + rule.sums(outputs: outputs)) }
      return Entry(metric: metric, rule: rule, counts: counts, sums: sums)
    }
    self.outputs = outputs
    self.counts = counts
    self.sums = sums
  }

  /// Whether the answers are looked at for more than `accuracy`.
  public var isTallied: Bool { counts + sums > 0 }

  /// Whether a metric takes the outputs for logits.
  var needsSigmoid: Bool {
    entries.contains { entry in
      if case .auc(_, _, _, _, fromLogits: true) = entry.metric { true } else { false }
    }
  }
}

extension MetricRule {
  /// Keras's stand-in for −∞, which nothing is below.
  private static let lowest: Float = -1e10

  init(_ metric: Metric) {
    self =
      switch metric {
      case .accuracy: .accuracy
      case .binaryAccuracy(let threshold): .matches(threshold: Float(threshold))
      case .categoricalAccuracy, .sparseCategoricalAccuracy: .largest
      case .topKCategoricalAccuracy(let k), .sparseTopKCategoricalAccuracy(let k): .amongLargest(k: k)
      case .precision(let threshold, let topK, let output), .recall(let threshold, let topK, let output):
        .positives(threshold: threshold.map { Float($0) } ?? (topK == nil ? 0.5 : Self.lowest), largest: topK, output: output)
      case .f1Score(_, let threshold), .fbetaScore(_, _, let threshold): .scores(threshold: threshold.map { Float($0) })
      case .auc(_, let count, _, let multiLabel, _): .buckets(count, perOutput: multiLabel)
      case .meanAbsoluteError: .absoluteError
      case .meanSquaredError, .rootMeanSquaredError: .squaredError
      case .r2Score: .variance
      }
  }
}
