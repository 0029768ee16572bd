/// What a learning rate range test found (L. N. Smith, "Cyclical learning rates for training neural networks", 2017): the loss of each step while the rate
/// grows by the same factor from step to step.
public struct RangeTest: Equatable, Sendable {
  /// The rates that are tried.
  public struct Rates: Equatable, Sendable {
    /// The rate of the first step; above 0.
    public let first: Double
    /// The rate of the last step; above `first`.
    public let last: Double
    /// How many, the first and the last among them.
    public let count: Int

    /// - Parameters: `first` must be above 0 and below `last`, `count` at least 2.
    public init(from first: Double = 1e-7, to last: Double = 10, count: Int = 100) {
      precondition(first > 0 && first < last && count >= 2, "rates from \(first) to \(last), \(count) of them")
      (self.first, self.last, self.count) = (first, last, count)
    }
  }

  /// One step.
  public struct Point: Equatable, Sendable {
    /// The learning rate of the step.
    public let rate: Double
    /// The mean over the step's batch, before its update.
    public let loss: Double
    /// The same, with the steps around it: see `smoothed`.
    public let smoothed: Double
  }

  /// In the order of the rates; to the last one, unless the loss diverged before.
  public let points: [Point]
  /// Whether the test ended early, because the loss grew far beyond its lowest, or to no number at all.
  public let hasDiverged: Bool

  /// - Parameters:
  ///   - rates: one a step, rising evenly in their logarithm.
  ///   - losses: one a rate, finite.
  package init(rates: [Double], losses: [Double], hasDiverged: Bool, share: Double) {
    precondition(rates.count == losses.count, "\(losses.count) losses at \(rates.count) rates")
    points = zip(zip(rates, losses), Self.smoothed(losses, share: share)).map { Point(rate: $0.0, loss: $0.1, smoothed: $1) }
    self.hasDiverged = hasDiverged
  }

  /// Where the smoothed loss is lowest; nil without points.
  public var lowest: Point? { points.min { $0.smoothed < $1.smoothed } }

  /// The rate at which the smoothed loss falls fastest on its way to the lowest point, by the logarithm of the rate; nil where it never falls.
  ///
  /// The steepest descent is what fastai and PyTorch Lightning suggest. Unlike theirs it is looked for before the lowest point alone: behind it the loss jumps up
  /// and down. And the losses are smoothed by what lies on both sides of a step, so that the place is not shifted towards higher rates.
  public var suggestion: Double? {
    guard let low = points.indices.min(by: { points[$0].smoothed < points[$1].smoothed }), low > 0 else { return nil }
    func slope(_ index: Int) -> Double {
      let (before, after) = (max(index - 1, 0), min(index + 1, points.count - 1))
      return (points[after].smoothed - points[before].smoothed) / Double(after - before)
    }
    let steepest = (0...low).min { slope($0) < slope($1) }!
    return slope(steepest) < 0 ? points[steepest].rate : nil
  }

  /// Each loss averaged with its neighbours on both sides, those n steps away with weight (1 − share)ⁿ.
  static func smoothed(_ losses: [Double], share: Double) -> [Double] {
    func sums(_ losses: some Sequence<Double>) -> [(sum: Double, weight: Double)] {
      var (sum, weight) = (0.0, 0.0)
      return losses.map { loss in
        (sum, weight) = ((1 - share) * sum + loss, (1 - share) * weight + 1)
        return (sum, weight)
      }
    }
    // The loss itself is in both.
    return zip(losses, zip(sums(losses), sums(losses.reversed()).reversed())).map { loss, both in
      (both.0.sum + both.1.sum - loss) / (both.0.weight + both.1.weight - 1)
    }
  }
}
