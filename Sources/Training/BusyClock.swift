import Glibc

/// Nanoseconds of a clock that nobody sets.
@inline(__always) package func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
}

/// Adds up how long each worker is busy with its slices: what its speed is measured by.
///
/// By the wall clock, so that a core that another process takes half of is half as fast. Two looks at the clock a step, of 30 to 40 ns each.
///
/// `@unchecked Sendable`: a worker writes its own word only, and the coordinator reads and clears them while no worker runs.
final class BusyClock: @unchecked Sendable {
  private let workers: Int
  /// For each worker two cache lines (the CPU fetches pairs of them), of which the first word is used.
  private let words: UnsafeMutablePointer<UInt64>
  private static let wordsPerWorker = 16

  init(workers: Int) {
    self.workers = workers
    let bytes = workers * Self.wordsPerWorker * MemoryLayout<UInt64>.stride
    words = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 128).bindMemory(to: UInt64.self, capacity: workers * Self.wordsPerWorker)
    words.initialize(repeating: 0, count: workers * Self.wordsPerWorker)
  }

  deinit { words.deallocate() }

  /// `worker` has been busy since `begin` and is no longer.
  @inline(__always) func add(_ worker: Int, since begin: UInt64) { words[worker * Self.wordsPerWorker] &+= monotonicNanoseconds() &- begin }

  /// Each worker's seconds since the last call.
  func take() -> [Double] {
    (0..<workers).map { worker in
      let word = words + worker * Self.wordsPerWorker
      defer { word.pointee = 0 }
      return Double(word.pointee) * 1e-9
    }
  }
}
