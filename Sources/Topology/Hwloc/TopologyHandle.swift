import CHwloc
import Failures

/// A loaded hwloc topology, destroyed exactly once. Nothing changes it after `load`, except `restrict(to:)` before it is shared.
package struct TopologyHandle: ~Copyable {
  let pointer: hwloc_topology_t

  /// How much of the machine to read.
  package enum Detail {
    /// Packages, NUMA nodes, caches, cores and hardware threads.
    case full
    /// Only the CPU numbers, which is all that binding needs.
    case cpusOnly
  }

  private init() throws(Failure) {
    var created: hwloc_topology_t?
    guard hwloc_topology_init(&created) == 0, let created else { throw Failure(.internalError, "hwloc cannot be initialised") }
    pointer = created
  }

  deinit { hwloc_topology_destroy(pointer) }

  /// Reads `source`.
  ///
  /// - Throws: what `TopologySource.choose(for:)` throws, and `.badData` or `.internalError` when hwloc cannot load it.
  package static func load(_ source: TopologySource, _ detail: Detail = .full) throws(Failure) -> TopologyHandle {
    let handle = try TopologyHandle()
    try source.choose(for: handle)
    if detail == .cpusOnly { hwloc_topology_set_all_types_filter(handle.pointer, HWLOC_TYPE_FILTER_KEEP_NONE) }
    guard hwloc_topology_load(handle.pointer) == 0 else { throw source.loadFailure }
    return handle
  }

  /// Whether the topology describes the system this process runs on.
  var isThisSystem: Bool { hwloc_topology_is_thissystem(pointer) == 1 }

  /// Every CPU number of the machine: offline CPUs, and those this process may not use, included.
  var presentCPUs: [Int] { CPUBitmap.numbers(in: hwloc_topology_get_complete_cpuset(pointer)) }

  /// The objects of `type`, in machine order.
  func objects(_ type: hwloc_obj_type_t) -> [UnsafeMutablePointer<hwloc_obj>] {
    let count = hwloc_get_nbobjs_by_type(pointer, type)
    return (0..<UInt32(max(0, count))).compactMap { hwloc_get_obj_by_type(pointer, type, $0) }
  }

  /// Drops everything that `cpus` cannot reach, and numbers what is left anew. Leaves the topology as it is when `cpus` holds none of its CPUs.
  package func restrict(to cpus: borrowing CPUBitmap) {
    hwloc_topology_restrict(pointer, cpus.pointer, UInt(HWLOC_RESTRICT_FLAG_REMOVE_CPULESS.rawValue))
  }
}
