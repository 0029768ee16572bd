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

  static func discover(_ source: TopologySource) throws(Failure) -> MachineTopology {
    let topology = try TopologyHandle.load(source)
    let presentCPUs = topology.presentCPUs
    let isThisSystem = topology.isThisSystem
    if isThisSystem { restrictToProcess(topology) }
    let reader = MachineReader(topology)
    return MachineTopology(
      origin: isThisSystem ? .thisSystem : .described(by: source.words), packages: reader.packages(), numaNodes: reader.numaNodes(),
      caches: reader.caches(), cores: reader.cores(), presentCPUs: presentCPUs)
  }

  /// Keeps the CPUs of the main thread's affinity mask, which is what `taskset` and `numactl` set; a worker that is bound right now does not count.
  private static func restrictToProcess(_ topology: borrowing TopologyHandle) {
    let affinity = CPUBitmap()
    guard hwloc_linux_get_tid_cpubind(topology.pointer, getpid(), affinity.pointer) == 0 else { return }
    topology.restrict(to: affinity)
  }
}
