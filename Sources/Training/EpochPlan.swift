import NeuralNetwork
import Synchronization

/// How an epoch falls into steps: whole batches, and perhaps a last one of the rows that are left.
struct EpochPlan: Sendable {
  let rows: Int
  let batchSize: Int
  let steps: Int
  let wholeSteps: Int
  /// The plan of a whole batch; when there is none, the same as `rest`.
  let whole: BatchPlan
  /// The plan of the last, partial batch; when there is none, the same as `whole`.
  let rest: BatchPlan

  init(rows: Int, batchSize: Int, workers: Int) {
    precondition(rows > 0, "an epoch without rows")
    self.rows = rows
    self.batchSize = batchSize
    wholeSteps = rows / batchSize
    let left = rows % batchSize
    steps = wholeSteps + (left > 0 ? 1 : 0)
    let partial = left > 0 ? BatchPlan(rows: left, batchSize: batchSize, workers: workers) : nil
    let full = wholeSteps > 0 ? BatchPlan(rows: batchSize, batchSize: batchSize, workers: workers) : nil
    whole = full ?? partial!
    rest = partial ?? full!
  }

  /// Gradient buffers that a worker needs.
  var bufferCount: Int { max(whole.bufferCount, rest.bufferCount) }
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
