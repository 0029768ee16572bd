import RunConfig

/// Keras's `FBetaScore`: (1 + β²)·P·R / (β²·P + R), with its 1e-7 in every divisor.
struct FScore {
  let beta: Double
  let average: Metric.Average?

  private static let epsilon = 1e-7

  /// - Parameter sums: for each output Σ y·a, Σ a and Σ y over the rows' targets y and answers a.
  func values(_ sums: [Double]) -> [Double] {
    let outputs = stride(from: 0, to: sums.count, by: 3).map { sums[$0..<$0 + 3].map { $0 } }
    switch average {
    case nil: return outputs.map(score)
    case .micro: return [score((0..<3).map { part in outputs.reduce(0) { $0 + $1[part] } })]
    case .macro: return [outputs.reduce(0) { $0 + score($1) } / Double(outputs.count)]
    case .weighted:
      let all = outputs.reduce(0) { $0 + $1[2] }
      return [outputs.reduce(0) { $0 + score($1) * ($1[2] / (all + Self.epsilon)) }]
    }
  }

  private func score(_ sums: [Double]) -> Double {
    // Answers are true and false positives; targets true positives and false negatives.
    let (precision, recall) = (sums[0] / (sums[1] + Self.epsilon), sums[0] / (sums[2] + Self.epsilon))
    return precision * recall / (beta * beta * precision + recall + Self.epsilon) * (1 + beta * beta)
  }
}
