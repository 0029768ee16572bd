import NeuralNetwork

/// The sums of each slice of a step, of each block of slices, and the total of the blocks in order; and what the metrics count and sum.
///
/// Blocks are what several processes tell each other: to tell slices would be sixteen times as much, with small networks and large batches more than the weights.
///
/// `@unchecked Sendable`: a slice's slot is written by the worker that owns the slice before the step's second barrier, and read by the first worker after it, who
/// adds up the blocks. Another process's block is written by MPI then, until the first worker has waited for that. The total is the first worker's until the run
/// ends.
final class EpochSums: @unchecked Sendable {
  private let slots: UnsafeMutablePointer<SliceSums>
  /// For MPI.
  let blocks: UnsafeMutablePointer<SliceSums>
  private let count: Int
  private let slicesPerBlock: Int
  private(set) var sums: SliceSums
  let tallies: MetricTallies?

  /// - Parameters:
  ///   - slices: of the largest step.
  ///   - slicesPerBlock: slices whose sums are added before they are added to others.
  ///   - metrics: what is tallied of the slices, by so many workers.
  ///   - sums: over the steps before these.
  ///   - totals: of the metrics over those steps.
  init(
    slices: Int, slicesPerBlock: Int, metrics: MetricPlan, workers: Int, from sums: SliceSums = SliceSums(), totals: MetricTotals = MetricTotals()
  ) {
    count = slices
    self.slicesPerBlock = slicesPerBlock
    self.sums = sums
    let blockCount = (slices + slicesPerBlock - 1) / slicesPerBlock
    slots = .allocate(capacity: slices)
    slots.initialize(repeating: SliceSums(), count: slices)
    blocks = .allocate(capacity: blockCount)
    blocks.initialize(repeating: SliceSums(), count: blockCount)
    tallies = metrics.isTallied ? MetricTallies(metrics, slices: slices, slicesPerBlock: slicesPerBlock, workers: workers, from: totals) : nil
  }

  deinit {
    slots.deallocate()
    blocks.deallocate()
  }

  /// Over all steps so far. To be asked while no worker runs.
  var metrics: MetricTotals { tallies?.totals ?? MetricTotals() }

  /// After the loss of a slice's `rows`, on `worker`: what the metrics make of them, where there are some.
  @inline(__always)
  func tally(
    _ slice: Int, _ buffers: BatchBuffers, _ range: Range<Int>, _ source: ExampleSource, rows: UnsafePointer<UInt32>, worker: Int
  ) {
    guard let tallies else { return }
    buffers.tally(range, source, rows: rows, counts: tallies.counts(worker), sums: tallies.sums(slice))
  }

  subscript(slice: Int) -> SliceSums {
    get { slots[slice] }
    set { slots[slice] = newValue }
  }

  /// Whether the losses of the first `blocks` blocks are.
  func isFinite(blocks: Int) -> Bool { (0..<blocks).allSatisfy { self.blocks[$0].loss.isFinite } }

  /// Adds to the loss what is none of a row's.
  func add(_ loss: Double) { sums.loss += loss }

  /// Adds up those of a step's `slices` slices that are in `blocks`, in order within each.
  func sum(_ blocks: Range<Int>, slices: Int) {
    precondition(slices <= count && blocks.lowerBound * slicesPerBlock <= slices, "blocks \(blocks) of \(slices) slices, of \(count)")
    for block in blocks {
      var sums = SliceSums()
      for slice in block * slicesPerBlock..<min((block + 1) * slicesPerBlock, slices) { sums += slots[slice] }
      self.blocks[block] = sums
      tallies?.sum(block, slices: slices)
    }
  }

  /// Adds the first `blocks` blocks to the total, in order.
  func foldStep(blocks: Int) {
    for block in 0..<blocks { sums += self.blocks[block] }
    tallies?.foldStep(blocks: blocks)
  }
}
