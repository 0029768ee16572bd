/// Adds up the time that each worker spends in each phase.
///
/// `@unchecked Sendable`: a worker writes its own words only, and the totals are read while no worker runs.
public final class PhaseClock: PhaseMeter, @unchecked Sendable {
  private let workers: Int
  /// For each worker two cache lines (the CPU fetches pairs of them): nanoseconds of each phase, and behind those the time of the last call.
  private let words: UnsafeMutablePointer<UInt64>
  private static let wordsPerWorker = 16
  private static let lastCall = 7

  /// - Parameter workers: threads that it has a clock for.
  public init(workers: Int) {
    self.workers = workers
    let bytes = workers * Self.wordsPerWorker * MemoryLayout<UInt64>.stride
    words = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 128).bindMemory(to: UInt64.self, capacity: workers * Self.wordsPerWorker)
    words.initialize(repeating: 0, count: workers * Self.wordsPerWorker)
  }

  deinit { words.deallocate() }

  /// Starts the clock of `worker`, from 0.
  @inline(__always) public func begin(_ worker: Int) { words[worker * Self.wordsPerWorker + Self.lastCall] = monotonicNanoseconds() }

  /// Counts the time since the last call of `worker` for `phase`, and starts its clock anew.
  @inline(__always) public func end(_ phase: Phase, _ worker: Int) {
    let mine = words + worker * Self.wordsPerWorker
    let now = monotonicNanoseconds()
    mine[phase.rawValue] &+= now &- mine[Self.lastCall]
    mine[Self.lastCall] = now
  }

  /// Seconds that `worker` spent in `phase` so far.
  public func seconds(_ phase: Phase, worker: Int) -> Double {
    precondition(0..<workers ~= worker, "worker \(worker) of \(workers)")
    return Double(words[worker * Self.wordsPerWorker + phase.rawValue]) * 1e-9
  }
}
