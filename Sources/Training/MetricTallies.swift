import NeuralNetwork

/// What the workers count and sum for metrics in an epoch. Each counts for itself, since whole numbers may be added in any order; sums have a slot a slice and
/// are added in slice order, so that they are the same bits whoever made them.
///
/// `@unchecked Sendable`: a worker writes its own counts, and the sums of its own slices before the step's second barrier; worker 0 adds the sums after it. The
/// coordinator reads while no worker runs.
final class MetricTallies: @unchecked Sendable {
  private let plan: MetricPlan
  private let workers: Int
  /// From one worker's counts to the next one's: whole cache lines, and one between.
  private let stride: Int
  private let counters: UnsafeMutablePointer<Int>
  /// For each slice of the step its sums.
  let slots: UnsafeMutablePointer<Double>
  private let total: UnsafeMutablePointer<Double>

  /// - Parameter totals: over the steps before these.
  init(_ plan: MetricPlan, slices: Int, workers: Int, from totals: MetricTotals) {
    precondition(totals.fit(plan), "\(totals.counts.count) counts and \(totals.sums.count) sums for metrics with \(plan.counts) and \(plan.sums)")
    self.plan = plan
    self.workers = workers
    stride = (plan.counts + 7) / 8 * 8 + 8
    counters = .allocate(capacity: workers * stride)
    counters.initialize(repeating: 0, count: workers * stride)
    slots = .allocate(capacity: slices * plan.sums)
    slots.initialize(repeating: 0, count: slices * plan.sums)
    total = .allocate(capacity: plan.sums)
    total.initialize(repeating: 0, count: plan.sums)
    for (index, count) in totals.counts.enumerated() { counters[index] = count }
    for (index, sum) in totals.sums.enumerated() { total[index] = sum }
  }

  deinit {
    counters.deallocate()
    slots.deallocate()
    total.deallocate()
  }

  var sumsPerSlice: Int { plan.sums }

  /// The worker's own counts.
  func counts(_ worker: Int) -> UnsafeMutablePointer<Int> { counters + worker * stride }
  /// The sums of a slice of the step.
  func sums(_ slice: Int) -> UnsafeMutablePointer<Double> { slots + slice * plan.sums }

  /// Adds the sums of the first `slices` slices, in order.
  func foldStep(slices: Int) {
    for slice in 0..<slices { for index in 0..<plan.sums { total[index] += slots[slice * plan.sums + index] } }
  }

  var totals: MetricTotals {
    MetricTotals(
      counts: (0..<plan.counts).map { index in (0..<workers).reduce(0) { $0 + counters[$1 * stride + index] } },
      sums: (0..<plan.sums).map { total[$0] })
  }
}
