import Failures
import RunConfig
import Topology
import Training

/// `lockstep topology`: the machine, and which worker goes where.
enum TopologyVerb: Verb {
  static let name = "topology"
  static let summary = "packages, NUMA nodes, caches, cores, and which worker goes where"
  static let usage = "[options]"
  static let example = "HWLOC_SYNTHETIC='package:2 core:8 pu:2' lockstep topology --workers 8"
  static let options = [Option.workers, .placement, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    if let extra = arguments.operands.first { throw Failure(.usage, at: extra, "unexpected; topology takes options only") }
    let engine = try EngineSection().with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    let crew = try Crew(engine)
    let report = TopologyReport(machine: crew.machine, plan: crew.plan, instructionSet: crew.instructionSet.rawValue, quota: crew.quota)
    try Console.output(arguments.has(.json) ? report.json + "\n" : report.lines.joined(separator: "\n") + "\n")
  }
}
