import CLinux
import Dispatch
import Failures
import Synchronization
import Topology

/// What a worker's body is told.
public struct WorkerContext: Sendable {
  /// 0 ..< count.
  public let number: Int
  /// Workers in the pool.
  public let count: Int
  /// The barrier of all workers that take part in this run.
  public let barrier: Barrier
}

/// A set of Dispatch threads, one a worker, each pinned to its place while a body runs.
///
/// Each worker has a serial queue of its own: Dispatch gives each such queue a thread, whatever the number of cores, so all workers run at
/// once and may wait for each other. Between runs the threads belong to Dispatch again, with the binding and floating-point mode that they
/// came with.
public final class WorkerPool: Sendable {
  public let count: Int
  /// How many workers have a place of their own: with more of them at work, some share a core.
  public let capacity: Int
  /// So many of them, on different cores where there are several.
  public let spread: [Int]
  private let places: [WorkerPlace]
  private let binder: ThreadBinder
  private let queues: [DispatchQueue]
  private let barrier: Barrier
  /// Why a worker's pinning was refused, if it was.
  private let refusals: Slots<String>

  /// A pool with one worker for each place of `plan`.
  public init(plan: PlacementPlan, binder: ThreadBinder) {
    count = plan.places.count
    capacity = plan.capacity
    spread = plan.spread
    places = plan.places
    self.binder = binder
    refusals = Slots(plan.places.count)
    queues = plan.places.map { DispatchQueue(label: "lockstep.worker.\($0.worker)") }
    barrier = Barrier(parties: plan.places.count, spins: 0)
  }

  /// One line for each worker whose pinning the system refused, in worker order. Not to be asked while a body runs.
  public var bindingWarnings: [String] {
    (0..<count).compactMap { worker in refusals.values[worker].map { "worker \(worker) runs unpinned: \($0)" } }
  }

  /// Runs `body` on every worker at once and waits for all of them; meanwhile calls `tick` about every `interval` seconds on the calling
  /// thread.
  ///
  /// - Parameter members: the workers that take part, each once; nil for all.
  /// - Throws: the first failure that a body threw, with the worker's number in its place. The barrier is then poisoned, so the others end
  ///   at their next `wait()`.
  public func run(
    on members: [Int]? = nil, tickEvery interval: Double = 3600, tick: () -> Void = {},
    _ body: @escaping @Sendable (WorkerContext) throws(Failure) -> Void
  ) throws(Failure) {
    let members = members ?? Array(0..<count)
    // Spinning takes the core from the thread that one waits for when there are not enough cores.
    barrier.reset(parties: members.count, spins: members.count > capacity ? 0 : 1000)
    let failures = Slots<Failure>(count)
    // The worker that failed first, or none.
    let first = First()
    let group = DispatchGroup()
    for number in members {
      let context = WorkerContext(number: number, count: count, barrier: barrier)
      queues[number].async(group: group) { [self] in
        onItsPlace(number) {
          do throws(Failure) {
            try body(context)
          } catch {
            failures.values[number] = error.inside("worker \(number)")
            first.claim(number)
            barrier.poison()
          }
        }
      }
    }
    while group.wait(timeout: .now() + interval) == .timedOut { tick() }
    if let number = first.worker, let failure = failures.values[number] { throw failure }
  }

  /// Runs `body` on every worker at once, and returns what each gave, in worker order.
  ///
  /// - Throws: as `run`.
  public func collect<Value: Sendable>(_ body: @escaping @Sendable (WorkerContext) throws(Failure) -> Value) throws(Failure) -> [Value] {
    let slots = Slots<Value>(count)
    try run { worker throws(Failure) in slots.values[worker.number] = try body(worker) }
    return (0..<count).map { slots.values[$0]! }
  }

  /// Runs `body` on the calling thread as the only worker, bound to no CPU: for what takes less time than to wake another.
  ///
  /// - Throws: as `run`.
  public func runHere(_ body: (WorkerContext) throws(Failure) -> Void) throws(Failure) {
    barrier.reset(parties: 1, spins: 0)
    let mode = lockstep_flush_denormals()
    defer { lockstep_restore_float_mode(mode) }
    do throws(Failure) { try body(WorkerContext(number: 0, count: 1, barrier: barrier)) } catch { throw error.inside("worker 0") }
  }

  /// Runs `work` on this thread bound to the worker's CPU and flushing denormals, and restores both.
  private func onItsPlace(_ number: Int, _ work: () -> Void) {
    let mode = lockstep_flush_denormals()
    defer { lockstep_restore_float_mode(mode) }
    guard let cpu = places[number].cpu else { return work() }
    let earlier = binder.currentThreadBinding()
    if case .refused(let reason) = binder.bindCurrentThread(to: cpu) {
      refusals.values[number] = reason
    }
    work()
    binder.restore(earlier)
  }
}

/// The first of several threads to claim it.
private final class First: Sendable {
  private let number = Atomic<Int>(-1)

  func claim(_ worker: Int) { _ = number.compareExchange(expected: -1, desired: worker, ordering: .relaxed) }

  /// The worker that came first. To be asked after all have ended.
  var worker: Int? {
    let number = number.load(ordering: .relaxed)
    return number < 0 ? nil : number
  }
}

/// A place for one value of each worker.
///
/// `@unchecked Sendable`: a worker writes its own place only, and the caller reads after all have ended.
private final class Slots<Value>: @unchecked Sendable {
  let values: UnsafeMutablePointer<Value?>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    values = .allocate(capacity: count)
    values.initialize(repeating: nil, count: count)
  }

  deinit {
    values.deinitialize(count: count)
    values.deallocate()
  }
}
