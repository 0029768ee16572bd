import Foundation
import Topology
import Training

/// What `lockstep bench scaling` shows when a launcher has started it as several processes.
public struct RankScalingReport: Sendable {
  /// What one number of ranks did in one round.
  struct Turn: Sendable {
    /// Samples a second.
    let rate: Double
    /// Without a clock for the phases.
    let stepSeconds: Double
    /// Seconds a step that the rank with least of it, and that with most, spent with the others or waiting for them.
    let exchange: (least: Double, most: Double)
    /// The least by the time of a step, both with the clock.
    let exchangeShare: Double
    /// Seconds that a step's exchange takes with nothing computed beside it, and that its computing takes with nothing exchanged.
    let alone: (exchange: Double, computing: Double)
    /// A step, of the rank that sends most.
    let sentBytes: Int
    /// A step, of the rank that receives most.
    let receivedBytes: Int
    /// Of the weights after one epoch.
    let checksum: UInt64
  }

  /// The share of an exchange that a step hides, from what the step takes and what each takes alone; 0 where there is none.
  package static func overlap(step: Double, computing: Double, exchange: Double) -> Double { exchange > 0 ? 1 - (step - computing) / exchange : 0 }

  /// One number of ranks.
  public struct Point: Equatable, Sendable {
    public let ranks: Int
    /// Ranks that have rows of a whole batch: no more than it has blocks.
    public let employed: Int
    public let samplesPerSecond: Spread
    /// By the samples a second of one rank in the same round.
    public let speedUp: Spread
    /// Median speed-up by the ranks.
    public let efficiency: Double
    /// Median time of a step.
    public let stepSeconds: Double
    /// Median of what a rank that nobody had to wait for spent a step with the others: what the exchange itself takes.
    public let exchangeSeconds: Double
    /// The same of the rank with most: what is more is waiting for slower ranks.
    public let mostExchangeSeconds: Double
    /// Of a step's time, the exchange itself.
    public let exchangeShare: Double
    /// Median of what the same exchange takes with nothing computed beside it.
    public let exchangeAloneSeconds: Double
    /// Median of what computing takes with nothing exchanged.
    public let computingSeconds: Double
    /// Median share of `exchangeAloneSeconds` by which a step is shorter than both one after the other: what of the exchange it hides. Below 0 where a step takes longer
    /// than both.
    public let overlap: Double
    /// A step, of the rank that sends most: its own parts, once for each rank that gets them.
    public let sentBytes: Int
    /// A step, of the rank that receives most.
    public let receivedBytes: Int
    /// Whether the weights after an epoch were those of one rank.
    public let hasSameBits: Bool
  }

  /// `workers` are those of rank 0, with which it is measured whatever the number of ranks.
  public let run: RunWords
  /// The MPI's name and version.
  public let library: String
  /// Blocks of rows of a batch.
  public let blocks: Int
  public let rounds: Int
  /// From one rank on, rising, up to all of them.
  public let points: [Point]
  /// What makes the figures doubtful.
  public let warnings: [String]

  /// - Parameters:
  ///   - counts: numbers of ranks; the first is 1.
  ///   - turns: for each of them, round by round.
  init(run: RunWords, library: String, counts: [Int], turns: [[Turn]], warnings: [String]) {
    precondition(counts.first == 1 && turns.count == counts.count, "\(turns.count) numbers of ranks, not \(counts.count)")
    (self.run, self.library, rounds) = (run, library, turns[0].count)
    let blocks = BatchPlan.blocks(run.batchSize)
    self.blocks = blocks
    let alone = turns[0]
    points = zip(counts, turns).map { count, own in
      let speedUp = Spread(zip(own, alone).map { $0.rate / $1.rate })
      func median(_ value: (Turn) -> Double) -> Double { Spread(own.map(value)).median }
      return Point(
        ranks: count, employed: min(count, blocks), samplesPerSecond: Spread(own.map(\.rate)), speedUp: speedUp,
        efficiency: speedUp.median / Double(count), stepSeconds: median(\.stepSeconds), exchangeSeconds: median(\.exchange.least),
        mostExchangeSeconds: median(\.exchange.most), exchangeShare: median(\.exchangeShare), exchangeAloneSeconds: median(\.alone.exchange),
        computingSeconds: median(\.alone.computing),
        overlap: median { Self.overlap(step: $0.stepSeconds, computing: $0.alone.computing, exchange: $0.alone.exchange) },
        sentBytes: own.map(\.sentBytes).max()!,
        receivedBytes: own.map(\.receivedBytes).max()!, hasSameBits: own.allSatisfy { $0.checksum == alone[0].checksum })
    }
    self.warnings = warnings + points.filter { !$0.hasSameBits }.map { "the weights of \($0.ranks) ranks are not those of one" }
  }

  /// For people: a line a number of ranks.
  public var lines: [String] {
    var table = TextTable(columns: [
      ("ranks", .right), ("samples/s", .right), ("least", .right), ("most", .right), ("speed-up", .right), ("efficiency", .right), ("step", .right),
      ("exchange", .right), ("of it", .right), ("at most", .right), ("alone", .right), ("overlap", .right), ("sent", .right), ("", .left),
    ])
    for point in points {
      let rate = point.samplesPerSecond
      let exchange =
        point.ranks == 1
        ? [String](repeating: "–", count: 6)
        : [
          Words.seconds(point.exchangeSeconds), Words.percent(point.exchangeShare), Words.seconds(point.mostExchangeSeconds),
          Words.seconds(point.exchangeAloneSeconds), Words.percent(point.overlap), Words.bytes(point.sentBytes),
        ]
      table.rows.append(
        [
          "\(point.ranks)", Words.rate(rate.median), Words.rate(rate.minimum), Words.rate(rate.maximum), String(format: "%.2f", point.speedUp.median),
          Words.percent(point.efficiency), Words.seconds(point.stepSeconds),
        ] + exchange + [point.ranks == 1 ? "" : point.hasSameBits ? "same bits" : "OTHER BITS"])
    }
    let head =
      "\(run.name): batch \(run.batchSize), \(Words.count(run.workers, "worker")) a rank, placement \(run.placement), \(run.instructionSet), \(library); medians of \(rounds) rounds"
    return [head, ""] + table.lines
  }

  /// `name`, `batch_size`, `workers`, `placement`, `instruction_set`, `mpi`, `blocks`, `rounds`, and `points`: objects of `ranks`, `ranks_with_rows`, `samples_per_second` and
  /// `speed_up` (each `median`, `minimum`, `maximum`), `efficiency`, `step_seconds`, `exchange_seconds`, `most_exchange_seconds`, `exchange_share`,
  /// `exchange_alone_seconds`, `computing_seconds`, `overlap`, `sent_bytes`, `received_bytes` and `has_same_bits`; `warnings`.
  public var jsonObject: [String: Any] {
    let points = points.map { point -> [String: Any] in
      [
        "ranks": point.ranks, "ranks_with_rows": point.employed, "samples_per_second": point.samplesPerSecond.jsonObject, "speed_up": point.speedUp.jsonObject,
        "efficiency": point.efficiency, "step_seconds": point.stepSeconds, "exchange_seconds": point.exchangeSeconds,
        "most_exchange_seconds": point.mostExchangeSeconds, "exchange_share": point.exchangeShare,
        "exchange_alone_seconds": point.exchangeAloneSeconds, "computing_seconds": point.computingSeconds, "overlap": point.overlap,
        "sent_bytes": point.sentBytes,
        "received_bytes": point.receivedBytes, "has_same_bits": point.hasSameBits,
      ]
    }
    return run.jsonObject.merging(["mpi": library, "blocks": blocks, "rounds": rounds, "points": points, "warnings": warnings]) { $1 }
  }
}
