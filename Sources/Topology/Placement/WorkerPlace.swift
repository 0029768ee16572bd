/// The place of one worker. All but the worker's number is nil when workers are not pinned.
public struct WorkerPlace: Equatable, Sendable {
  /// The worker's number, from 0.
  public let worker: Int
  /// The CPU to bind to, as the operating system numbers it.
  public let cpu: Int?
  /// The physical core's number in machine order.
  public let core: Int?
  /// The package's number.
  public let package: Int?
  /// The operating system's number of the nearest NUMA node.
  public let numaNode: Int?
  /// The number of the core's last-level cache; nil also where the machine does not tell.
  public let lastLevelCache: Int?

  /// A worker on the `thread`-th hardware thread of `core`.
  init(worker: Int, core: MachineTopology.Core, thread: Int) {
    self.worker = worker
    cpu = core.cpus[thread]
    self.core = core.number
    package = core.package
    numaNode = core.numaNode
    lastLevelCache = core.lastLevelCache
  }

  /// A worker that is not pinned.
  init(unpinned worker: Int) {
    self.worker = worker
    cpu = nil
    core = nil
    package = nil
    numaNode = nil
    lastLevelCache = nil
  }
}
