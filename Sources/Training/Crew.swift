import Failures
import Foundation
import KernelTemplates
import Kernels
import Ranks
import RunConfig
import Topology
import Workers

/// The machine's side of a run: which instruction set, which cores, and the threads on them.
public struct Crew: Sendable {
  /// The machine as it was found, or is described.
  public let machine: MachineTopology
  /// Which worker goes where.
  public let plan: PlacementPlan
  /// The cgroup's quota in CPUs, if there is one.
  public let quota: Double?
  /// The kernels that are used.
  public let instructionSet: InstructionSet
  /// The threads, at their places.
  public let pool: WorkerPool
  /// How a batch is divided among the workers.
  public let balance: Balance
  /// The processes that train together; nil for this one alone.
  public private(set) var ranks: Ranks?
  /// What the user should know of the workers' places.
  public let warning: String?
  /// Workers that have not come further for so long are reported.
  let stallSeconds: Double

  /// Looks at the machine, plans the workers' places and makes the pool.
  ///
  /// - Parameters:
  ///   - engine: how many workers, and where.
  ///   - ranks: the processes that train together, all of which make their crew now; nil for this one alone.
  ///   - environment: of it, `LOCKSTEP_ISA` picks the instruction set.
  /// - Throws: `Failure` when the instruction set, the worker count or the placement cannot be had.
  public init(
    _ engine: EngineSection, ranks: Ranks? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(Failure) {
    self.ranks = ranks
    balance = engine.balance
    stallSeconds = engine.stallSeconds
    instructionSet = try InstructionSet.choose(override: environment["LOCKSTEP_ISA"])
    let machine = try MachineTopology.discover()
    self.machine = machine
    quota = CPUQuota.cpus(for: machine)
    let seat = ranks.map {
      RankSeat($0, on: machine, host: ProcessInfo.processInfo.hostName, workers: engine.workers.count, strategy: engine.placement.strategy)
    }
    warning = seat?.warning
    ranks?.limitSeconds = engine.rankTimeoutSeconds
    ranks?.lateSeconds = engine.stallSeconds
    plan = try PlacementPlan(
      machine: machine, workers: seat?.workers ?? engine.workers.count, strategy: seat?.strategy ?? engine.placement.strategy, quota: quota)
    pool = WorkerPool(plan: plan, binder: try ThreadBinder(for: machine))
  }

  /// The same threads, which train together with other ranks than they were made for.
  package func with(_ ranks: Ranks?) -> Crew {
    var crew = self
    crew.ranks = ranks
    return crew
  }
}

extension WorkerCount {
  /// The number, nil for auto.
  var count: Int? {
    switch self {
    case .auto: nil
    case .exactly(let count): count
    }
  }
}

extension Placement {
  /// The same in `Topology`'s words; rooms on one floor do not know each other.
  var strategy: PlacementStrategy {
    switch self {
    case .cores: .cores
    case .compact: .compact
    case .threads: .threads
    case .none: .none
    case .cpus(let cpus): .cpus(cpus)
    }
  }
}
