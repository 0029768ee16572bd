/// Where the workers go.
public enum PlacementStrategy: Equatable, Sendable {
  /// One worker a physical core, spread evenly over packages, then NUMA nodes, then last-level caches; performance cores first.
  case cores
  /// One worker a physical core, filling one last-level cache, then the next; performance cores first.
  case compact
  /// As `cores`, then the second hardware thread of each core, and so on.
  case threads
  /// No pinning: the kernel moves workers as it likes.
  case none
  /// Worker *n* on the *n*-th of these CPU numbers.
  case cpus([Int])
}

extension PlacementStrategy: CustomStringConvertible {
  /// The word of the config file, or the CPU list as "0-3,8".
  public var description: String {
    switch self {
    case .cores: "cores"
    case .compact: "compact"
    case .threads: "threads"
    case .none: "none"
    case .cpus(let numbers): CPUList(numbers).description
    }
  }
}
