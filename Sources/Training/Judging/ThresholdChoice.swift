/// What is wanted of a threshold.
public enum ThresholdPolicy: Equatable, Sendable {
  /// At least this precision, and then as much recall as there is.
  case precision(Double)
  /// At least this recall, and then as much precision as there is.
  case recall(Double)
}

/// A score from which on the answer is yes, and what comes of it.
public struct ThresholdChoice: Equatable, Sendable {
  /// An output above it is a yes.
  public let threshold: Float
  /// Of the yeses the share that is right, at this threshold.
  public let precision: Double
  /// Of the true ones the share that is found, at this threshold.
  public let recall: Double

  /// The best threshold for `policy` among the scores themselves, the highest of equally good ones; nil where none does. The points are those of scikit-learn's
  /// `precision_recall_curve`.
  ///
  /// - Parameters:
  ///   - scores: of each row.
  ///   - truths: whether yes is right.
  package init?(_ policy: ThresholdPolicy, scores: [Float], truths: [Bool]) {
    let order = scores.indices.filter { scores[$0].isFinite }.sorted { scores[$0] > scores[$1] }
    let positives = truths.reduce(0) { $0 + ($1 ? 1 : 0) }
    guard positives > 0 else { return nil }
    var best: (have: Double, threshold: Float, precision: Double, recall: Double)?
    var right = 0
    for (place, row) in order.enumerated() {
      if truths[row] { right += 1 }
      // Equal scores are all above a threshold, or none.
      if place + 1 < order.count, scores[order[place + 1]] == scores[row] { continue }
      let (precision, recall) = (Double(right) / Double(place + 1), Double(right) / Double(positives))
      let (fits, have) =
        switch policy {
        case .precision(let wanted): (precision >= wanted, recall)
        case .recall(let wanted): (recall >= wanted, precision)
        }
      if fits, best.map({ have > $0.have }) ?? true { best = (have, scores[row], precision, recall) }
    }
    guard let best else { return nil }
    (threshold, precision, recall) = (best.threshold, best.precision, best.recall)
  }
}
