extension TopologyReport: Encodable {
  /// Every key is always there; what is unknown or does not apply is null. Sizes are in bytes, the quota in CPUs.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(fields)
  }

  private var fields: [String: Field] {
    [
      "is_this_system": .flag(machine.isThisSystem),
      "described_by": .text(machine.describedBy),
      "packages": .rows(machine.packages.map { ["number": .number($0.number), "model": .text($0.model)] }),
      "numa_nodes": .rows(
        machine.numaNodes.map { ["number": .number($0.number), "memory_bytes": .number($0.memoryBytes), "cpus": .numbers($0.cpus)] }),
      "caches": .rows(
        machine.caches.map {
          ["name": .text($0.name), "level": .number($0.level), "size_bytes": .number($0.sizeBytes), "cpus": .numbers($0.cpus)]
        }),
      "cores": .rows(machine.cores.map(row)),
      "hardware_threads": .number(machine.usableCPUs.count),
      "cpu_quota": .decimal(quota),
      "instruction_set": .text(instructionSet),
      "placement": .text(plan.strategy.description),
      "is_oversubscribed": .flag(plan.isOversubscribed),
      "is_capped_by_quota": .flag(plan.isCappedByQuota),
      "workers": .rows(plan.places.map(row)),
    ]
  }

  private func row(_ core: MachineTopology.Core) -> [String: Field] {
    [
      "number": .number(core.number), "package": .number(core.package), "numa_node": .number(core.numaNode),
      "last_level_cache": .number(core.lastLevelCache), "kind": .number(core.kind), "cpus": .numbers(core.cpus),
    ]
  }

  private func row(_ place: WorkerPlace) -> [String: Field] {
    [
      "worker": .number(place.worker), "cpu": .number(place.cpu), "core": .number(place.core), "package": .number(place.package),
      "numa_node": .number(place.numaNode), "last_level_cache": .number(place.lastLevelCache),
    ]
  }

  /// A JSON value. Synthesised coding would leave the keys of nil values out.
  private enum Field: Encodable {
    case flag(Bool)
    case number(Int?)
    case decimal(Double?)
    case text(String?)
    case numbers([Int])
    case rows([[String: Field]])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .flag(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .decimal(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      case .numbers(let value): try container.encode(value)
      case .rows(let value): try container.encode(value)
      }
    }
  }
}
