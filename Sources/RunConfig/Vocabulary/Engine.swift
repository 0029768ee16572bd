/// How many workers step through each mini-batch.
public enum WorkerCount: Equatable, Sendable {
  /// One for each place the placement offers (a physical core, for most), capped by the cgroup's CPU quota.
  case auto
  /// Exactly this many; at least 1.
  case exactly(Int)
}

/// Where the workers go. What each word does to a machine: `Topology/PlacementPlan.swift`.
public enum Placement: Equatable, Sendable {
  /// One worker a physical core, spread evenly over packages, NUMA nodes and last-level caches; performance cores first.
  case cores
  /// One worker a physical core, filling one cache, then the next.
  case compact
  /// As `cores`, then the second hardware thread of each core, and so on.
  case threads
  /// No pinning.
  case none
  /// Worker *n* on the *n*-th of these CPU numbers (as `taskset` counts them).
  case cpus([Int])
}

/// How each mini-batch is divided among the workers.
public enum Balance: String, CaseIterable, Sendable {
  /// By the speed that is measured as training goes on, for cores that differ or are shared with other work; at first evenly.
  case measured
  /// Evenly.
  case even
}
