import Failures
import Foundation
import TestSupport
import Testing
@testable import Topology

@Suite struct MachineTopologyTests {
  @Test func readsEveryPartOfALargeMachine() throws {
    let machine = try Machines.large()
    #expect(!machine.isThisSystem)
    #expect(machine.packages.map(\.number) == [0, 1])
    #expect(machine.numaNodes.map(\.number) == [0, 1, 2, 3])
    #expect(machine.numaNodes.map(\.cpus) == [0..<16, 16..<32, 32..<48, 48..<64].map(Array.init))
    #expect(machine.caches.filter { $0.level == 3 }.map(\.cpus) == [0..<16, 16..<32, 32..<48, 48..<64].map(Array.init))
    #expect(machine.cores.map(\.number) == Array(0..<32))
    #expect(machine.cores.map(\.cpus) == (0..<32).map { [2 * $0, 2 * $0 + 1] })
    #expect(machine.cores.map(\.package) == (0..<32).map { $0 / 16 })
    #expect(machine.cores.map(\.numaNode) == (0..<32).map { $0 / 8 })
    #expect(machine.cores.map(\.lastLevelCache) == (0..<32).map { $0 / 8 })
    #expect(machine.cores.allSatisfy { $0.kind == 0 })
    #expect(machine.usableCPUs == Array(0..<64))
    #expect(machine.presentCPUs == Array(0..<64))
  }

  @Test func readsSizesInBytes() throws {
    let machine = try MachineTopology.discover(synthetic: "package:1 [numa(memory=3GiB)] l3:1(size=6MiB) l2:2(size=1MiB) l1d:1(size=48KiB) core:1 pu:1")
    #expect(machine.numaNodes.map(\.memoryBytes) == [3 << 30])
    #expect(machine.caches.map(\.name) == ["L1d", "L1d", "L2", "L2", "L3"])
    #expect(machine.caches.map(\.sizeBytes) == [48 << 10, 48 << 10, 1 << 20, 1 << 20, 6 << 20])
    #expect(machine.caches.map(\.cpus) == [[0], [1], [0], [1], [0, 1]])
    #expect(machine.cores.map(\.lastLevelCache) == [0, 0])
  }

  @Test func aMachineThatTellsLittleHasOnePackageAndACoreForEachCPU() throws {
    let machine = try MachineTopology.discover(synthetic: "numa:1 pu:3")
    #expect(machine.packages == [.init(number: 0)])
    #expect(machine.cores == (0..<3).map { .init(number: $0, package: 0, numaNode: 0, lastLevelCache: nil, cpus: [$0]) })
    #expect(machine.caches.isEmpty)
  }

  @Test func keepsTheOperatingSystemsNumbers() throws {
    let machine = try MachineTopology.discover(synthetic: "numa:2(indexes=5,3) core:2 pu:2(indexes=0,4,1,5,2,6,3,7)")
    #expect(machine.cores.map(\.cpus) == [[0, 4], [1, 5], [2, 6], [3, 7]])
    #expect(machine.cores.map(\.numaNode) == [5, 5, 3, 3])
    #expect(machine.numaNodes.map(\.number) == [3, 5])
    #expect(machine.usableCPUs == Array(0..<8))
  }

  @Test func aMemoryBankNearTheRootIsNotTheNearestNode() throws {
    let machine = try MachineTopology.discover(synthetic: "[numa(memory=1TiB)] package:2 [numa(memory=1GiB)] core:2 pu:1")
    let bank = try #require(machine.numaNodes.first { $0.memoryBytes == 1 << 40 })
    #expect(Set(machine.cores.map(\.numaNode)).count == 2)
    #expect(machine.cores.allSatisfy { $0.numaNode != bank.number })
  }

  /// hwloc's synthetic machines have one kind of core, so this one comes from a file.
  @Test func readsKindsOfCoresFromAFile() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("hybrid.xml").path
      try hybridFile.write(toFile: path, atomically: true, encoding: .utf8)
      let machine = try MachineTopology.discover(.xmlFile(path, name: "HWLOC_XMLFILE"))
      #expect(machine.cores.map(\.kind) == [1, 0, 2])
      #expect(machine.origin == .described(by: "HWLOC_XMLFILE \(path)"))
    }
  }

  @Test func thisSystemOffersNoMoreThanTheProcessMayUse() throws {
    let machine = try MachineTopology.discover(.native)
    #expect(machine.isThisSystem)
    #expect(!machine.cores.isEmpty && !machine.packages.isEmpty && !machine.numaNodes.isEmpty)
    #expect(Set(machine.usableCPUs).isSubset(of: machine.presentCPUs))
    #expect(machine.usableCPUs == (try KernelAffinity.ofMainThread()))
  }

  @Test func anAffinityMaskNarrowsThisSystem() throws {
    let machine = try MachineTopology.discover(.native)
    let cpu = machine.usableCPUs[machine.usableCPUs.count - 1]
    let binder = try ThreadBinder(for: machine)
    let saved = binder.currentThreadBinding()
    try #require(binder.bindCurrentThread(to: cpu) == .bound)
    defer { binder.restore(saved) }
    let narrowed = try MachineTopology.discover(.native, affinityOf: 0)
    #expect(narrowed.usableCPUs == [cpu])
    #expect(narrowed.presentCPUs == machine.presentCPUs)
    // The mask of the thread that asks is not the process's.
    #expect(try MachineTopology.discover(.native) == machine)
  }

  @Test func restrictingDropsMemoryThatNoCPULeftIsNear() throws {
    let topology = try TopologyHandle.load(.synthetic("package:2 numa:1 core:2 pu:1", name: "test"))
    topology.restrict(to: CPUBitmap([3]))
    let reader = MachineReader(topology)
    #expect(reader.packages().map(\.number) == [0])
    #expect(reader.numaNodes().map(\.number) == [1])
    #expect(reader.numaNodes().map(\.cpus) == [[3]])
  }

  @Test func restrictingDropsAndRenumbers() throws {
    let topology = try TopologyHandle.load(.synthetic("package:2 l3:2 core:2 pu:2", name: "test"))
    topology.restrict(to: CPUBitmap([5, 8, 9, 14]))
    let cores = MachineReader(topology).cores()
    #expect(
      cores == [
        .init(number: 0, package: 0, numaNode: 0, lastLevelCache: 0, cpus: [5]),
        .init(number: 1, package: 1, numaNode: 0, lastLevelCache: 1, cpus: [8, 9]),
        .init(number: 2, package: 1, numaNode: 0, lastLevelCache: 2, cpus: [14]),
      ])
  }

  @Test func asksTheVariablesInHwlocsOrder() {
    let both = ["HWLOC_SYNTHETIC": "core:1 pu:1", "HWLOC_XMLFILE": "big.xml"]
    #expect(TopologySource.asked { both[$0] } == .synthetic("core:1 pu:1", name: "HWLOC_SYNTHETIC"))
    let file = ["HWLOC_SYNTHETIC": "", "HWLOC_XMLFILE": "big.xml"]
    #expect(TopologySource.asked { file[$0] } == .xmlFile("big.xml", name: "HWLOC_XMLFILE"))
    #expect(TopologySource.asked { _ in nil } == .native)
    #expect(TopologySource.asked { _ in "" } == .native)
  }

  @Test func aBrokenDescriptionIsRefusedByName() {
    let advice = "is not a synthetic topology; write it like 'package:2 numa:2 l3:1 core:8 pu:2', ending in pu"
    #expect(throws: Failure(.badData, at: "HWLOC_SYNTHETIC", "'package:2 bogus' \(advice)")) {
      try MachineTopology.discover(.synthetic("package:2 bogus", name: "HWLOC_SYNTHETIC"))
    }
    #expect(throws: Failure(.badData, at: "synthetic topology", "'' \(advice)")) { try MachineTopology.discover(synthetic: "") }
  }

  @Test func aBrokenFileIsRefusedByName() throws {
    try withTemporaryFolder { folder in
      let missing = folder.appendingPathComponent("missing.xml").path
      #expect(throws: Failure(.missingInput, at: "HWLOC_XMLFILE", "cannot read '\(missing)': No such file or directory")) {
        try MachineTopology.discover(.xmlFile(missing, name: "HWLOC_XMLFILE"))
      }
      for (name, text) in [("empty", ""), ("words", "no topology"), ("other", "<html></html>"), ("cut", String(hybridFile.prefix(700)))] {
        let path = folder.appendingPathComponent(name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: Failure(.badData, at: "HWLOC_XMLFILE", "'\(path)' is not a topology file; write one with 'lstopo --of xml \(path)'")) {
          try MachineTopology.discover(.xmlFile(path, name: "HWLOC_XMLFILE"))
        }
      }
    }
  }
}

/// Three cores of kinds that hwloc ranks 1, 2 and 0 (2 is the fastest).
private let hybridFile = """
  <?xml version="1.0" encoding="UTF-8"?>
  <!DOCTYPE topology SYSTEM "hwloc2.dtd">
  <topology version="2.0">
    <object type="Machine" os_index="0" cpuset="0x7" complete_cpuset="0x7" allowed_cpuset="0x7" nodeset="0x1" complete_nodeset="0x1" \
  allowed_nodeset="0x1" gp_index="1">
      <object type="NUMANode" os_index="0" cpuset="0x7" complete_cpuset="0x7" nodeset="0x1" complete_nodeset="0x1" gp_index="2" local_memory="1024"/>
      \(coreElement(0))
      \(coreElement(1))
      \(coreElement(2))
    </object>
    <cpukind cpuset="0x4" forced_efficiency="10"/>
    <cpukind cpuset="0x1" forced_efficiency="20"/>
    <cpukind cpuset="0x2" forced_efficiency="30"/>
  </topology>
  """

private func coreElement(_ number: Int) -> String {
  let sets = "os_index=\"\(number)\" cpuset=\"0x\(1 << number)\" complete_cpuset=\"0x\(1 << number)\" nodeset=\"0x1\" complete_nodeset=\"0x1\""
  return "<object type=\"Core\" \(sets) gp_index=\"\(10 + number)\"><object type=\"PU\" \(sets) gp_index=\"\(20 + number)\"/></object>"
}
