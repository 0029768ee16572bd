/// Whether answers of which the network is so sure are right so often: Guo and others, "On calibration of modern neural networks" (2017).
public struct Calibration: Equatable, Sendable {
  /// Rows with a confidence in (b / n, (b + 1) / n] for bin b of n; one of 0 is in the first.
  public struct Bin: Equatable, Sendable {
    /// Answers with a confidence of this bin.
    public let rows: Int
    /// Their mean confidence; nil where there are no rows.
    public let confidence: Double?
    /// The share of them that are right; nil where there are no rows.
    public let accuracy: Double?
  }

  /// `binCount` of them, of equal width from 0 to 1.
  public let bins: [Bin]
  /// The expected calibration error: the mean over rows of the distance between their bin's confidence and accuracy.
  public let error: Double

  /// As many bins as Guo et al., "On Calibration of Modern Neural Networks" (2017), take.
  public static let binCount = 15

  /// - Parameters:
  ///   - confidences: the probability of each row's answer.
  ///   - isRight: whether that answer is right.
  package init(confidences: [Float], isRight: [Bool]) {
    var (rows, sums, right) = (
      [Int](repeating: 0, count: Self.binCount), [Double](repeating: 0, count: Self.binCount), [Int](repeating: 0, count: Self.binCount)
    )
    for (confidence, isRight) in zip(confidences, isRight) where confidence.isFinite {
      let bin = min(max(Int((Double(confidence) * Double(Self.binCount)).rounded(.up)) - 1, 0), Self.binCount - 1)
      rows[bin] += 1
      sums[bin] += Double(confidence)
      if isRight { right[bin] += 1 }
    }
    bins = rows.indices.map { bin in
      guard rows[bin] > 0 else { return Bin(rows: 0, confidence: nil, accuracy: nil) }
      return Bin(rows: rows[bin], confidence: sums[bin] / Double(rows[bin]), accuracy: Double(right[bin]) / Double(rows[bin]))
    }
    let all = rows.reduce(0, +)
    let distances = bins.map { bin in bin.rows == 0 ? 0 : Double(bin.rows) * abs(bin.confidence! - bin.accuracy!) }
    error = all == 0 ? 0 : distances.reduce(0, +) / Double(all)
  }
}
