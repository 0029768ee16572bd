import Foundation
import Topology

/// What `lockstep bench scaling` shows.
public struct ScalingReport: Sendable {
  /// One number of workers.
  public struct Point: Equatable, Sendable {
    public let workers: Int
    public let samplesPerSecond: Spread
    /// By the samples a second of one worker in the same round.
    public let speedUp: Spread
    /// Median speed-up by the cores in use: as many as there are workers, until there are no more.
    public let efficiency: Double
  }

  /// `workers` is the number that training would pick.
  public let run: RunWords
  /// Workers that have a core of their own.
  public let cores: Int
  public let rounds: Int
  /// From one worker on, rising.
  public let points: [Point]
  /// Workers that could not be pinned, of any number of workers.
  public let warnings: [String]

  /// - Parameters:
  ///   - counts: numbers of workers; the first is 1.
  ///   - rates: for each of them samples a second, round by round.
  package init(run: RunWords, cores: Int, counts: [Int], rates: [[Double]], warnings: [String] = []) {
    precondition(counts.first == 1 && rates.count == counts.count, "\(rates.count) rates for \(counts) workers")
    self.run = run
    self.cores = cores
    self.warnings = warnings
    rounds = rates[0].count
    points = zip(counts, rates).map { count, own in
      let speedUp = Spread(zip(own, rates[0]).map { $0 / $1 })
      return Point(workers: count, samplesPerSecond: Spread(own), speedUp: speedUp, efficiency: speedUp.median / Double(min(count, cores)))
    }
  }

  /// For people: a line a number of workers.
  public var lines: [String] {
    var table = TextTable(columns: [
      ("workers", .right), ("samples/s", .right), ("least", .right), ("most", .right), ("speed-up", .right), ("efficiency", .right), ("", .left),
    ])
    for point in points {
      let rate = point.samplesPerSecond
      table.rows.append([
        String(point.workers), Words.rate(rate.median), Words.rate(rate.minimum), Words.rate(rate.maximum), String(format: "%.2f", point.speedUp.median),
        Words.percent(point.efficiency), point.workers > cores ? "workers share cores" : "",
      ])
    }
    let head =
      "\(run.name): batch \(run.batchSize), placement \(run.placement), \(run.instructionSet), \(Words.count(cores, "core")); medians of \(rounds) rounds"
    return [head, ""] + table.lines
  }

  /// `name`, `batch_size`, `workers`, `placement`, `instruction_set`, `cores`, `rounds`, and `points`: objects of `workers`, `is_oversubscribed`,
  /// `samples_per_second` and `speed_up` (each `median`, `minimum`, `maximum`) and `efficiency`; `warnings`.
  public var jsonObject: [String: Any] {
    let points = points.map { point -> [String: Any] in
      [
        "workers": point.workers, "is_oversubscribed": point.workers > cores, "samples_per_second": point.samplesPerSecond.jsonObject,
        "speed_up": point.speedUp.jsonObject, "efficiency": point.efficiency,
      ]
    }
    return run.jsonObject.merging(["cores": cores, "rounds": rounds, "points": points, "warnings": warnings]) { $1 }
  }
}
