import RandomStreams

/// How far a mean over rows may be from that over all rows there could be: Efron's percentile bootstrap. Rows are drawn with replacement, as many as there are, again
/// and again; the interval holds the middle 95 % of the means.
public struct ConfidenceInterval: Equatable, Sendable {
  /// The lower end.
  public let low: Double
  /// The upper end.
  public let high: Double
  /// Draws with replacement of as many rows.
  public let resamples: Int

  /// How often such intervals hold the true figure.
  public static let level = 0.95

  /// - Parameters:
  ///   - values: of the rows; at least one.
  ///   - resamples: at least one. Each has a stream of random numbers of its own.
  package init(meanOf values: [Float], resamples: Int, seed: UInt64) {
    precondition(!values.isEmpty && resamples > 0, "\(resamples) resamples of \(values.count) values")
    let count = UInt64(values.count)
    let means = (0..<resamples).map { number in
      var generator = CounterGenerator(seed: seed, stream: Stream.bootstrap(resample: number))
      var sum = 0.0
      for _ in 0..<count { sum += Double(values[Int(generator.next().multipliedFullWidth(by: count).high)]) }
      return sum / Double(count)
    }.sorted()
    low = Self.quantile((1 - Self.level) / 2, of: means)
    high = Self.quantile((1 + Self.level) / 2, of: means)
    self.resamples = resamples
  }

  /// Between two values in proportion, as NumPy's `quantile`.
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }
}
