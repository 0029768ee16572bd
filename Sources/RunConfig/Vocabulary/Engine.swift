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
