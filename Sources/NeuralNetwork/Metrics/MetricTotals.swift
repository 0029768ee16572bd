/// What metrics are told from, over some rows: whole numbers, which may be added in any order, and sums, which are added in row order.
public struct MetricTotals: Equatable, Sendable {
  /// Whole numbers, at the places that `MetricPlan` gives each metric.
  public var counts: [Int]
  /// Sums in double precision, at the places that `MetricPlan` gives each metric.
  public var sums: [Double]

  /// Without numbers: over no rows, or where there are no metrics.
  public init(counts: [Int] = [], sums: [Double] = []) {
    self.counts = counts
    self.sums = sums
  }

  /// Whether these can be the totals of `plan`, or there are none.
  public func fit(_ plan: MetricPlan) -> Bool {
    counts.isEmpty && sums.isEmpty || counts.count == plan.counts && sums.count == plan.sums
  }
}
