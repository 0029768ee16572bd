import RunConfig

extension MetricPlan {
  /// Each metric's figures, in the order of `compile.metrics`: one, or one an output (`Metric.isPerOutput`).
  ///
  /// - Parameters:
  ///   - totals: over the rows of `sums`.
  ///   - sums: with the right answers, for `accuracy`.
  public func values(_ totals: MetricTotals, _ sums: SliceSums) -> [[Double]] {
    entries.map { entry in
      values(
        entry.metric, counts: Array(totals.counts[entry.counts...].prefix(entry.rule.counts(outputs: outputs))).map(Double.init),
        sums: Array(totals.sums[entry.sums...].prefix(entry.rule.sums(outputs: outputs))), correct: Double(sums.correct), rows: Double(sums.count))
    }
  }

  private func values(_ metric: Metric, counts: [Double], sums: [Double], correct: Double, rows: Double) -> [Double] {
    switch metric {
    case .accuracy: [correct / rows]
    case .binaryAccuracy: [counts[0] / (rows * Double(outputs))]
    case .categoricalAccuracy, .sparseCategoricalAccuracy, .topKCategoricalAccuracy, .sparseTopKCategoricalAccuracy: [counts[0] / rows]
    case .precision: [ratio(counts[0], counts[0] + counts[1])]
    case .recall: [ratio(counts[0], counts[0] + counts[2])]
    case .f1Score(let average, _): FScore(beta: 1, average: average).values(sums)
    case .fbetaScore(let average, let beta, _): FScore(beta: beta, average: average).values(sums)
    case .auc(let curve, let count, let method, _, _): [AreaUnderCurve(curve: curve, method: method, buckets: count).mean(counts)]
    case .meanAbsoluteError, .meanSquaredError: [sums[0] / rows]
    case .rootMeanSquaredError: [(sums[0] / rows).squareRoot()]
    case .r2Score(let aggregation, let regressors): Determination(aggregation: aggregation, regressors: regressors, outputs: outputs).values(sums, rows: rows)
    }
  }
}

/// 0 where there is nothing to divide by, as Keras's `divide_no_nan`.
func ratio(_ part: Double, _ whole: Double) -> Double { whole == 0 ? 0 : part / whole }
