extension TopologyReport {
  /// The report for people, one element a line: the machine, its NUMA nodes and caches, then a table of the workers.
  public var lines: [String] {
    summary + [""] + nodeTable.lines + (machine.caches.isEmpty ? [] : [""] + cacheTable.lines) + [""] + planLines + [""] + workerTable.lines
  }

  private var summary: [String] {
    let models = Set(machine.packages.compactMap(\.model)).sorted()
    var entries = [
      ("machine", machine.describedBy.map { "\($0): a plan for a machine that is not this one" } ?? "this system"),
      ("packages", ([String(machine.packages.count)] + models).joined(separator: "  ")),
      ("NUMA nodes", String(machine.numaNodes.count)),
      ("cores", String(machine.cores.count) + kindWords),
      ("hardware threads", "\(machine.usableCPUs.count), CPUs \(CPUList(machine.usableCPUs))"),
      ("CPU quota", quota.map { "\(Self.short($0)) CPUs" } ?? "none"),
      ("instruction set", machine.isThisSystem ? instructionSet : "\(instructionSet) (of this system)"),
    ]
    let width = entries.map(\.0.count).max() ?? 0
    for index in entries.indices { entries[index].0 += String(repeating: " ", count: width - entries[index].0.count) }
    return entries.map { "\($0.0)  \($0.1)" }
  }

  /// ": 4 performance, 8 efficiency" on a hybrid machine. With more than two kinds: ": 2 of kind 0, 8 of kind 1, 2 of kind 2", the fastest first.
  private var kindWords: String {
    let counts = Dictionary(grouping: machine.cores, by: \.kind).mapValues(\.count).sorted { $0.key < $1.key }
    guard counts.count > 1 else { return "" }
    if counts.count == 2 { return ": \(counts[0].value) performance, \(counts[1].value) efficiency" }
    return ": " + counts.map { "\($0.value) of kind \($0.key)" }.joined(separator: ", ")
  }

  private var nodeTable: TextTable {
    var table = TextTable(columns: [("NUMA node", .right), ("memory", .right), ("cores", .right), ("CPUs", .left)])
    for node in machine.numaNodes {
      let cores = machine.cores.count { $0.numaNode == node.number }
      table.rows.append([String(node.number), Self.bytes(node.memoryBytes), String(cores), CPUList(node.cpus).description])
    }
    return table
  }

  /// Equal caches share a line.
  private var cacheTable: TextTable {
    var table = TextTable(columns: [("cache", .left), ("count", .right), ("size", .right), ("CPUs sharing one", .right)])
    var counts: [(cache: MachineTopology.Cache, count: Int)] = []
    for cache in machine.caches {
      if let known = counts.firstIndex(where: { $0.cache.isLike(cache) }) {
        counts[known].count += 1
      } else {
        counts.append((cache, 1))
      }
    }
    table.rows = counts.map { [$0.cache.name, String($0.count), $0.cache.sizeWords, String($0.cache.cpus.count)] }
    return table
  }

  private var planLines: [String] {
    var words = "\(Self.count(plan.places.count, "worker")), placement \(plan.strategy)"
    if plan.isCappedByQuota { words += "; the CPU quota leaves \(plan.capacity - plan.places.count) of \(Self.count(plan.capacity, "place")) empty" }
    if plan.isOversubscribed { words += "; more workers than the \(Self.count(plan.capacity, "place")), so some share a core" }
    if let quota, Double(plan.places.count) > max(1, quota) { words += "; more workers than the CPU quota lets run at once" }
    return [words]
  }

  private var workerTable: TextTable {
    var table = TextTable(columns: ["worker", "CPU", "core", "package", "NUMA node", "last-level cache"].map { ($0, .right) })
    table.rows = plan.places.map { place in
      [String(place.worker), place.cpu.map(String.init) ?? "any"]
        + [place.core, place.package, place.numaNode, place.lastLevelCache].map { $0.map(String.init) ?? "-" }
    }
    return table
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  /// At most one decimal: "35.8 MiB", "64 GiB".
  package static func bytes(_ bytes: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(short((value * 10).rounded() / 10)) \(units[unit])"
  }

  /// No ".0" after a whole number.
  private static func short(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? String(value)
  }
}

extension MachineTopology {
  /// The words for what described a machine that is not this system; nil for this system.
  var describedBy: String? {
    if case .described(let words) = origin { return words }
    return nil
  }
}

extension MachineTopology.Cache {
  fileprivate var sizeWords: String { sizeBytes == 0 ? "unknown" : TopologyReport.bytes(sizeBytes) }

  fileprivate func isLike(_ other: Self) -> Bool {
    level == other.level && sizeBytes == other.sizeBytes && cpus.count == other.cpus.count
  }
}
