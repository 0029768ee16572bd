import CHwloc

/// Turns hwloc's tree of objects into the values of a `MachineTopology`.
///
/// hwloc promises only NUMA nodes and hardware threads: a machine without packages (some virtual ones) counts as one package, one without cores has a
/// core for each hardware thread.
package struct MachineReader: ~Copyable {
  typealias Object = UnsafeMutablePointer<hwloc_obj>

  /// Keeps the objects below alive.
  private let topology: TopologyHandle
  private let coreObjects: [Object]
  private let packageObjects: [Object]
  private let nodeObjects: [Object]

  package init(_ topology: consuming TopologyHandle) {
    let cores = topology.objects(HWLOC_OBJ_CORE)
    coreObjects = cores.isEmpty ? topology.objects(HWLOC_OBJ_PU) : cores
    packageObjects = topology.objects(HWLOC_OBJ_PACKAGE)
    nodeObjects = topology.objects(HWLOC_OBJ_NUMANODE)
    self.topology = topology
  }

  package func packages() -> [MachineTopology.Package] {
    guard !packageObjects.isEmpty else { return [.init(number: 0)] }
    return packageObjects.enumerated().map { number, object in
      .init(number: number, model: hwloc_obj_get_info_by_name(object, "CPUModel").map { String(cString: $0) })
    }
  }

  package func numaNodes() -> [MachineTopology.NUMANode] {
    let nodes = nodeObjects.map { node in
      MachineTopology.NUMANode(
        number: Int(node.pointee.os_index), memoryBytes: Int(clamping: node.pointee.attr.pointee.numanode.local_memory),
        cpus: CPUBitmap.numbers(in: node.pointee.cpuset))
    }
    return nodes.sorted { $0.number < $1.number }
  }

  package func caches() -> [MachineTopology.Cache] {
    [HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE].enumerated().flatMap { index, type in
      topology.objects(type).map { object in
        .init(
          level: index + 1, sizeBytes: Int(clamping: object.pointee.attr.pointee.cache.size), cpus: CPUBitmap.numbers(in: object.pointee.cpuset))
      }
    }
  }

  package func cores() -> [MachineTopology.Core] {
    let kinds = kindOfCPU()
    var cacheNumbers: [Object: Int] = [:]
    var cores: [MachineTopology.Core] = []
    for (number, object) in coreObjects.enumerated() {
      let lastCache = Self.lastCache(above: object)
      if let lastCache, cacheNumbers[lastCache] == nil { cacheNumbers[lastCache] = cacheNumbers.count }
      let cpus = CPUBitmap.numbers(in: object.pointee.cpuset)
      cores.append(
        .init(
          number: number, package: package(of: object), numaNode: nearestNode(of: object), lastLevelCache: lastCache.flatMap { cacheNumbers[$0] },
          kind: cpus.first.flatMap { kinds[$0] } ?? 0, cpus: cpus))
    }
    return cores
  }

  private func package(of core: Object) -> Int {
    packageObjects.firstIndex { hwloc_bitmap_isincluded(core.pointee.cpuset, $0.pointee.cpuset) == 1 } ?? 0
  }

  /// The node with the fewest CPUs around `core`: a memory bank without CPUs of its own hangs near the root, and must not win.
  private func nearestNode(of core: Object) -> Int {
    let local = nodeObjects.filter { hwloc_bitmap_isset(core.pointee.nodeset, $0.pointee.os_index) == 1 }
    let nearest = local.min { hwloc_bitmap_weight($0.pointee.cpuset) < hwloc_bitmap_weight($1.pointee.cpuset) }
    return nearest.map { Int($0.pointee.os_index) } ?? 0
  }

  /// The last data cache between `core` and memory; nil where the machine does not tell.
  private static func lastCache(above core: Object) -> Object? {
    var last: Object?
    var object = core.pointee.parent
    while let current = object {
      if hwloc_obj_type_is_dcache(current.pointee.type) == 1 { last = current }
      object = current.pointee.parent
    }
    return last
  }

  /// The kind of each CPU, 0 the fastest. hwloc ranks upward from the slowest; kinds that it cannot rank (-1) are all alike.
  private func kindOfCPU() -> [Int: Int] {
    var groups: [Int: [Int]] = [:]
    for kind in 0..<UInt32(max(0, hwloc_cpukinds_get_nr(topology.pointer, 0))) {
      let cpus = CPUBitmap()
      var efficiency: Int32 = -1
      guard hwloc_cpukinds_get_info(topology.pointer, kind, cpus.pointer, &efficiency, nil, nil, 0) == 0 else { continue }
      groups[Int(efficiency), default: []] += cpus.numbers
    }
    var kinds: [Int: Int] = [:]
    for (rank, efficiency) in groups.keys.sorted(by: >).enumerated() {
      for cpu in groups[efficiency] ?? [] { kinds[cpu] = rank }
    }
    return kinds
  }
}
