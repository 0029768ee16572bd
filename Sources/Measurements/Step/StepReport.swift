import Foundation
import Topology
import Training

/// What `lockstep bench step` shows.
public struct StepReport: Sendable {
  /// The process among those that train together, and what it exchanges with them.
  public struct Ranking: Equatable, Sendable {
    public let rank: Int
    public let count: Int
    /// The MPI's name and version.
    public let library: String
    /// A step, on average.
    public let sentBytes: Int
    public let receivedBytes: Int

    var jsonObject: [String: Any] { ["rank": rank, "count": count, "mpi": library, "sent_bytes": sentBytes, "received_bytes": receivedBytes] }
  }

  public let run: RunWords
  /// Nil of a process that trains alone; all else is of this process's own workers.
  public let ranks: Ranking?
  /// What a whole batch is cut into, that of all ranks: no more workers than that have a share of it.
  public let slices: Int
  /// Steps that were measured phase by phase.
  public let stepsMeasured: Int
  /// Wall time of a step, without a meter.
  public let stepSeconds: Spread
  public let samplesPerSecond: Spread
  /// While phases were timed; what it lacks to the rate above is the meter's cost.
  public let meteredSamplesPerSecond: Spread
  /// Slices of a batch that each worker took in the end; none of one that sits out.
  public let sliceCounts: [Int]
  /// For each worker the mean seconds a step that it spent in each phase, in the order of `Phase`.
  public let phases: [[Double]]
  public let parameters: Int
  public let memory: MemoryUse
  /// Of the whole process after training; nil where the system does not tell.
  public let privateBytes: Int?
  /// Of it, what came with network, workers and training; the data were there before.
  public let privateGrowth: Int?
  /// Workers that could not be pinned.
  public let warnings: [String]

  /// For people: the rate, a table of phases by worker, a table of memory.
  public var lines: [String] {
    let rate = "\(Words.rate(samplesPerSecond.median)) samples/s (\(Words.rate(samplesPerSecond.minimum)) to \(Words.rate(samplesPerSecond.maximum)))"
    let head = "\(run.name): batch \(run.batchSize), \(Words.count(run.workers, "worker")), placement \(run.placement), \(run.instructionSet)"
    let step = "\(rate), \(Words.seconds(stepSeconds.median)) a step; \(Words.rate(meteredSamplesPerSecond.median)) samples/s while phases are timed"
    let ranks = ranks.map {
      ["rank \($0.rank) of \($0.count), \($0.library): sends \(Words.bytes($0.sentBytes)) a step, receives \(Words.bytes($0.receivedBytes))"]
    }
    return [head, step] + (ranks ?? []) + ["", "µs a step and share of the worker's time, mean of \(stepsMeasured) steps"] + phaseTable.lines + [""]
      + memoryTable.lines
  }

  private var phaseTable: TextTable {
    var table = TextTable(columns: [("phase", .left)] + (0..<phases.count).flatMap { [("worker \($0)", .right), ("", .right)] })
    for phase in Phase.all(ofRanks: ranks != nil) {
      table.rows.append(
        ["\(phase)"]
          + phases.flatMap { seconds in
            [String(format: "%.2f", seconds[phase.rawValue] * 1e6), Words.percent(seconds[phase.rawValue] / max(seconds.reduce(0, +), .leastNormalMagnitude))]
          })
    }
    table.rows.append(["slices of a batch"] + sliceCounts.flatMap { ["\($0)", Words.percent(Double($0) / Double(max(1, sliceCounts.reduce(0, +))))] })
    table.rows.append(["all"] + phases.flatMap { [String(format: "%.2f", $0.reduce(0, +) * 1e6), ""] })
    return table
  }

  private var memoryTable: TextTable {
    var table = TextTable(columns: [("memory", .left), ("", .right), ("", .left)])
    func row(_ name: String, _ bytes: Int?, _ note: String = "") { table.rows.append([name, bytes.map(Words.bytes) ?? "unknown", note]) }
    row("weights", memory.weights, "\(parameters) parameters, padded to whole vectors")
    row("transposed weights", memory.transposed, "of all layers but the first")
    row("moments", memory.moments)
    row("gradient", memory.gradient)
    row("inputs and activations", memory.rows)
    row("sum", memory.total)
    row("measured growth", privateGrowth, "private memory that came with workers and training")
    row("measured in all", privateBytes, "private memory of the process, the data included")
    return table
  }

  /// `name`, `batch_size`, `workers`, `placement`, `instruction_set`, `slices`, `steps`, `step_seconds`; `samples_per_second` and `metered_samples_per_second`, each
  /// `median`, `minimum`, `maximum`; `phases`, an object a worker of its slices of a batch and of microseconds a step; `memory` in bytes; `warnings`; of several ranks `ranks`: `rank`, `count`,
  /// `mpi`, and `sent_bytes` and `received_bytes` a step.
  public var jsonObject: [String: Any] {
    let workers = phases.enumerated().map { worker, seconds -> [String: Any] in
      var object: [String: Any] = ["worker": worker, "slices": sliceCounts[worker], "microseconds": seconds.reduce(0, +) * 1e6]
      for phase in Phase.all(ofRanks: ranks != nil) { object["\(phase)"] = seconds[phase.rawValue] * 1e6 }
      return object
    }
    let bytes: [String: Any] = [
      "parameters": parameters, "weights": memory.weights, "transposed": memory.transposed, "moments": memory.moments, "gradient": memory.gradient,
      "activations": memory.rows, "sum": memory.total, "measured": orNull(privateBytes), "measured_growth": orNull(privateGrowth),
    ]
    var object = run.jsonObject
    if let ranks { object["ranks"] = ranks.jsonObject }
    return object.merging([
      "slices": slices, "steps": stepsMeasured, "step_seconds": stepSeconds.median, "samples_per_second": samplesPerSecond.jsonObject,
      "metered_samples_per_second": meteredSamplesPerSecond.jsonObject, "phases": workers, "memory": bytes, "warnings": warnings,
    ]) { $1 }
  }
}

extension RunWords {
  var jsonObject: [String: Any] {
    ["name": name, "batch_size": batchSize, "workers": workers, "placement": placement, "instruction_set": instructionSet]
  }
}

extension Spread {
  var jsonObject: [String: Any] { ["median": median, "minimum": minimum, "maximum": maximum] }
}
