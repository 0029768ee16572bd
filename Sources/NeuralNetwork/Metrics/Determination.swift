import RunConfig

/// Keras's `R2Score`.
struct Determination {
  let aggregation: Metric.Aggregation?
  let regressors: Int
  let outputs: Int

  /// - Parameter sums: for each output those of y, y² and (y−p)².
  func values(_ sums: [Double], rows: Double) -> [Double] {
    let totals = (0..<outputs).map { sums[3 * $0 + 1] - sums[3 * $0] * (sums[3 * $0] / rows) }
    let scores = (0..<outputs).map { output in
      let score = 1 - sums[3 * output + 2] / totals[output]
      return score.isInfinite ? 0 : score
    }
    return aggregated(scores, totals).map { adjusted($0, elements: rows * Double(outputs)) }
  }

  private func aggregated(_ scores: [Double], _ totals: [Double]) -> [Double] {
    switch aggregation {
    case nil: scores
    case .uniformAverage: [scores.reduce(0, +) / Double(outputs)]
    case .varianceWeightedAverage: [zip(scores, totals).reduce(0) { $0 + $1.0 * $1.1 } / totals.reduce(0, +)]
    }
  }

  /// As Keras counts: elements, not rows; and no adjustment where there are too few of them.
  private func adjusted(_ score: Double, elements: Double) -> Double {
    let regressors = Double(regressors)
    guard regressors > 0, regressors < elements - 1 else { return score }
    return 1 - (1 - score) * (elements - 1) / (elements - regressors - 1)
  }
}
