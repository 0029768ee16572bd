import Failures

/// Disjoint sets of cores for runs side by side, as many as there are: a pure function of the machine, the cores of a run and the CPU quota.
public struct CoreSets: Equatable, Sendable {
  /// The cores of one run.
  public struct Set: Equatable, Sendable {
    /// In machine order.
    public let cores: [MachineTopology.Core]

    /// A hardware thread of each core, for its worker.
    public var places: [Int] { cores.map { $0.cpus[0] } }
    /// Every hardware thread of the cores, for the rest of the run's process; nobody else has one of them.
    public var cpus: [Int] { cores.flatMap(\.cpus).sorted() }
  }

  /// The fastest cores first, and among them neighbours in this list as far apart as can be: the first few runs have caches and memory to themselves.
  public let sets: [Set]

  /// Cuts `machine` into sets of `size` cores. No set crosses the border of a last-level cache, NUMA node or package, or mixes kinds of cores, before those that
  /// need not are made.
  ///
  /// - Parameters:
  ///   - machine: whose cores they are.
  ///   - size: cores of a set.
  ///   - quota: the cgroup's CPU quota in CPUs, see `CPUQuota`; there are no more sets than it pays for, but one at least.
  /// - Throws: `.badData` when there are not so many cores.
  public init(machine: MachineTopology, size: Int, quota: Double?) throws(Failure) {
    let cores = machine.cores
    guard 1...cores.count ~= size else {
      let choice = "this process may use \(cores.count) \(cores.count == 1 ? "core" : "cores")"
      throw Failure(.badData, "\(size) \(size == 1 ? "worker" : "workers") a run, each on a core of its own: \(choice)")
    }
    let all = Self.spread(Self.cut(cores, size))
    let paid = quota.map { $0.isFinite ? max(1, Int(min($0, Double(cores.count))) / size) : all.count } ?? all.count
    sets = Array(all.prefix(paid))
  }

  /// As many sets as there are, each in the smallest part of the machine that has cores left for one.
  private static func cut(_ cores: [MachineTopology.Core], _ size: Int) -> [Set] {
    // From the smallest part to the whole machine; what is left over in one goes into the next.
    let parts: [(MachineTopology.Core) -> [Int]] = [
      { [$0.kind, $0.package, $0.numaNode, $0.lastLevelCache ?? -1] }, { [$0.kind, $0.package, $0.numaNode] }, { [$0.kind, $0.package] }, { [$0.kind] },
      { _ in [] },
    ]
    var left = cores
    var sets: [Set] = []
    for part in parts {
      var rest: [MachineTopology.Core] = []
      for (_, members) in Dictionary(grouping: left, by: part).sorted(by: { $0.value[0].number < $1.value[0].number }) {
        let whole = members.count / size * size
        sets += stride(from: 0, to: whole, by: size).map { Set(cores: Array(members[$0..<$0 + size])) }
        rest += members[whole...]
      }
      left = rest.sorted { $0.number < $1.number }
    }
    return sets
  }

  /// In the order in which runs take them: of the fastest cores, always one in the package with the fewest runs, there in the NUMA node with the fewest, there
  /// in the last-level cache with the fewest.
  private static func spread(_ sets: [Set]) -> [Set] {
    var left = sets.sorted { ($0.slowest, $0.cores[0].number) < ($1.slowest, $1.cores[0].number) }
    var ordered: [Set] = []
    func crowd(_ set: Set) -> (Int, Int, Int, Int) {
      func count(_ same: (MachineTopology.Core) -> Bool) -> Int { ordered.count { same($0.cores[0]) } }
      let core = set.cores[0]
      return (
        set.slowest, count { $0.package == core.package }, count { $0.numaNode == core.numaNode },
        count { $0.numaNode == core.numaNode && $0.lastLevelCache == core.lastLevelCache }
      )
    }
    while let next = left.indices.min(by: { crowd(left[$0]) < crowd(left[$1]) }) { ordered.append(left.remove(at: next)) }
    return ordered
  }
}

extension CoreSets.Set {
  fileprivate var slowest: Int { cores.map(\.kind).max() ?? 0 }
}
