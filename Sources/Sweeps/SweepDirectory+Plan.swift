import Failures
import Foundation
import RunConfig

/// `sweep.json`: what the command line said, and the trials that follow from it, for readers and against a later version that would draw otherwise.
private struct PlanFile: Codable {
  struct Entry: Codable, Equatable {
    let trial: String
    let settings: [String: String]
  }

  let config: String
  let set: [String]
  let grid: [String]
  let random: [String]
  let seed: UInt64
  /// Of the random keys; null where there are none.
  let draws: Int?
  let monitor: String
  let trials: [Entry]
}

extension SweepDirectory {
  func encodedPlan(_ request: SweepRequest) throws(Failure) -> [UInt8] {
    let plan = request.plan
    let file = PlanFile(
      config: "\(Self.configFolder)/\(request.fileName)", set: request.overrides, grid: plan.axes.filter { !$0.isRandom }.map(\.argument),
      random: plan.axes.filter(\.isRandom).map(\.argument), seed: plan.seed, draws: plan.axes.contains(where: \.isRandom) ? plan.draws : nil,
      monitor: request.monitor, trials: Self.entries(plan))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(file) else { preconditionFailure("words and numbers did not encode: \(file)") }
    return Array(data) + [UInt8(ascii: "\n")]
  }

  private static func entries(_ plan: SweepPlan) -> [PlanFile.Entry] {
    plan.trials.map { .init(trial: $0.name, settings: Dictionary(uniqueKeysWithValues: $0.settings.map { ($0.key, $0.value) })) }
  }

  /// The request of the sweep that was begun here.
  ///
  /// - Parameter monitor: in place of the one it began with, which may be another in each sweep that goes on.
  /// - Throws: `Failure` naming the file, and what is wrong with it.
  public func readRequest(monitor: String? = nil) throws(Failure) -> SweepRequest {
    guard holdsSweep else { throw Failure(.missingInput, at: planPath, "no such file; expected the folder of a sweep") }
    let text = try ConfigFile.text(of: planPath)
    let file: PlanFile
    do { file = try JSONDecoder().decode(PlanFile.self, from: Data(text.utf8)) } catch {
      throw Failure(.badData, at: planPath, "expected the plan of a sweep as Lockstep writes it")
    }
    do throws(Failure) {
      let axes =
        try file.grid.map { argument throws(Failure) in try Axis(grid: argument) }
        + file.random.map { argument throws(Failure) in try Axis(random: argument) }
      let plan = try SweepPlan(axes: axes, draws: file.draws, seed: file.seed)
      guard Self.entries(plan) == file.trials else { throw Failure(.badData, at: "trials", "not those of the keys and the seed; another version planned them") }
      return try SweepRequest(config: "\(path)/\(file.config)", overrides: file.set, plan: plan, monitor: monitor ?? file.monitor)
    } catch {
      // Whatever is wrong in a file is bad data, also what would be wrong usage on a command line.
      throw Failure(error.kind == .usage ? .badData : error.kind, at: error.place, error.message).inside(planPath)
    }
  }
}
