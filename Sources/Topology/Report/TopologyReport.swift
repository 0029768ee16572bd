import Foundation

/// What `lockstep topology` shows: a machine, and which worker goes where on it. As text lines for people, as JSON for scripts.
public struct TopologyReport: Sendable {
  let machine: MachineTopology
  let plan: PlacementPlan
  let instructionSet: String
  let quota: Double?

  /// A report of `plan` on `machine`.
  ///
  /// - Parameters:
  ///   - machine: what was found.
  ///   - plan: who goes where.
  ///   - instructionSet: the word for the instruction set the kernels use in this process, for example "avx512".
  ///   - quota: the CPU quota the plan was made with, in CPUs; nil without one.
  public init(machine: MachineTopology, plan: PlacementPlan, instructionSet: String, quota: Double?) {
    self.machine = machine
    self.plan = plan
    self.instructionSet = instructionSet
    self.quota = quota
  }

  /// The JSON text: keys sorted, indented, no trailing newline.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a topology report holds a number that JSON has no word for") }
    return String(decoding: data, as: UTF8.self)
  }
}
