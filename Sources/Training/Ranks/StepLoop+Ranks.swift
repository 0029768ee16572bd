import NeuralNetwork
import Workers

extension StepLoop {
  /// The end of a step that several processes take together, behind the sums of this one's own rows: what the others summed comes in, this rank's part of the
  /// weights moves, and everybody gets everybody's. False when the pool has failed, or any rank.
  func finish(
    _ worker: WorkerContext, _ exchange: RankExchange, _ plan: BatchPlan, _ own: Reducer<some PhaseMeter>, _ all: Reducer<some PhaseMeter>, _ move: StepMove,
    step: Int, isFirst: Bool, _ total: EpochSums, _ meter: some PhaseMeter, _ begin: inout UInt64
  ) -> Bool {
    guard cross(worker, meter, &begin) else { return false }
    /// What the first worker says to the other ranks; time that has nothing to do with its share of the rows.
    func talk(_ words: () -> Void) {
      guard isFirst else { return }
      busy.add(worker.number, since: begin)
      meter.exchanges(worker.number)
      words()
      meter.end(.exchange, worker.number)
      begin = monotonicNanoseconds()
    }
    talk {
      exchange.exchange(plan, total)
      if !total.isFinite(slices: plan.slices) { faults.lossFailed(step, section: StepFaults.elsewhere) }
    }
    guard cross(worker, meter, &begin), !faults.lossHasFailed else { return false }
    own.join(exchange, plan)
    if let limit = rule.normLimit {
      own.sumSquares(move, step: step)
      guard cross(worker, meter, &begin) else { return false }
      talk { exchange.gatherSquares() }
      guard cross(worker, meter, &begin) else { return false }
      own.update(limit, step: step, move)
    } else {
      own.update(step: step, move)
    }
    guard cross(worker, meter, &begin) else { return false }
    talk { if exchange.gatherWeights(hasFailed: faults.weightsHaveFailed) { faults.weightsFailed(step) } }
    // Whether a rank has failed is looked at behind the next barrier: before it the first worker may set it again, for an infinite penalty.
    guard cross(worker, meter, &begin) else { return false }
    all.transpose()
    return true
  }
}

extension Reducer {
  /// The whole batch's gradient of the stripe, which is a part of what this rank updates.
  func join(_ exchange: RankExchange, _ plan: BatchPlan) {
    for segments in stripe.blocks { for segment in segments { exchange.sum(kernels, segment, plan) } }
    meter.end(.reduce, worker)
  }

  /// After `join`: the stripe moves.
  func update(step: Int, _ move: StepMove) {
    for segments in stripe.blocks {
      for segment in segments {
        let isFinite = parameters.completeGradient(kernels, segment, rows: segment.rows, move)
        if !parameters.update(kernels, rule, segment, rows: segment.rows, move, move.factors) || !isFinite { faults.weightsFailed(step) }
      }
    }
    meter.end(.reduce, worker)
  }

  /// After others have changed weights: the stripe's transposed copies.
  func transpose() {
    for segments in stripe.blocks { for segment in segments { parameters.transpose(kernels, segment, rows: segment.rows) } }
    meter.end(.reduce, worker)
  }
}
