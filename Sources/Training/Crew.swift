import Failures
import Foundation
import KernelTemplates
import Kernels
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
  /// Workers that have not come further for so long are reported.
  let stallSeconds: Double

  /// Looks at the machine, plans the workers' places and makes the pool.
  ///
  /// - Parameters:
  ///   - engine: how many workers, and where.
  ///   - environment: of it, `LOCKSTEP_ISA` picks the instruction set.
  /// - Throws: `Failure` when the instruction set, the worker count or the placement cannot be had.
  public init(_ engine: EngineSection, environment: [String: String] = ProcessInfo.processInfo.environment) throws(Failure) {
    balance = engine.balance
    stallSeconds = engine.stallSeconds
    instructionSet = try InstructionSet.choose(override: environment["LOCKSTEP_ISA"])
    machine = try MachineTopology.discover()
    quota = CPUQuota.cpus(for: machine)
    plan = try PlacementPlan(machine: machine, workers: engine.workers.count, strategy: engine.placement.strategy, quota: quota)
    pool = WorkerPool(plan: plan, binder: try ThreadBinder(for: machine))
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
