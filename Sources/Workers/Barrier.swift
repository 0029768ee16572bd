import CLinux
import Synchronization

/// A meeting point of a fixed number of threads, used over and over: nobody passes until all have come.
///
/// A waiter spins briefly, because in lockstep the others are nearly there, then parks in the kernel, so that more threads than cores stays
/// sane. A thread that fails poisons the barrier, and everybody passes with the answer `false`: no one waits for a thread that will not
/// come.
///
/// Memory order: what a thread wrote before `wait()` is seen by every thread after it. Each arrival is an acquire-and-release addition to
/// `arrived`, so the last to arrive has seen all the others' writes; it publishes them by releasing a new `generation`, which every waiter
/// acquires.
///
/// `@unchecked Sendable`: the three words are atomics, and their memory lives as long as the barrier; `parties` and `spins` change only while no thread uses it.
public final class Barrier: @unchecked Sendable {
  // These two are changed by `reset` alone, while no thread uses the barrier.
  private var parties: UInt32
  private var spins: Int
  /// Three words on cache lines of their own: the waiters' spinning must not slow the arrivals.
  private let words: UnsafeMutableRawPointer
  private let arrived: UnsafeMutablePointer<Atomic<UInt32>>
  /// Grows by 2 each time all have come; odd once poisoned.
  private let generation: UnsafeMutablePointer<Atomic<UInt32>>
  private let sleepers: UnsafeMutablePointer<Atomic<UInt32>>

  /// A barrier for `parties` threads, each spinning up to `spins` times (about 50 ns each) before it parks.
  public init(parties: Int, spins: Int) {
    precondition(parties > 0, "a barrier for \(parties) threads")
    self.parties = UInt32(parties)
    self.spins = spins
    words = UnsafeMutableRawPointer.allocate(byteCount: 384, alignment: 128)
    arrived = (words + 0).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    generation = (words + 128).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    sleepers = (words + 256).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
    arrived.initialize(to: Atomic(0))
    generation.initialize(to: Atomic(0))
    sleepers.initialize(to: Atomic(0))
  }

  deinit {
    arrived.deinitialize(count: 1)
    generation.deinitialize(count: 1)
    sleepers.deinitialize(count: 1)
    words.deallocate()
  }

  /// Waits for the others. False when the barrier is poisoned: the caller must leave.
  public func wait() -> Bool {
    let mine = generation.pointee.load(ordering: .acquiring)
    if mine & 1 == 1 { return false }
    if arrived.pointee.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == parties {
      arrived.pointee.store(0, ordering: .relaxed)
      let opened = generation.pointee.wrappingAdd(2, ordering: .sequentiallyConsistent).newValue
      wakeSleepers()
      return opened & 1 == 0
    }
    for _ in 0..<spins {
      let now = generation.pointee.load(ordering: .acquiring)
      if now != mine { return now & 1 == 0 }
      lockstep_spin_hint()
    }
    return park(mine)
  }

  /// Sleeps until `generation` is no longer `mine`. The count of sleepers is raised before the word is looked at again, and the opener
  /// changes the word before it looks at the count, both in the one sequentially consistent order: so either the opener sees a sleeper, or
  /// the sleeper sees the door open.
  private func park(_ mine: UInt32) -> Bool {
    sleepers.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { sleepers.pointee.wrappingSubtract(1, ordering: .relaxed) }
    while true {
      let now = generation.pointee.load(ordering: .sequentiallyConsistent)
      if now != mine { return now & 1 == 0 }
      lockstep_futex_wait(generation, mine)
    }
  }

  /// Lets everybody through with the answer false, now and at every later `wait()`.
  public func poison() {
    generation.pointee.bitwiseOr(1, ordering: .sequentiallyConsistent)
    wakeSleepers()
  }

  /// Makes the barrier new, perhaps for another number of threads. Only while no thread uses it.
  func reset(parties: Int, spins: Int) {
    precondition(parties > 0, "a barrier for \(parties) threads")
    self.parties = UInt32(parties)
    self.spins = spins
    arrived.pointee.store(0, ordering: .relaxed)
    generation.pointee.store(0, ordering: .sequentiallyConsistent)
  }

  private func wakeSleepers() {
    if sleepers.pointee.load(ordering: .sequentiallyConsistent) > 0 { lockstep_futex_wake_all(generation) }
  }
}
