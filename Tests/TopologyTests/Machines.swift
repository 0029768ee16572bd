@testable import Topology

/// Machines that tests plan for; none of them needs to be this one.
enum Machines {
  /// 2 packages of 2 NUMA nodes of 8 cores with 2 hardware threads: CPUs 0-63, core c has CPUs 2c and 2c + 1.
  static func large() throws -> MachineTopology { try .discover(synthetic: "package:2 numa:2 l3:1 core:8 pu:2") }

  /// 2 packages of 4 cores with 1 hardware thread each.
  static func twoPackages() throws -> MachineTopology { try .discover(synthetic: "package:2 l3:1 core:4 pu:1") }

  /// 1 package, 1 NUMA node, 4 last-level caches of 2 cores with 2 hardware threads.
  static func manyCaches() throws -> MachineTopology { try .discover(synthetic: "package:1 l3:4 core:2 pu:2") }

  static func single() throws -> MachineTopology { try .discover(synthetic: "package:1 core:1 pu:1") }

  /// In machine order: 2 efficiency cores, 2 performance cores with 2 hardware threads, 2 efficiency cores.
  static let hybrid = byHand(
    cores: [
      .init(number: 0, package: 0, numaNode: 0, lastLevelCache: 0, kind: 1, cpus: [0]),
      .init(number: 1, package: 0, numaNode: 0, lastLevelCache: 0, kind: 1, cpus: [1]),
      .init(number: 2, package: 0, numaNode: 0, lastLevelCache: 0, kind: 0, cpus: [2, 3]),
      .init(number: 3, package: 0, numaNode: 0, lastLevelCache: 0, kind: 0, cpus: [4, 5]),
      .init(number: 4, package: 0, numaNode: 0, lastLevelCache: 0, kind: 1, cpus: [6]),
      .init(number: 5, package: 0, numaNode: 0, lastLevelCache: 0, kind: 1, cpus: [7]),
    ])

  /// A process that may use CPUs 0-3 and 8 of a machine with CPUs 0-11.
  static let confined = byHand(
    cores: [0, 1, 2, 3, 8].enumerated().map { .init(number: $0, package: 0, numaNode: 0, lastLevelCache: nil, cpus: [$1]) }, presentCPUs: 0...11)

  /// A machine of one package with `count` cores of one hardware thread.
  static func flat(_ count: Int) -> MachineTopology {
    byHand(cores: (0..<count).map { .init(number: $0, package: 0, numaNode: 0, lastLevelCache: 0, cpus: [$0]) })
  }

  static func byHand(
    origin: MachineTopology.Origin = .described(by: "a test"), cores: [MachineTopology.Core], presentCPUs: ClosedRange<Int>? = nil
  ) -> MachineTopology {
    let cpus = cores.flatMap(\.cpus).sorted()
    return MachineTopology(
      origin: origin, packages: Set(cores.map(\.package)).sorted().map { .init(number: $0) },
      numaNodes: [.init(number: 0, memoryBytes: 1 << 34, cpus: cpus)], caches: [], cores: cores, presentCPUs: presentCPUs.map(Array.init) ?? cpus)
  }
}
