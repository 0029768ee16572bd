import NeuralNetwork
import Synchronization

/// How an epoch falls into steps: whole batches, and perhaps a last one of the rows that are left.
package struct EpochPlan: Sendable {
  package let rows: Int
  package let batchSize: Int
  package let shares: Shares
  package let steps: Int
  package let wholeSteps: Int
  /// The plan of a whole batch; when there is none, the same as `rest`.
  package let whole: BatchPlan
  /// The plan of the last, partial batch; when there is none, the same as `whole`.
  package let rest: BatchPlan

  package init(rows: Int, batchSize: Int, shares: Shares) {
    precondition(rows > 0, "an epoch without rows")
    self.rows = rows
    self.batchSize = batchSize
    self.shares = shares
    wholeSteps = rows / batchSize
    let left = rows % batchSize
    steps = wholeSteps + (left > 0 ? 1 : 0)
    let partial = left > 0 ? BatchPlan(rows: left, batchSize: batchSize, shares: shares) : nil
    let full = wholeSteps > 0 ? BatchPlan(rows: batchSize, batchSize: batchSize, shares: shares) : nil
    whole = full ?? partial!
    rest = partial ?? full!
  }

  /// Gradient buffers that each worker needs.
  package var bufferCounts: [Int] { zip(whole.bufferCounts, rest.bufferCounts).map { max($0, $1) } }

  /// The plan of step `step`.
  package func plan(_ step: Int) -> BatchPlan { step < wholeSteps ? whole : rest }

  /// Slices that each worker takes in `steps`.
  package func slices(in steps: Range<Int>) -> [Int] {
    let whole = steps.clamped(to: 0..<wholeSteps).count
    return zip(self.whole.passes, rest.passes).map { own, last in
      whole * own.reduce(0) { $0 + $1.slices } + (steps.count - whole) * last.reduce(0) { $0 + $1.slices }
    }
  }

  /// How far ahead of `pass` of step `step` the rows lie that its worker will want next; 0 when the epoch ends before them.
  @inline(__always) package func ahead(_ pass: BatchPlan.Pass, step: Int) -> Int {
    step * batchSize + pass.firstRow + pass.ahead + pass.rows <= rows ? pass.ahead : 0
  }
}

/// The sums of each slice of a step, and their total in slice order.
///
/// `@unchecked Sendable`: a slot is written by the worker that owns the slice before the step's first barrier, and read by worker 0 between
/// the two; the total is worker 0's until the run ends.
final class EpochSums: @unchecked Sendable {
  private let slots: UnsafeMutablePointer<SliceSums>
  private let count: Int
  private(set) var sums = SliceSums()

  init(slices: Int) {
    count = slices
    slots = .allocate(capacity: slices)
    slots.initialize(repeating: SliceSums(), count: slices)
  }

  deinit { slots.deallocate() }

  subscript(slice: Int) -> SliceSums {
    get { slots[slice] }
    set { slots[slice] = newValue }
  }

  /// Adds the first `slices` slots, in order.
  func foldStep(slices: Int) {
    precondition(slices <= count, "\(slices) slices of \(count)")
    for slice in 0..<slices { sums += slots[slice] }
  }
}

/// How many steps of an epoch are done: written by worker 0, read by the coordinator's display.
final class StepCounter: Sendable {
  private let steps = Atomic<Int>(0)

  var value: Int { steps.load(ordering: .relaxed) }
  func advance() { steps.wrappingAdd(1, ordering: .relaxed) }
  func reset() { steps.store(0, ordering: .relaxed) }
}

/// A buffer that workers write disjoint parts of.
///
/// `@unchecked Sendable`: each worker writes its own rows; the coordinator reads after the run.
struct SharedPointer: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>

  init(_ base: UnsafeMutablePointer<Float>) { self.base = base }
}
