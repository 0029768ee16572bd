import Testing
import Topology

@Suite struct PlacementPlanTests {
  private func plan(_ machine: MachineTopology, _ workers: Int?, _ strategy: PlacementStrategy, quota: Double? = nil) throws -> PlacementPlan {
    try PlacementPlan(machine: machine, workers: workers, strategy: strategy, quota: quota)
  }

  private func cpus(_ machine: MachineTopology, _ workers: Int?, _ strategy: PlacementStrategy, quota: Double? = nil) throws -> [Int?] {
    try plan(machine, workers, strategy, quota: quota).places.map(\.cpu)
  }

  @Test func eightWorkersOnTwoPackagesAreFourAPackage() throws {
    let plan = try plan(try Machines.large(), 8, .cores)
    #expect(plan.places.map(\.worker) == Array(0..<8))
    #expect(plan.places.map(\.core) == [0, 1, 8, 9, 16, 17, 24, 25])
    #expect(plan.places.map(\.cpu) == [0, 2, 16, 18, 32, 34, 48, 50])
    #expect(plan.places.map(\.package) == [0, 0, 0, 0, 1, 1, 1, 1])
    #expect(plan.places.map(\.numaNode) == [0, 0, 1, 1, 2, 2, 3, 3])
    #expect(plan.places.map(\.lastLevelCache) == [0, 0, 1, 1, 2, 2, 3, 3])
    #expect(!plan.isOversubscribed)
    #expect(plan.capacity == 32)
  }

  @Test func automaticIsOneAPlace() throws {
    let machine = try Machines.large()
    #expect(try cpus(machine, nil, .cores) == (0..<32).map { 2 * $0 })
    #expect(try cpus(machine, nil, .compact) == (0..<32).map { 2 * $0 })
    #expect(try cpus(machine, nil, .threads) == Array(0..<64))
    #expect(try cpus(machine, nil, .none) == Array(repeating: nil, count: 32))
    #expect(try cpus(machine, nil, .cpus([7, 3])) == [7, 3])
    #expect(try cpus(try Machines.single(), nil, .cores) == [0])
  }

  /// Neighbours in number share a core when there are more workers than cores; who is spread does not.
  @Test func spreadWorkersHaveACoreEach() throws {
    #expect(try plan(Machines.flat(2), 4, .cores).spread == [0, 2])
    #expect(try plan(Machines.flat(2), 2, .cores).spread == [0, 1])
    #expect(try plan(Machines.flat(3), 7, .cores).spread == [0, 3, 5])
    // 8 cores of 2 hardware threads: one a core, or with `threads` one a thread.
    let caches = try Machines.manyCaches()
    for (workers, strategy, count) in [(16, PlacementStrategy.cores, 8), (20, .compact, 8), (24, .threads, 16)] {
      let plan = try plan(caches, workers, strategy)
      let places = plan.spread.map { plan.places[$0] }
      #expect(places.count == count && plan.spread == plan.spread.sorted())
      #expect(Set(places.map(\.cpu)).count == count && Set(places.map(\.core)).count == 8)
    }
    #expect(try plan(Machines.flat(2), 5, .none).spread == [0, 1])
  }

  @Test func automaticStopsAtTheMostWorkers() throws {
    #expect(try plan(Machines.flat(300), nil, .cores).places.count == PlacementPlan.mostWorkers)
    #expect(try plan(Machines.flat(300), PlacementPlan.mostWorkers, .cores).places.count == 240)
  }

  @Test(arguments: [
    (0.25, 1), (1, 1), (1.99, 1), (2, 2), (7.5, 7), (8, 8), (31.9, 31), (32, 32), (1000, 32), (1e300, 32), (.infinity, 32), (.nan, 32), (-1, 1),
  ])
  func quotaCapsAutomatic(quota: Double, workers: Int) throws {
    let plan = try plan(try Machines.large(), nil, .cores, quota: quota)
    #expect(plan.places.count == workers)
    #expect(plan.isCappedByQuota == (workers < 32))
  }

  @Test func quotaCapsEveryStrategyButNoExplicitNumber() throws {
    let machine = try Machines.large()
    #expect(try cpus(machine, nil, .threads, quota: 2) == [0, 32])
    #expect(try cpus(machine, nil, .compact, quota: 2) == [0, 2])
    #expect(try cpus(machine, nil, .none, quota: 2) == [nil, nil])
    #expect(try cpus(machine, nil, .cpus([9, 8, 7]), quota: 2) == [9, 8])
    let explicit = try plan(machine, 5, .cores, quota: 2)
    #expect(explicit.places.count == 5 && !explicit.isCappedByQuota)
  }

  @Test func unevenWorkersSpreadOverPackages() throws {
    let plan = try plan(try Machines.twoPackages(), 3, .cores)
    #expect(plan.places.map(\.cpu) == [0, 1, 4])
    #expect(plan.places.map(\.package) == [0, 0, 1])
  }

  @Test func aFullPackageLeavesTheRestToTheOthers() throws {
    let cores: [MachineTopology.Core] = (0..<6).map { .init(number: $0, package: $0 == 0 ? 0 : 1, numaNode: 0, lastLevelCache: nil, cpus: [$0]) }
    #expect(try cpus(Machines.byHand(cores: cores), 4, .cores) == [0, 1, 2, 3])
  }

  @Test func coresSpreadOverCachesAndCompactFillsThem() throws {
    let machine = try Machines.manyCaches()
    #expect(try plan(machine, 4, .cores).places.map(\.lastLevelCache) == [0, 1, 2, 3])
    #expect(try plan(machine, 5, .cores).places.map(\.lastLevelCache) == [0, 0, 1, 2, 3])
    #expect(try plan(machine, 4, .compact).places.map(\.lastLevelCache) == [0, 0, 1, 1])
    #expect(try cpus(machine, 4, .compact) == [0, 2, 4, 6])
  }

  @Test func coresSpreadOverNUMANodesBeforeCaches() throws {
    let machine = try MachineTopology.discover(synthetic: "package:1 numa:2 l3:2 core:2 pu:1")
    #expect(try plan(machine, 2, .cores).places.map(\.numaNode) == [0, 1])
    #expect(try plan(machine, 4, .cores).places.map(\.lastLevelCache) == [0, 1, 2, 3])
  }

  @Test func threadsTakesSecondHardwareThreadsLast() throws {
    let machine = try Machines.manyCaches()
    #expect(try cpus(machine, 4, .threads) == cpus(machine, 4, .cores))
    #expect(try cpus(machine, 8, .threads) == [0, 2, 4, 6, 8, 10, 12, 14])
    #expect(try cpus(machine, 10, .threads) == [0, 1, 2, 4, 5, 6, 8, 10, 12, 14])
    #expect(try !plan(machine, 16, .threads).isOversubscribed)
  }

  @Test func performanceCoresComeFirst() throws {
    #expect(try cpus(Machines.hybrid, 2, .cores) == [2, 4])
    #expect(try cpus(Machines.hybrid, 3, .cores) == [0, 2, 4])
    #expect(try cpus(Machines.hybrid, 2, .compact) == [2, 4])
    #expect(try cpus(Machines.hybrid, nil, .cores) == [0, 1, 2, 4, 6, 7])
    #expect(try cpus(Machines.hybrid, 7, .threads) == [0, 1, 2, 3, 4, 6, 7])
    #expect(try cpus(Machines.hybrid, nil, .threads) == Array(0..<8))
  }

  @Test func moreWorkersThanCoresWrapAround() throws {
    let plan = try plan(try Machines.twoPackages(), 11, .cores)
    #expect(plan.isOversubscribed)
    #expect(plan.places.map(\.cpu) == [0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 7])
    #expect(try cpus(try Machines.single(), 3, .cores) == [0, 0, 0])
    #expect(try cpus(try Machines.single(), 3, .compact) == [0, 0, 0])
    #expect(try cpus(try Machines.single(), 3, .threads) == [0, 0, 0])
  }

  @Test func workersThatShareACoreGetItsOtherHardwareThread() throws {
    let plan = try plan(try Machines.manyCaches(), 9, .cores)
    #expect(plan.isOversubscribed)
    #expect(plan.places.prefix(3).map(\.cpu) == [0, 1, 2])
    #expect(plan.places.prefix(3).map(\.core) == [0, 0, 1])
  }

  @Test func wrappingUsesPerformanceCoresFirst() throws {
    #expect(try cpus(Machines.hybrid, 8, .cores) == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(try cpus(Machines.hybrid, 9, .threads) == [0, 1, 2, 2, 3, 4, 5, 6, 7])
  }

  @Test func noPlacementKnowsNoPlaces() throws {
    let plan = try plan(try Machines.twoPackages(), 3, .none)
    #expect(plan.places.map(\.worker) == [0, 1, 2])
    #expect(plan.places.allSatisfy { $0.cpu == nil && $0.core == nil && $0.package == nil && $0.numaNode == nil && $0.lastLevelCache == nil })
    #expect(!plan.isOversubscribed)
    #expect(try self.plan(try Machines.twoPackages(), 9, .none).isOversubscribed)
  }

  @Test func aListKeepsItsOrder() throws {
    let plan = try plan(try Machines.large(), 3, .cpus([40, 1, 0, 2]))
    #expect(plan.places.map(\.cpu) == [40, 1, 0])
    #expect(plan.places.map(\.core) == [20, 0, 0])
    #expect(plan.places.map(\.package) == [1, 0, 0])
    #expect(plan.places.map(\.numaNode) == [2, 0, 0])
    #expect(try cpus(Machines.confined, nil, .cpus([8, 0])) == [8, 0])
  }

  @Test func everyCountGivesEveryWorkerAPlaceAndIsBalanced() throws {
    let machine = try Machines.large()
    for workers in 1...PlacementPlan.mostWorkers {
      let plan = try plan(machine, workers, .cores)
      #expect(plan.places.map(\.worker) == Array(0..<workers))
      for key: (WorkerPlace) -> Int? in [\.package, \.numaNode, \.lastLevelCache, \.core] {
        let loads = Dictionary(grouping: plan.places, by: key).values.map(\.count)
        #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 1, "\(workers) workers")
      }
      let order = plan.places.compactMap(\.core)
      #expect(order == order.sorted())
    }
  }
}
