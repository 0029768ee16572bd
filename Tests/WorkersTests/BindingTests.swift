import Failures
import Testing
import Topology
import Workers

/// The promise: a worker runs on its own CPU with denormals flushed, and its thread goes back to Dispatch as it came.
@Suite(.serialized) struct BindingTests {
  /// What Dispatch's threads look like now: more threads than the pool had, all at once, so that the pool's own are among them.
  private static func dispatchThreads() -> [(affinity: [Int], flushes: Bool)] {
    let count = 24
    let barrier = Barrier(parties: count, spins: 0)
    let seen = Slots(count, (affinity: [Int](), flushes: false))
    onDispatchThreads(count) { number in
      seen[number] = (affinity(), flushesDenormals())
      _ = barrier.wait()
    }
    return seen.all
  }

  @Test(arguments: [1, 2, 5, 12])
  func workersRunOnTheirCPUsAndThreadsGoBackUnbound(_ workers: Int) throws {
    let machine = try MachineTopology.discover()
    let binder = try ThreadBinder(for: machine)
    for strategy in [PlacementStrategy.cores, .compact, .threads] {
      let plan = try PlacementPlan(machine: machine, workers: workers, strategy: strategy, quota: nil)
      let pool = WorkerPool(plan: plan, binder: binder)
      let seen = Slots(workers, [Int]())
      let flushes = Slots(workers, false)
      try pool.run { worker in
        _ = worker.barrier.wait()
        seen[worker.number] = affinity()
        flushes[worker.number] = flushesDenormals()
        _ = worker.barrier.wait()
      }
      #expect(seen.all == plan.places.map { [$0.cpu!] })
      #expect(flushes.all.allSatisfy { $0 })
      #expect(pool.bindingWarnings.isEmpty)
      for thread in Self.dispatchThreads() {
        #expect(thread.affinity == machine.usableCPUs, "a thread stays bound")
        #expect(!thread.flushes, "a thread keeps flushing denormals")
      }
    }
  }

  @Test func unpinnedWorkersFlushDenormalsToo() throws {
    let usable = try MachineTopology.discover().usableCPUs
    let pool = try WorkerPoolTests.pool(6)
    let seen = Slots(6, [Int]())
    let flushes = Slots(6, false)
    try pool.run { worker in
      seen[worker.number] = affinity()
      flushes[worker.number] = flushesDenormals()
      _ = worker.barrier.wait()
    }
    #expect(seen.all == Array(repeating: usable, count: 6))
    #expect(flushes.all.allSatisfy { $0 })
    #expect(Self.dispatchThreads().allSatisfy { !$0.flushes })
  }

  /// A thread goes back as it came even when its body failed.
  @Test func aFailureLeavesNothingBehind() throws {
    let usable = try MachineTopology.discover().usableCPUs
    let pool = try WorkerPoolTests.pool(4, .cores)
    #expect(throws: Failure.self) {
      try pool.run { worker throws(Failure) in
        _ = worker.barrier.wait()
        throw Failure(.badData, "no")
      }
    }
    #expect(Self.dispatchThreads().allSatisfy { $0.affinity == usable && !$0.flushes })
  }

  /// A machine that claims one CPU too many.
  @Test func aRefusedBindingIsAWarning() throws {
    let real = try MachineTopology.discover()
    let cores = [real.usableCPUs[0], 9999].enumerated().map { number, cpu in
      MachineTopology.Core(number: number, package: 0, numaNode: 0, lastLevelCache: nil, kind: 0, cpus: [cpu])
    }
    let machine = MachineTopology(
      origin: .thisSystem, packages: [.init(number: 0)], numaNodes: real.numaNodes, caches: [], cores: cores, presentCPUs: [real.usableCPUs[0], 9999])
    let plan = try PlacementPlan(machine: machine, workers: 2, strategy: .cores, quota: nil)
    let pool = WorkerPool(plan: plan, binder: try ThreadBinder(for: machine))
    #expect(pool.bindingWarnings.isEmpty)
    let seen = Slots(2, [Int]())
    for _ in 0..<2 {
      try pool.run { worker in
        seen[worker.number] = affinity()
        _ = worker.barrier.wait()
      }
    }
    #expect(seen.all == [[real.usableCPUs[0]], real.usableCPUs])
    #expect(pool.bindingWarnings == ["worker 1 runs unpinned: this system has no CPU 9999"])
  }
}
