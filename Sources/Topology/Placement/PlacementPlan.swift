import Failures

/// Which worker goes where: a pure function of the machine, the number of workers asked for, the strategy and the CPU quota.
public struct PlacementPlan: Equatable, Sendable {
  /// The most workers there can be: Dispatch's thread pool ends near 255 threads, and a worker that never starts would hang the others.
  public static let mostWorkers = 240

  /// The strategy the plan follows.
  public let strategy: PlacementStrategy

  /// One place a worker: `places[w].worker == w`. Neighbours in number are neighbours in the machine, because the engine gives worker *w* the rows next
  /// to those of *w* + 1. (An explicit CPU list keeps its own order.)
  public let places: [WorkerPlace]

  /// The workers the strategy has places for on this machine: physical cores, hardware threads, or CPUs of the list.
  public let capacity: Int

  /// Whether the CPU quota made an automatic number of workers smaller.
  public let isCappedByQuota: Bool

  /// Whether several workers share a place.
  public var isOversubscribed: Bool { places.count > capacity }

  /// As many workers as have a place to themselves, in rising order: one a core as far as there are cores, then one a hardware thread.
  public var spread: [Int] {
    guard isOversubscribed else { return places.map(\.worker) }
    var cores: Set<Int> = []
    var cpus: Set<Int> = []
    var chosen = places.filter { $0.core.map { cores.insert($0).inserted } ?? true }
    for place in chosen { if let cpu = place.cpu { cpus.insert(cpu) } }
    chosen += places.filter { $0.cpu.map { cpus.insert($0).inserted } ?? false }
    return chosen.prefix(capacity).map(\.worker).sorted()
  }

  /// Plans the places of `workers` workers on `machine`.
  ///
  /// - Parameters:
  ///   - machine: where the places are.
  ///   - strategy: what a place is.
  ///   - workers: how many; nil for one a place, at most `mostWorkers` and at most the whole CPUs of `quota`, but at least one.
  ///   - quota: the cgroup's CPU quota in CPUs, see `CPUQuota`; nil without one. It does not limit a number of workers that was asked for.
  /// - Throws: `.badData` at `engine.workers` for a number below 1, above `mostWorkers`, or above the CPUs of an explicit list; at `engine.placement` for a
  ///   list that is empty, names a CPU twice, or names one that does not exist or that this process may not use.
  public init(machine: MachineTopology, workers: Int?, strategy: PlacementStrategy, quota: Double?) throws(Failure) {
    if case .cpus(let list) = strategy { try Self.check(list, on: machine) }
    let capacity = Self.capacity(of: machine, strategy)
    let automatic = Self.cap(capacity, by: quota)
    let count = workers ?? (strategy.isList ? automatic : min(automatic, Self.mostWorkers))
    try Self.check(count, capacity: capacity, strategy)
    self.strategy = strategy
    self.capacity = capacity
    isCappedByQuota = workers == nil && automatic < capacity
    places = Self.places(for: count, on: machine, strategy)
  }

  private static func capacity(of machine: MachineTopology, _ strategy: PlacementStrategy) -> Int {
    switch strategy {
    case .cores, .compact, .none: machine.cores.count
    case .threads: machine.usableCPUs.count
    case .cpus(let list): list.count
    }
  }

  /// The whole CPUs of `quota`, at least 1 and at most `capacity`.
  private static func cap(_ capacity: Int, by quota: Double?) -> Int {
    guard let quota, quota.isFinite else { return capacity }
    return Int(min(Double(capacity), max(1, quota.rounded(.down))))
  }

  private static func places(for count: Int, on machine: MachineTopology, _ strategy: PlacementStrategy) -> [WorkerPlace] {
    switch strategy {
    case .none: return (0..<count).map(WorkerPlace.init(unpinned:))
    case .cpus(let list): return places(on: list.prefix(count), of: machine)
    case .cores, .compact, .threads:
      let seats = Seating(machine: machine, strategy: strategy).seats(for: count)
      return seats.enumerated().map { WorkerPlace(worker: $0, core: machine.cores[$1.core], thread: $1.thread) }
    }
  }

  private static func places(on list: ArraySlice<Int>, of machine: MachineTopology) -> [WorkerPlace] {
    list.enumerated().compactMap { worker, cpu in
      for core in machine.cores {
        if let thread = core.cpus.firstIndex(of: cpu) { return WorkerPlace(worker: worker, core: core, thread: thread) }
      }
      return nil
    }
  }
}
