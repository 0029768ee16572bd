import Failures
import Ranks
import Topology

/// Where a rank's workers sit beside those of the other ranks on its host.
///
/// A launcher that binds its processes to cores has given each its own, and they stay there. One that does not has left all of them the same, or, bound to sockets,
/// those on one socket the same, which these divide among themselves: two ranks on one core would wait for each other all the time.
package struct RankSeat: Equatable {
  package let workers: Int?
  package let strategy: PlacementStrategy
  /// What the user should know.
  package let warning: String?

  /// - Parameters:
  ///   - cores: those that this rank may use, each with its CPUs.
  ///   - seats: the CPUs that each rank on the host may use, in the order of ranks.
  ///   - own: which of them is this rank's.
  ///   - workers: that are asked for; nil for as many as there are cores.
  ///   - strategy: that is asked for.
  package init(cores: [[Int]], seats: [[Int]], own: Int, workers: Int?, strategy: PlacementStrategy) {
    let mine = Set(cores.joined())
    let mates = seats.indices.filter { $0 == own || !mine.isDisjoint(with: seats[$0]) }
    let place = (rank: mates.firstIndex(of: own)!, count: mates.count)
    let overlap = mates.count > 1
    let chooses =
      switch strategy {
      case .cores, .compact, .threads: true;
      default: false
      }
    guard overlap, chooses else {
      (self.workers, self.strategy) = (workers, strategy)
      warning = overlap && strategy != .none ? "ranks on this host may use the same CPUs, and engine.placement leaves it at that" : nil
      return
    }
    let share = cores.count * place.rank / place.count..<cores.count * (place.rank + 1) / place.count
    let wanted = workers ?? max(1, share.count)
    guard wanted <= share.count else {
      (self.workers, self.strategy) = (wanted, .none)
      let owners = "\(place.count) ranks share \(cores.count) core\(cores.count == 1 ? "" : "s") of this host"
      warning = "\(owners): the \(wanted) worker\(wanted == 1 ? "" : "s") of rank \(place.rank) on it run unpinned, and ranks will wait for each other"
      return
    }
    (self.workers, self.strategy) = (wanted, .cpus(cores[share].prefix(wanted).map { $0[0] }))
    // Who shares some of another's cores does not know which part that one takes.
    warning = mates.allSatisfy { Set(seats[$0]) == mine } ? nil : "ranks on this host were bound to CPUs of which some are the same, and may meet there"
  }
}

extension RankSeat {
  /// On this machine, among `ranks`. All of them must ask.
  init(_ ranks: Ranks, on machine: MachineTopology, host: String, workers: Int?, strategy: PlacementStrategy) {
    // The host first: of a long text the end is cut off.
    let seats = ranks.all("\(host) \(CPUList(machine.usableCPUs))")
    let mates = seats.indices.filter { seats[$0].hasPrefix("\(host) ") }
    let theirs = mates.map { (try? CPUList(parsing: String(seats[$0].dropFirst(host.count + 1))))?.numbers ?? machine.usableCPUs }
    self.init(cores: machine.cores.map(\.cpus), seats: theirs, own: mates.firstIndex(of: ranks.rank) ?? 0, workers: workers, strategy: strategy)
  }
}
