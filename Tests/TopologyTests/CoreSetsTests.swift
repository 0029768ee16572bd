import Failures
import Testing
import Topology

/// The promise: runs side by side never share a core, stay within one cache where they can, and the first few have as much of the machine as can be.
@Suite struct CoreSetsTests {
  private func sets(_ machine: MachineTopology, _ size: Int, quota: Double? = nil) throws -> [CoreSets.Set] {
    try CoreSets(machine: machine, size: size, quota: quota).sets
  }

  /// 2 packages of 2 NUMA nodes of 8 cores with 2 hardware threads: core c has CPUs 2c and 2c + 1.
  @Test func theFirstSetsAreFarApart() throws {
    let sets = try sets(Machines.large(), 4)
    #expect(sets.map { $0.cores.map(\.number) }.prefix(4) == [[0, 1, 2, 3], [16, 17, 18, 19], [8, 9, 10, 11], [24, 25, 26, 27]])
    #expect(sets.count == 8)
    #expect(sets[1].places == [32, 34, 36, 38])
    #expect(sets[1].cpus == Array(32..<40))
  }

  /// Caches of two cores: sets of three must cross them, but one of two has a cache of its own, and of one, too, as long as there are caches.
  @Test func noSetCrossesACacheThatNeedNot() throws {
    let machine = try Machines.manyCaches()
    #expect(try sets(machine, 2).allSatisfy { Set($0.cores.map(\.lastLevelCache)).count == 1 })
    #expect(try sets(machine, 1).prefix(4).map { $0.cores[0].lastLevelCache } == [0, 1, 2, 3])
    #expect(try sets(machine, 3).map { $0.cores.map(\.number) } == [[0, 1, 2], [3, 4, 5]])
    // Three caches of three cores: one set of two in each, and one of what is left.
    let odd = Machines.byHand(cores: (0..<9).map { .init(number: $0, package: 0, numaNode: 0, lastLevelCache: $0 / 3, cpus: [$0]) })
    #expect(try sets(odd, 2).map { $0.cores.map(\.number) } == [[0, 1], [3, 4], [6, 7], [2, 5]])
  }

  @Test func fastCoresComeFirstAndAreNotMixed() throws {
    #expect(try sets(Machines.hybrid, 2).map { $0.cores.map(\.number) } == [[2, 3], [0, 1], [4, 5]])
    #expect(try sets(Machines.hybrid, 1).prefix(2).map { $0.cores[0].number } == [2, 3])
    #expect(try sets(Machines.hybrid, 4).map { $0.cores.map(\.number) } == [[0, 1, 4, 5]], "not one that waits for its slow half")
  }

  @Test func onlyWhatTheProcessMayUse() throws {
    #expect(try sets(Machines.confined, 2).map(\.places) == [[0, 1], [2, 3]])
    #expect(try sets(Machines.confined, 5).map(\.places) == [[0, 1, 2, 3, 8]])
  }

  @Test(arguments: [(0.5, 1), (1.9, 1), (2, 1), (4, 2), (7.9, 3), (64, 16), (.infinity, 16), (.nan, 16)]) func aQuotaPaysForFewer(_ quota: Double, _ count: Int)
    throws
  {
    #expect(try sets(Machines.large(), 2, quota: quota).count == count)
  }

  @Test func everySizeIsDisjoint() throws {
    for machine in [try Machines.large(), try Machines.twoPackages(), try Machines.manyCaches(), Machines.hybrid, Machines.confined, Machines.flat(7)] {
      for size in 1...machine.cores.count {
        let sets = try sets(machine, size)
        #expect(sets.count == machine.cores.count / size, "\(size) of \(machine.cores.count)")
        #expect(sets.allSatisfy { $0.cores.count == size && $0.places.count == size })
        let cores = sets.flatMap { $0.cores.map(\.number) }
        #expect(Set(cores).count == cores.count)
        #expect(Set(sets.flatMap(\.cpus)).count == sets.flatMap(\.cpus).count)
        #expect(sets.allSatisfy { Set($0.places).isSubset(of: $0.cpus) })
      }
    }
  }

  @Test func moreThanThereAreIsRefused() throws {
    let failure = #expect(throws: Failure.self) { try sets(Machines.flat(2), 3) }
    #expect(failure == Failure(.badData, "3 workers a run, each on a core of its own: this process may use 2 cores"))
    #expect(throws: Failure(.badData, "2 workers a run, each on a core of its own: this process may use 1 core")) { try sets(try Machines.single(), 2) }
  }
}
