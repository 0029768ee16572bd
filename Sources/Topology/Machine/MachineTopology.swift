/// A machine as the engine sees it: what this process may use of its packages, NUMA nodes, caches, cores and hardware threads.
///
/// A plain value: read once by `discover()`, never changed. Packages, caches and cores are numbered from 0 in machine order (neighbours in number
/// share a cache before they share a package); NUMA nodes and CPUs carry the operating system's numbers. "CPU" always means a hardware thread.
public struct MachineTopology: Equatable, Sendable {
  /// Where the description came from.
  public enum Origin: Equatable, Sendable {
    /// The system this process runs on; threads can be bound to its CPUs.
    case thisSystem
    /// A machine that is not this one, and the words for what described it, for example `HWLOC_XMLFILE big.xml`.
    case described(by: String)
  }

  /// Where the description came from.
  public let origin: Origin
  /// The packages in machine order; at least one.
  public let packages: [Package]
  /// The NUMA nodes, ascending by number; at least one.
  public let numaNodes: [NUMANode]
  /// The data and unified caches, by level, then in machine order; empty where the machine does not tell.
  public let caches: [Cache]
  /// The physical cores in machine order: `cores[n].number == n`; at least one.
  public let cores: [Core]
  /// Every CPU number of the machine, ascending: offline CPUs, and those this process may not use, included.
  public let presentCPUs: [Int]

  /// A machine put together by hand, for tests of plans.
  package init(
    origin: Origin, packages: [Package], numaNodes: [NUMANode], caches: [Cache], cores: [Core], presentCPUs: [Int]
  ) {
    self.origin = origin
    self.packages = packages
    self.numaNodes = numaNodes
    self.caches = caches
    self.cores = cores
    self.presentCPUs = presentCPUs
  }

  /// Whether this is the system the process runs on.
  public var isThisSystem: Bool { origin == .thisSystem }

  /// The CPUs this process may use, ascending.
  public var usableCPUs: [Int] { cores.flatMap(\.cpus).sorted() }
}
