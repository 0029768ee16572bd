import Failures
import Testing
import Topology

/// Every message, exactly. The process may use CPUs 0-3 and 8 of a machine with CPUs 0-11.
@Suite struct PlacementErrorTests {
  static let cases: [(Int?, PlacementStrategy, String)] = [
    (0, .cores, "engine.workers: 0 workers cannot train; ask for at least 1, or \"auto\""),
    (-3, .none, "engine.workers: -3 workers cannot train; ask for at least 1, or \"auto\""),
    (0, .cpus([1]), "engine.workers: 0 workers cannot train; ask for at least 1, or \"auto\""),
    (241, .threads, "engine.workers: 241 workers are more than Dispatch has threads for; ask for at most 240"),
    (Int.max, .none, "engine.workers: 9223372036854775807 workers are more than Dispatch has threads for; ask for at most 240"),
    (4, .cpus([0, 1, 8]), "engine.workers: 4 workers do not fit on the 3 listed CPUs (0-1,8); ask for at most 3, or list more CPUs"),
    (2, .cpus([8]), "engine.workers: 2 workers do not fit on the 1 listed CPU (8); ask for at most 1, or list more CPUs"),
    (nil, .cpus([]), "engine.placement: the CPU list is empty; this process may use 0-3,8"),
    (nil, .cpus([0, 12]), "engine.placement: there is no CPU 12; this process may use 0-3,8"),
    (nil, .cpus([-1]), "engine.placement: there is no CPU -1; this process may use 0-3,8"),
    (1, .cpus([0, 5]), "engine.placement: this process may not use CPU 5; it may use 0-3,8"),
    (nil, .cpus([2, 8, 2]), "engine.placement: CPU 2 is named twice; give each worker a CPU of its own"),
  ]

  @Test(arguments: cases)
  func refuses(workers: Int?, strategy: PlacementStrategy, line: String) throws {
    let failure = try #require(throws: Failure.self) {
      try PlacementPlan(machine: Machines.confined, workers: workers, strategy: strategy, quota: nil)
    }
    #expect(failure.description == line)
    #expect(failure.kind == .badData)
  }

  @Test func refusesAListWithMoreThanTheMostWorkers() throws {
    let machine = Machines.flat(250)
    let failure = try #require(throws: Failure.self) { try PlacementPlan(machine: machine, workers: nil, strategy: .cpus(Array(0..<250)), quota: nil) }
    #expect(failure.description == "engine.workers: 250 workers are more than Dispatch has threads for; ask for at most 240")
    let fewer = try PlacementPlan(machine: machine, workers: 200, strategy: .cpus(Array(0..<250)), quota: nil)
    #expect(fewer.places.count == 200)
  }
}
