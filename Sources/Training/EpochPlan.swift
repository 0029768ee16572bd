import NeuralNetwork
import Synchronization

/// How an epoch falls into steps: whole batches, and perhaps a last one of the rows that are left.
package struct EpochPlan: Sendable {
  package let rows: Int
  package let batchSize: Int
  package let leaves: InputLeaves
  package let shares: Shares
  /// The most rows of a batch that are in memory at once.
  package let sectionRows: Int
  /// Which of the processes that train together takes these steps.
  let place: RankPlace
  package let steps: Int
  package let wholeSteps: Int
  /// The plan of a whole batch; when there is none, the same as `rest`.
  package private(set) var whole: BatchPlan
  /// The plan of the last, partial batch; when there is none, the same as `whole`.
  package private(set) var rest: BatchPlan

  package init(rows: Int, batchSize: Int, leaves: InputLeaves, shares: Shares, sectionRows: Int = BatchBuffers.mostRows, place: RankPlace = .alone) {
    precondition(rows > 0, "an epoch without rows")
    self.rows = rows
    self.batchSize = batchSize
    self.leaves = leaves
    self.shares = shares
    self.sectionRows = sectionRows
    self.place = place
    func plan(_ rows: Int) -> BatchPlan {
      BatchPlan(rows: rows, leaves: leaves, shares: shares, sectionRows: sectionRows, blocks: place.blocks(ofBatch: rows))
    }
    wholeSteps = rows / batchSize
    let left = rows % batchSize
    steps = wholeSteps + (left > 0 ? 1 : 0)
    let partial = left > 0 ? plan(left) : nil
    let full = wholeSteps > 0 ? plan(batchSize) : nil
    whole = full ?? partial!
    rest = partial ?? full!
  }

  /// The same epoch, divided otherwise.
  package func divided(by shares: Shares) -> EpochPlan {
    EpochPlan(rows: rows, batchSize: batchSize, leaves: leaves, shares: shares, sectionRows: sectionRows, place: place)
  }

  /// The same in one worker's own memory, without the others' shards.
  package func own(_ worker: Int) -> EpochPlan {
    var epoch = self
    epoch.whole = whole.own(worker)
    epoch.rest = rest.own(worker)
    return epoch
  }

  /// Arenas that a step's gradient is summed in.
  package var gradientArenas: Int { max(whole.gradientArenas, rest.gradientArenas) }

  /// The plan of step `step`.
  package func plan(_ step: Int) -> BatchPlan { step < wholeSteps ? whole : rest }

  /// Each worker's part of the parameters.
  package func stripes(_ network: Network) -> [Stripe] {
    let total = Double(shares.weights.reduce(0, +))
    let runs = whole.groups == 1 ? whole.sections[0].shards.map(\.runs) : shares.ranges(of: leaves.runs)
    var before = 0
    return zip(shares.weights, runs).map { weight, runs in
      defer { before += weight }
      return Stripe(runs: runs, share: Double(before) / total..<Double(before + weight) / total, network: network)
    }
  }

  /// Where in the epoch's order the rows lie that a worker gathers after `chunk` of its shard: from its next chunk on, or, after its last, from where it will
  /// begin in the next section or batch. To the epoch's end, those of other workers among them.
  package func following(_ chunk: Shard.Chunk, of shard: Shard, in section: BatchPlan.Section, step: Int) -> Range<Int> {
    let begin = step * batchSize + section.rows.lowerBound
    let isLast = chunk.rows.upperBound == shard.chunks[shard.chunks.count - 1].rows.upperBound
    let taken = plan(step).taken
    let next = section.rows.upperBound == taken.upperBound ? (step + 1) * batchSize + taken.lowerBound : begin + section.rows.count
    let first = isLast ? next + shard.chunks[0].rows.lowerBound : begin + chunk.rows.upperBound
    return min(first, rows)..<rows
  }

  /// Slices that each worker takes in `steps`.
  package func slices(in steps: Range<Int>) -> [Int] {
    let whole = steps.clamped(to: 0..<wholeSteps).count
    return zip(self.whole.sliceCounts, rest.sliceCounts).map { $0 * whole + $1 * (steps.count - whole) }
  }
}

/// The sums of each slice of a step, and their total in slice order; and what the metrics count and sum.
///
/// `@unchecked Sendable`: a slot is written by the worker that owns the slice before the step's second barrier, or of another process's slice by MPI after it, until worker 0 has waited for that, and read by worker 0 then; the total is worker 0's until the run ends.
final class EpochSums: @unchecked Sendable {
  let slots: UnsafeMutablePointer<SliceSums>
  private let count: Int
  private(set) var sums: SliceSums
  let tallies: MetricTallies?

  /// - Parameters:
  ///   - metrics: what is tallied of the slices, by so many workers.
  ///   - sums: over the steps before these.
  ///   - totals: of the metrics over those steps.
  init(slices: Int, metrics: MetricPlan, workers: Int, from sums: SliceSums = SliceSums(), totals: MetricTotals = MetricTotals()) {
    count = slices
    self.sums = sums
    slots = .allocate(capacity: slices)
    slots.initialize(repeating: SliceSums(), count: slices)
    tallies = metrics.isTallied ? MetricTallies(metrics, slices: slices, workers: workers, from: totals) : nil
  }

  deinit { slots.deallocate() }

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

  /// Whether the losses of the first `slices` slots are.
  func isFinite(slices: Int) -> Bool { (0..<slices).allSatisfy { slots[$0].loss.isFinite } }

  /// Adds to the loss what is none of a row's.
  func add(_ loss: Double) { sums.loss += loss }

  /// Adds the first `slices` slots, in order.
  func foldStep(slices: Int) {
    precondition(slices <= count, "\(slices) slices of \(count)")
    for slice in 0..<slices { sums += slots[slice] }
    tallies?.foldStep(slices: slices)
  }
}

/// How many steps of an epoch are done: written by worker 0, read by the coordinator's display.
final class StepCounter: Sendable {
  private let steps = Atomic<Int>(0)

  var value: Int { steps.load(ordering: .relaxed) }
  func advance() { steps.wrappingAdd(1, ordering: .relaxed) }
  func reset(to value: Int) { steps.store(value, ordering: .relaxed) }
}

/// Whole numbers that workers count in, each in a part of its own.
///
/// `@unchecked Sendable`: each worker changes its own part; the coordinator reads after the run.
final class SharedCounters: @unchecked Sendable {
  let base: UnsafeMutablePointer<Int>

  init(count: Int) {
    base = .allocate(capacity: count)
    base.initialize(repeating: 0, count: count)
  }

  deinit { base.deallocate() }
}

/// A buffer that workers write disjoint parts of.
///
/// `@unchecked Sendable`: each worker writes its own rows; the coordinator reads after the run.
struct SharedPointer: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>

  init(_ base: UnsafeMutablePointer<Float>) { self.base = base }
}
