extension MachineTopology {
  /// A processor package (a socket).
  public struct Package: Equatable, Sendable {
    /// From 0, in machine order.
    public let number: Int
    /// The processor's name as the system reports it; nil when it does not.
    public let model: String?

    package init(number: Int, model: String? = nil) {
      self.number = number
      self.model = model
    }
  }

  /// A memory bank and the CPUs near it.
  public struct NUMANode: Equatable, Sendable {
    /// The operating system's number, as `numactl` counts.
    public let number: Int
    /// The memory of this node in bytes.
    public let memoryBytes: Int
    /// The usable CPUs near it, ascending.
    public let cpus: [Int]

    package init(number: Int, memoryBytes: Int, cpus: [Int]) {
      self.number = number
      self.memoryBytes = memoryBytes
      self.cpus = cpus
    }
  }

  /// A data or unified cache.
  public struct Cache: Equatable, Sendable {
    /// 1 (the data cache), 2 or 3.
    public let level: Int
    /// The size in bytes; 0 when unknown.
    public let sizeBytes: Int
    /// The usable CPUs that share it, ascending.
    public let cpus: [Int]

    package init(level: Int, sizeBytes: Int, cpus: [Int]) {
      self.level = level
      self.sizeBytes = sizeBytes
      self.cpus = cpus
    }

    /// The usual short name: "L1d", "L2", "L3".
    public var name: String { level == 1 ? "L1d" : "L\(level)" }
  }

  /// A physical core.
  public struct Core: Equatable, Sendable {
    /// From 0, in machine order.
    public let number: Int
    /// The number of its package.
    public let package: Int
    /// The number of the nearest NUMA node.
    public let numaNode: Int
    /// The number of the last cache before memory, counted over the machine's last-level caches; nil where the machine does not tell.
    public let lastLevelCache: Int?
    /// 0 for the fastest kind of core in the machine (performance cores), 1 for the next (efficiency cores), and so on.
    public let kind: Int
    /// Its usable hardware threads, ascending; at least one.
    public let cpus: [Int]

    package init(number: Int, package: Int, numaNode: Int, lastLevelCache: Int?, kind: Int = 0, cpus: [Int]) {
      self.number = number
      self.package = package
      self.numaNode = numaNode
      self.lastLevelCache = lastLevelCache
      self.kind = kind
      self.cpus = cpus
    }
  }
}
