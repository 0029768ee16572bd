import Glibc
import Synchronization
import Testing
import Workers

/// The promise: nobody passes before all have come, what was written before is seen after, and nobody waits for a thread that will not come.
///
/// Whether waiters spin or park is not for a test to see; zero spins always parks, a thousand mostly does not.
@Suite(.serialized) struct BarrierTests {
  /// Threads, spins and generations.
  static let meetings: [(Int, Int, Int)] = [
    (1, 0, 5000), (1, 1000, 5000), (2, 0, 5000), (2, 1000, 20_000), (3, 0, 5000), (3, 1000, 5000), (8, 0, 2000), (8, 1000, 2000), (33, 0, 1000),
    (33, 1000, 400),
  ]

  /// Each thread writes its plain counter, meets the others, reads all of theirs, and meets them again before it writes the next: two generations a round.
  @Test(arguments: meetings.indices)
  func nobodyPassesBeforeAllHaveCome(_ index: Int) {
    let (threads, spins, rounds) = Self.meetings[index]
    let barrier = Barrier(parties: threads, spins: spins)
    let counters = Slots(threads, 0)
    let early = Atomic<Int>(0)
    let refused = Atomic<Int>(0)
    onThreads(threads) { number in
      for round in 1...rounds {
        counters[number] = round
        if !barrier.wait() { refused.wrappingAdd(1, ordering: .relaxed) }
        for other in 0..<threads where counters[other] != round { early.wrappingAdd(1, ordering: .relaxed) }
        if !barrier.wait() { refused.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    #expect(early.load(ordering: .relaxed) == 0, "threads found another one behind or ahead")
    #expect(refused.load(ordering: .relaxed) == 0)
  }

  @Test(arguments: [(2, 0), (2, 1000), (8, 0), (8, 1000), (33, 0)])
  func poisonLetsEverybodyLeave(_ threads: Int, _ spins: Int) {
    for _ in 0..<100 {
      let barrier = Barrier(parties: threads, spins: spins)
      let coming = Atomic<Int>(0)
      let answers = Slots(threads, [Bool]())
      onThreads(threads) { number in
        answers[number].append(barrier.wait())
        if number == 0 {
          // The others are at the door, parked or about to look.
          while coming.load(ordering: .acquiring) < threads - 1 { _ = sched_yield() }
          barrier.poison()
        } else {
          coming.wrappingAdd(1, ordering: .releasing)
          answers[number].append(barrier.wait())
        }
        answers[number].append(barrier.wait())
      }
      #expect(answers[0] == [true, false])
      for number in 1..<threads { #expect(answers[number] == [true, false, false]) }
    }
  }
}
