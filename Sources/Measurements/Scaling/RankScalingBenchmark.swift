import Failures
import Ranks
import RunConfig
import Training

/// The numbers of ranks that a scaling benchmark tries: 1, 2, 4, … and all.
package func rankCounts(_ all: Int) -> [Int] { (0..<31).map { 1 << $0 }.filter { $0 < all } + [all] }

extension RankScalingReport {
  /// Trains `configuration` on more and more of the processes that a launcher has started, in rounds, as `ScalingReport` does with workers: each round measures 1, 2, 4, … and
  /// all ranks, one number after the other, while the others sleep. All ranks must call it. Returns the report on the first, nil on the others.
  ///
  /// - Parameters:
  ///   - ranks: all of them; each keeps its workers and their places whatever the number.
  ///   - budget: seconds for one number of ranks in one round, and rounds.
  /// - Throws: `Failure` for anything that would stop the training too.
  public static func measure(
    _ configuration: RunConfiguration, ranks: Ranks, budget: TimeBudget = TimeBudget(seconds: 0.3, samples: 5)
  ) throws(Failure) -> RankScalingReport? {
    let run = try BenchmarkedRun(configuration)
    let crew = try Crew(configuration.engine, ranks: ranks)
    try ranks.checkSame(configuration, [run.training], crew)
    let warnings = crew.warnings(batchSize: configuration.fit.batchSize)
    let counts = rankCounts(ranks.count)
    var turns = counts.map { _ in [Turn]() }
    for _ in 0..<budget.samples {
      for (index, count) in counts.enumerated() {
        let turn = try ranks.among(first: count) { few throws(Failure) in
          // One that is alone has nothing to do with MPI.
          try Turn(run, crew.with(count == 1 ? nil : few), seconds: budget.seconds)
        }
        if let turn { turns[index].append(turn) }
      }
    }
    guard ranks.isFirst else { return nil }
    return RankScalingReport(
      run: RunWords(configuration, crew), library: ranks.library, counts: counts, turns: turns, warnings: warnings)
  }
}

extension Crew {
  /// What makes figures of this crew doubtful. Where there are ranks all must ask, and what any of them knows is said.
  func warnings(batchSize: Int) -> [String] {
    guard let ranks else { return pool.bindingWarnings }
    var warnings: [String] = []
    for warning in ranks.all(warning ?? "") where !warning.isEmpty && !warnings.contains(warning) { warnings.append(warning) }
    let blocks = BatchPlan.blocks(batchSize)
    if blocks < ranks.count {
      warnings.append(
        "a batch of \(batchSize) rows is \(Words.count(blocks, "block")) of \(BatchPlan.blockRows): no more than \(Words.count(blocks, "rank")) can have rows of it; see fit.batch_size"
      )
    }
    return warnings + pool.bindingWarnings
  }
}

extension RankScalingReport.Turn {
  /// One crew, made ready anew, so that all begin with the same weights.
  fileprivate init(_ run: BenchmarkedRun, _ crew: Crew, seconds: Double) throws(Failure) {
    let fitting = try run.fitting(crew)
    let ranks = crew.ranks
    _ = try fitting.timeEpoch(0)
    checksum = fitting.weightsChecksum
    var epoch = 1
    /// The seconds of as many epochs as take that long, and their number.
    func epochs(_ take: (Int) throws(Failure) -> Double) throws(Failure) -> (seconds: Double, count: Int) {
      var spent = 0.0
      let first = epoch
      repeat {
        spent += try take(epoch)
        epoch += 1
      } while ranks.agreed(spent < seconds)
      return (spent, epoch - first)
    }
    // The first brings code and data into the caches, and lets the balance find its shares.
    _ = try epochs { epoch throws(Failure) in try fitting.timeEpoch(epoch) }
    let plain = try epochs { epoch throws(Failure) in try fitting.timeEpoch(epoch) }
    rate = Double(plain.count * fitting.rowsPerEpoch) / plain.seconds
    stepSeconds = plain.seconds / Double(plain.count * fitting.stepsPerEpoch)
    guard let ranks else {
      (exchange, exchangeShare, alone, sentBytes, receivedBytes) = ((0, 0), 0, (0, stepSeconds), 0, 0)
      return
    }
    let clock = PhaseClock(workers: crew.pool.count)
    let metered = try epochs { epoch throws(Failure) in try fitting.timeEpoch(epoch, clock: clock) }
    let steps = Double(metered.count * fitting.stepsPerEpoch)
    // One worker speaks for all of its rank.
    let mine = (0..<crew.pool.count).map { clock.seconds(.exchange, worker: $0) }.max()! / steps
    /// Of a time, that of the rank with least of it, and that with most.
    func range(_ seconds: Double) -> (least: Double, most: Double) {
      let all = ranks.all(Int(seconds * 1e9)).map { Double($0) * 1e-9 }
      return (all.min()!, all.max()!)
    }
    exchange = range(mine)
    exchangeShare = exchange.least / (metered.seconds / steps)
    let traffic = fitting.trafficPerStep ?? (0, 0)
    (sentBytes, receivedBytes) = (ranks.all(traffic.sent).max()!, ranks.all(traffic.received).max()!)
    let silent = try epochs { epoch throws(Failure) in try fitting.timeComputing(epoch) }
    let computing = silent.seconds / Double(silent.count * fitting.stepsPerEpoch)
    // All rest as long and as often as the first.
    let rest = Double(ranks.first(Int(computing * 1e9))) * 1e-9
    let rehearsals = ranks.first(max(16, Int(seconds / 2 / stepSeconds)))
    let exchanging = try fitting.timeExchange(steps: rehearsals, rest: rest) ?? 0
    alone = (range(exchanging / Double(rehearsals)).least, computing)
  }
}
