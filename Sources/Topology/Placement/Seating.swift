/// Chooses the hardware threads that workers sit on, for the strategies that choose by themselves.
///
/// Seats are handed out in passes: a pass has one seat a core, and all of its seats are taken before the next pass begins. Only the last pass can be
/// taken in part, and there the strategy decides which seats. At the end the chosen seats are put in machine order.
struct Seating {
  /// A hardware thread: `machine.cores[core].cpus[thread]`.
  struct Seat: Equatable {
    let core: Int
    let thread: Int
  }

  let machine: MachineTopology
  let strategy: PlacementStrategy

  /// `count` seats in machine order, so that neighbours in number share a cache, a NUMA node or a package wherever they can.
  func seats(for count: Int) -> [Seat] {
    var chosen: [Seat] = []
    var pass = 0
    while chosen.count < count {
      let open = seats(ofPass: pass)
      let wanted = count - chosen.count
      chosen += wanted >= open.count ? open : choose(wanted, of: open)
      pass += 1
    }
    return chosen.sorted { ($0.core, $0.thread) < ($1.core, $1.thread) }
  }

  /// The seats of one pass. Cores with fewer hardware threads sit out the passes of `threads` that they have no thread for; otherwise workers wrap around over
  /// a core's hardware threads.
  private func seats(ofPass pass: Int) -> [Seat] {
    guard strategy == .threads else {
      return machine.cores.indices.map { Seat(core: $0, thread: pass % machine.cores[$0].cpus.count) }
    }
    let mostThreads = machine.cores.map(\.cpus.count).max() ?? 1
    let thread = pass % mostThreads
    return machine.cores.indices.filter { thread < machine.cores[$0].cpus.count }.map { Seat(core: $0, thread: thread) }
  }

  /// `wanted` of the `open` seats, the fastest cores first.
  private func choose(_ wanted: Int, of open: [Seat]) -> [Seat] {
    var tally = Tally()
    var chosen: [Seat] = []
    for kind in Set(open.map { machine.cores[$0.core].kind }).sorted() where chosen.count < wanted {
      var candidates = open.filter { machine.cores[$0.core].kind == kind }
      while chosen.count < wanted, !candidates.isEmpty {
        let next = strategy == .compact ? 0 : leastCrowded(candidates, tally)
        tally.add(machine.cores[candidates[next].core])
        chosen.append(candidates.remove(at: next))
      }
    }
    return chosen
  }

  /// The first seat in the package with the fewest workers, there in the NUMA node with the fewest, there in the last-level cache with the fewest.
  private func leastCrowded(_ candidates: [Seat], _ tally: Tally) -> Int {
    let crowds = candidates.map { tally.crowd(around: machine.cores[$0.core]) }
    return candidates.indices.min { crowds[$0] < crowds[$1] } ?? 0
  }

  /// The workers already seated in each part of the machine.
  private struct Tally {
    private var packages: [Int: Int] = [:]
    private var nodes: [Int: Int] = [:]
    private var caches: [Int?: Int] = [:]

    mutating func add(_ core: MachineTopology.Core) {
      packages[core.package, default: 0] += 1
      nodes[core.numaNode, default: 0] += 1
      caches[core.lastLevelCache, default: 0] += 1
    }

    func crowd(around core: MachineTopology.Core) -> (Int, Int, Int) {
      (packages[core.package] ?? 0, nodes[core.numaNode] ?? 0, caches[core.lastLevelCache] ?? 0)
    }
  }
}
