import CHwloc
import Failures
import Glibc

extension MachineTopology {
  /// Reads the machine: this system, or the one that hwloc's `HWLOC_SYNTHETIC` or `HWLOC_XMLFILE` describes.
  ///
  /// Only what this process may use is kept: the CPUs of its cgroup's cpuset and, on this system, of its own affinity mask (`taskset`).
  ///
  /// - Throws: `.badData` for a variable whose value is no topology, `.missingInput` for a file that does not exist, `.internalError` when hwloc fails.
  public static func discover() throws(Failure) -> MachineTopology {
    try discover(.environment)
  }

  /// Builds the machine of an hwloc synthetic description, for example `"package:2 numa:2 l3:1 core:8 pu:2"`.
  ///
  /// - Throws: `.badData` when hwloc cannot parse it.
  public static func discover(synthetic: String) throws(Failure) -> MachineTopology {
    try discover(.synthetic(synthetic, name: "synthetic topology"))
  }

  /// Reads the machine of `source`.
  ///
  /// - Parameter task: the thread whose affinity mask counts when that is this system. The main thread's (its number is the process's) is what `taskset` and
  ///   `numactl` set; a worker that is bound right now does not count. 0 means the calling thread.
  package static func discover(_ source: TopologySource, affinityOf task: pid_t = getpid()) throws(Failure) -> MachineTopology {
    let topology = try TopologyHandle.load(source)
    let presentCPUs = topology.presentCPUs
    let isThisSystem = topology.isThisSystem
    if isThisSystem { restrict(topology, toAffinityOf: task) }
    let reader = MachineReader(topology)
    return MachineTopology(
      origin: isThisSystem ? .thisSystem : .described(by: source.words), packages: reader.packages(), numaNodes: reader.numaNodes(),
      caches: reader.caches(), cores: reader.cores(), presentCPUs: presentCPUs)
  }

  private static func restrict(_ topology: borrowing TopologyHandle, toAffinityOf task: pid_t) {
    let affinity = CPUBitmap()
    guard hwloc_linux_get_tid_cpubind(topology.pointer, task, affinity.pointer) == 0 else { return }
    topology.restrict(to: affinity)
  }
}
