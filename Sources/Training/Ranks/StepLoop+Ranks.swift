import NeuralNetwork
import Workers

/// What a worker reduces where several processes train together, part of the arena by part: of the gradients of this process's rows its share, and of what this
/// rank updates.
struct RankReducers<Meter: PhaseMeter> {
  let gradients: [Reducer<Meter>]
  let owned: [Reducer<Meter>]

  /// A section's gradients, behind those of the section before it.
  func reduce(_ section: BatchPlan.Section, step: Int) { for part in gradients { part.reduce(section, step: step, move: nil) } }

  func transpose() { for part in gradients { part.transpose() } }
}

extension StepLoop {
  /// The end of a step that several processes take together, behind the losses of this one's own rows: the gradients of the last section, part by part, each of
  /// which goes to the others while the next is computed; what the others summed comes in, this rank's share of the weights moves, and everybody gets everybody's.
  /// False when the pool has failed, or any rank.
  ///
  /// - Parameter section: the last one; nil where a loss is no number, so that no gradient is worth computing. The other ranks wait all the same.
  func finish(
    _ worker: WorkerContext, _ exchange: RankExchange, _ plan: BatchPlan, _ section: BatchPlan.Section?, _ reducers: RankReducers<some PhaseMeter>,
    _ move: StepMove, step: Int, isFirst: Bool, _ total: EpochSums, _ meter: some PhaseMeter, _ begin: inout UInt64
  ) -> Bool {
    func talk(_ words: () -> Void) { if isFirst { self.talk(worker, meter, &begin, words) } }
    talk { exchange.beginSums(plan, total) }
    for (part, reducer) in reducers.gradients.enumerated() {
      if let section { reducer.reduce(section, step: step, move: nil, during: isFirst && part > 0 ? exchange : nil) }
      guard cross(worker, meter, &begin) else { return false }
      talk { exchange.begin(part, plan) }
    }
    talk {
      exchange.endSums(total)
      guard !total.isFinite(blocks: BatchPlan.blocks(plan.rows)) else { return }
      faults.lossFailed(step, section: StepFaults.elsewhere)
      // Nobody leaves before all that was begun has ended.
      for part in exchange.parts.indices { exchange.end(part, plan) }
    }
    for (part, reducer) in reducers.owned.enumerated() {
      talk { if !faults.lossHasFailed { exchange.end(part, plan) } }
      guard cross(worker, meter, &begin), !faults.lossHasFailed else { return false }
      reducer.join(exchange, part, plan)
      if rule.normLimit != nil {
        reducer.sumSquares(move, step: step)
      } else {
        reducer.update(step: step, move)
        guard cross(worker, meter, &begin) else { return false }
        talk { exchange.beginWeights(part) }
      }
    }
    if let limit = rule.normLimit {
      guard cross(worker, meter, &begin) else { return false }
      talk { exchange.gatherSquares() }
      guard cross(worker, meter, &begin) else { return false }
      for reducer in reducers.owned { reducer.update(limit, step: step, move) }
      guard cross(worker, meter, &begin) else { return false }
      talk { for part in exchange.parts.indices { exchange.beginWeights(part) } }
    }
    talk { if exchange.endWeights(hasFailed: faults.weightsHaveFailed) { faults.weightsFailed(step) } }
    // Whether a rank has failed is looked at behind the next barrier: before it the first worker may set it again, for an infinite penalty.
    guard cross(worker, meter, &begin) else { return false }
    reducers.transpose()
    return true
  }

  /// Between two passes, behind the barrier: the first worker joins the statistics of this process's blocks, and gets the others'. False when the pool has failed.
  func share(
    _ worker: WorkerContext, _ exchange: RankExchange, pass: Int, _ position: BatchPosition, _ meter: some PhaseMeter, isFirst: Bool, _ begin: inout UInt64,
    _ join: () -> Void
  ) -> Bool {
    if isFirst {
      talk(worker, meter, &begin) {
        join()
        exchange.gatherStatistics(buffers, pass: pass, rows: position.batch)
      }
    }
    return cross(worker, meter, &begin)
  }

  /// What the first worker says to the other ranks; time that has nothing to do with its share of the rows.
  private func talk(_ worker: WorkerContext, _ meter: some PhaseMeter, _ begin: inout UInt64, _ words: () -> Void) {
    busy.add(worker.number, since: begin)
    meter.exchanges(worker.number)
    words()
    meter.end(.exchange, worker.number)
    begin = monotonicNanoseconds()
  }
}

extension Reducer {
  /// The whole batch's gradient of the stripe, which is a share of what this rank updates of a part.
  func join(_ exchange: RankExchange, _ part: Int, _ plan: BatchPlan) {
    for segments in stripe.blocks { for segment in segments { exchange.sum(kernels, segment, of: part, plan) } }
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
