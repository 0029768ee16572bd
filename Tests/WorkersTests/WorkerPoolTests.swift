import Failures
import Glibc
import Synchronization
import Testing
import Topology
import Workers

/// The promise: every worker runs its body once, all at the same time, however few the cores; a failure on any of them ends all and is told once.
@Suite(.serialized) struct WorkerPoolTests {
  static func pool(_ workers: Int, _ strategy: PlacementStrategy = .none) throws -> WorkerPool {
    let machine = try MachineTopology.discover()
    let plan = try PlacementPlan(machine: machine, workers: workers, strategy: strategy, quota: nil)
    return WorkerPool(plan: plan, binder: try ThreadBinder(for: machine))
  }

  @Test(arguments: [1, 2, 3, 8, 32])
  func everyBodyRunsOnceAndTheyMeet(_ workers: Int) throws {
    for strategy in [PlacementStrategy.none, .cores] {
      let pool = try Self.pool(workers, strategy)
      let runs = Slots(workers, 0)
      let meetings = Slots(workers, 0)
      for _ in 0..<5 {
        try pool.run { worker in
          runs[worker.number] += worker.count
          for _ in 0..<20 where worker.barrier.wait() { meetings[worker.number] += 1 }
        }
      }
      #expect(runs.all == Array(repeating: 5 * workers, count: workers))
      #expect(meetings.all == Array(repeating: 100, count: workers))
    }
  }

  /// One throws after some meetings; the others come to the next one, and would wait there for ever.
  @Test(arguments: [(2, 0), (2, 1), (8, 5), (32, 31)])
  func aFailureEndsAllAndIsToldOnce(_ workers: Int, _ culprit: Int) throws {
    let pool = try Self.pool(workers)
    for _ in 0..<10 {
      let released = Slots(workers, false)
      let failure = #expect(throws: Failure.self) {
        try pool.run { worker throws(Failure) in
          for _ in 0..<7 { _ = worker.barrier.wait() }
          if worker.number == culprit { throw Failure(.inputOutput, at: "row 3", "cannot be read") }
          while worker.barrier.wait() {}
          released[worker.number] = true
        }
      }
      #expect(failure == Failure(.inputOutput, at: "worker \(culprit): row 3", "cannot be read"))
      #expect(released.all == (0..<workers).map { $0 != culprit })
      // The pool is as good as new.
      let met = Slots(workers, false)
      try pool.run { worker in met[worker.number] = worker.barrier.wait() && worker.barrier.wait() }
      #expect(met.all.allSatisfy { $0 })
    }
  }

  /// Nobody waits for those who do not take part, and one run's members are not the next one's.
  @Test(arguments: [[0], [4], [1, 3], [0, 1, 2, 3, 4]])
  func onlyTheMembersRunAndMeet(_ members: [Int]) throws {
    let pool = try Self.pool(5)
    let meetings = Slots(5, 0)
    for _ in 0..<3 {
      try pool.run(on: members) { worker in
        for _ in 0..<20 where worker.barrier.wait() { meetings[worker.number] += 1 }
      }
    }
    #expect(meetings.all == (0..<5).map { members.contains($0) ? 60 : 0 })
    try pool.run { worker in meetings[worker.number] = worker.barrier.wait() ? 1 : 0 }
    #expect(meetings.all == [1, 1, 1, 1, 1])
  }

  @Test func severalFailuresAreOne() throws {
    let pool = try Self.pool(8)
    for _ in 0..<20 {
      let failure = #expect(throws: Failure.self) {
        try pool.run { worker throws(Failure) in
          _ = worker.barrier.wait()
          if worker.number % 2 == 1 { throw Failure(.badData, "number \(worker.number)") }
          _ = worker.barrier.wait()
        }
      }
      #expect([1, 3, 5, 7].contains { failure == Failure(.badData, at: "worker \($0)", "number \($0)") }, "\(failure.map { "\($0)" } ?? "none")")
    }
  }

  /// The body goes on until it is told that the display was called, so the order of things is not left to time; it gives up only where nobody calls.
  @Test func ticksComeOnTheCallingThread() throws {
    let ticks = Atomic<Int>(0)
    let elsewhere = Atomic<Int>(0)
    let caller = pthread_self()
    let tick = {
      ticks.wrappingAdd(1, ordering: .relaxed)
      if pthread_equal(pthread_self(), caller) == 0 { elsewhere.wrappingAdd(1, ordering: .relaxed) }
    }
    let pool = try Self.pool(2)
    try pool.run(tickEvery: 0.001, tick: tick) { _ in
      var looks = 0
      while ticks.load(ordering: .relaxed) < 3, looks < 20_000_000 {
        looks += 1
        _ = sched_yield()
      }
    }
    #expect(ticks.load(ordering: .relaxed) >= 3)
    #expect(elsewhere.load(ordering: .relaxed) == 0)
  }
}
