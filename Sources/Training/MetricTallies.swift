import NeuralNetwork

/// What the workers count and sum for metrics in an epoch. Each counts for itself, since whole numbers may be added in any order; sums have a slot a slice and
/// are added in slice order within blocks, and the blocks in order, so that they are the same bits whoever made them.
///
/// `@unchecked Sendable`: as `EpochSums`, but for the counts: a worker writes its own, and the coordinator reads all while no worker runs.
final class MetricTallies: @unchecked Sendable {
  private let plan: MetricPlan
  private let workers: Int
  /// From one worker's counts to the next one's: whole cache lines, and one between.
  private let stride: Int
  private let counters: UnsafeMutablePointer<Int>
  private let slicesPerBlock: Int
  /// For each slice of the step its sums.
  private let slots: UnsafeMutablePointer<Double>
  /// For each block of slices, for MPI.
  let blocks: UnsafeMutablePointer<Double>
  private let total: UnsafeMutablePointer<Double>

  /// - Parameter totals: over the steps before these.
  init(_ plan: MetricPlan, slices: Int, slicesPerBlock: Int, workers: Int, from totals: MetricTotals) {
    precondition(totals.fit(plan), "\(totals.counts.count) counts and \(totals.sums.count) sums for metrics with \(plan.counts) and \(plan.sums)")
    self.plan = plan
    self.workers = workers
    self.slicesPerBlock = slicesPerBlock
    stride = (plan.counts + 7) / 8 * 8 + 8
    counters = .allocate(capacity: workers * stride)
    counters.initialize(repeating: 0, count: workers * stride)
    slots = .allocate(capacity: slices * plan.sums)
    slots.initialize(repeating: 0, count: slices * plan.sums)
    let blockCount = (slices + slicesPerBlock - 1) / slicesPerBlock
    blocks = .allocate(capacity: blockCount * plan.sums)
    blocks.initialize(repeating: 0, count: blockCount * plan.sums)
    total = .allocate(capacity: plan.sums)
    total.initialize(repeating: 0, count: plan.sums)
    for (index, count) in totals.counts.enumerated() { counters[index] = count }
    for (index, sum) in totals.sums.enumerated() { total[index] = sum }
  }

  deinit {
    counters.deallocate()
    slots.deallocate()
    blocks.deallocate()
    total.deallocate()
  }

  /// Of a slice, or of a block.
  var sumCount: Int { plan.sums }

  /// The worker's own counts.
  func counts(_ worker: Int) -> UnsafeMutablePointer<Int> { counters + worker * stride }
  /// The sums of a slice of the step.
  func sums(_ slice: Int) -> UnsafeMutablePointer<Double> { slots + slice * plan.sums }

  /// Adds up those of a step's `slices` slices that are in `block`, in order.
  func sum(_ block: Int, slices: Int) {
    let sums = blocks + block * plan.sums
    sums.update(repeating: 0, count: plan.sums)
    for slice in block * slicesPerBlock..<min((block + 1) * slicesPerBlock, slices) {
      for index in 0..<plan.sums { sums[index] += slots[slice * plan.sums + index] }
    }
  }

  /// Adds the first `blocks` blocks to the total, in order.
  func foldStep(blocks: Int) {
    for block in 0..<blocks { for index in 0..<plan.sums { total[index] += self.blocks[block * plan.sums + index] } }
  }

  var totals: MetricTotals {
    MetricTotals(
      counts: (0..<plan.counts).map { index in (0..<workers).reduce(0) { $0 + counters[$1 * stride + index] } },
      sums: (0..<plan.sums).map { total[$0] })
  }
}
