import KernelTemplates
import NeuralNetwork
import Workers

/// What each worker does in an epoch, or a part of one: the lockstep itself.
///
/// All of it but the plans and stripes is shared by the workers. Which worker writes what, and which barrier protects it, is said at `BatchBuffers`,
/// `ParameterArena` and `EpochSums`.
struct StepLoop: Sendable {
  let kernels: any KernelSet.Type
  let parameters: ParameterArena
  /// Set by the coordinator while no worker runs.
  var rule: OptimizerRule
  let countsAccuracy: Bool
  let buffers: BatchBuffers
  /// One a worker, so that the reference counts that change whenever a plan is read stay in that worker's cache. Set by the coordinator while no worker runs.
  private var epochs: [EpochPlan]
  /// One a worker; that of one that sits out is empty. Set with `epochs`.
  private var stripes: [Stripe]
  /// With the other processes that train; nil without any.
  let exchange: RankExchange?
  /// For each worker and part of the arena its share of the gradients of this process's rows, and of what this rank updates. Set with `epochs`; empty without other
  /// ranks.
  private var shared: [[(gradients: Stripe, owned: Stripe)]] = []
  let busy: BusyClock
  let faults: StepFaults
  /// Steps that are done in this epoch.
  let progress = StepCounter()

  init(
    kernels: any KernelSet.Type, parameters: ParameterArena, rule: OptimizerRule, countsAccuracy: Bool, buffers: BatchBuffers, epoch: EpochPlan,
    exchange: RankExchange?, busy: BusyClock, faults: StepFaults
  ) {
    self.kernels = kernels
    self.parameters = parameters
    self.rule = rule
    self.countsAccuracy = countsAccuracy
    self.buffers = buffers
    self.exchange = exchange
    self.busy = busy
    self.faults = faults
    epochs = []
    stripes = []
    follow(epoch)
  }

  /// Takes steps by this plan from now on.
  mutating func follow(_ epoch: EpochPlan) {
    epochs = epoch.shares.weights.indices.map { epoch.own($0) }
    stripes = epoch.stripes(parameters.network)
    guard let exchange else { return }
    let network = parameters.network
    let parts = exchange.parts.map { (gradients: epoch.stripes(network, of: $0.floats), owned: epoch.stripes(network, of: $0.owned)) }
    shared = epochs.indices.map { worker in parts.map { ($0.gradients[worker], $0.owned[worker]) } }
  }

  /// Some steps of an epoch on one worker. Nothing in the loop allocates or locks.
  ///
  /// - Parameters:
  ///   - firstStep: steps the model took before this epoch.
  ///   - watched: the step before whose update the weights are kept; nil for none.
  ///   - rows: the store rows in the order of this epoch.
  ///   - meter: hears where the worker's phases end.
  func run(
    _ worker: WorkerContext, steps: Range<Int>, firstStep: Int, watched: Int?, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>,
    _ total: EpochSums, _ meter: some PhaseMeter
  ) {
    func reducer(_ stripe: Stripe) -> Reducer<some PhaseMeter> {
      Reducer(kernels: kernels, stripe: stripe, buffers: buffers, parameters: parameters, rule: rule, faults: faults, meter: meter, worker: worker.number)
    }
    let others = exchange.map { _ in
      RankReducers(gradients: shared[worker.number].map { reducer($0.gradients) }, owned: shared[worker.number].map { reducer($0.owned) })
    }
    let reducer = reducer(stripes[worker.number])
    let epoch = epochs[worker.number]
    let isFirst = worker.number == epoch.shares.members[0]
    let isOnly = epoch.shares.members.count == 1
    let passes = buffers.passes
    let (penalizes, constrains) = (parameters.network.penalizesWeights, parameters.network.constrainsWeights)
    meter.begin(worker.number)
    for number in steps {
      let plan = epoch.plan(number)
      /// Where there are other ranks: in a section of this step. The others are told at its end.
      var lossHasFailed = false
      for section in plan.sections {
        let batch = rows + (number * epoch.batchSize + section.rows.lowerBound)
        let position = BatchPosition(step: firstStep + number, firstRow: section.rows.lowerBound, rows: section.rows.count, batch: plan.rows)
        let shard = section.shards[worker.number]

        var begin = monotonicNanoseconds()
        let last = section.rows.upperBound == plan.taken.upperBound
        if lossHasFailed {
          guard last, let exchange, let others else { continue }
          let move = rule.move(batch: firstStep + number + 1, weight: Double(plan.rows))
          _ = finish(worker, exchange, plan, nil, others, move, step: number, isFirst: isFirst, total, meter, &begin)
          return
        }
        if penalizes, section.rows.lowerBound == plan.taken.lowerBound { reducer.sumPenalties(batch: firstStep + number) }
        for chunk in shard.chunks {
          let following = epoch.following(chunk, of: shard, in: section, step: number)
          buffers.gather(
            shard, chunk, source, rows: batch, following: UnsafeBufferPointer(start: rows + following.lowerBound, count: following.count), position,
            worker: worker.number)
          buffers.prefetchLabels(shard.rows.clamped(to: chunk.rows), source, rows: batch)
          meter.end(.gather, worker.number)
          buffers.multiplyInputs(shard, chunk, worker: worker.number)
          meter.end(.forward, worker.number)
          // Alone with its rows, a worker takes each chunk all the way while it is in its cache; unless it must wait for others on the way.
          if plan.isAlone, passes == 1 {
            compute(worker, shard, chunk.rows, section, source, batch, position, total, meter, step: number, isFirst: isFirst, &begin)
          }
        }
        if !plan.isAlone {
          guard cross(worker, meter, &begin), !faults.weightsHaveFailed else { return }
        }
        if !plan.isAlone || passes > 1 {
          guard compute(worker, shard, shard.rows, section, source, batch, position, total, meter, step: number, isFirst: isFirst, &begin) else { return }
        }
        guard cross(worker, meter, &begin) else { return }
        lossHasFailed = faults.lossHasFailed
        // The section stays in the buffers, for whoever asks what was wrong.
        if lossHasFailed, exchange == nil { return }
        if lossHasFailed, !last { continue }

        let move = last ? rule.move(batch: firstStep + number + 1, weight: Double(plan.rows)) : nil
        if last, number == watched { reducer.keepWeights() }
        if let exchange, let others {
          if let move {
            let summed = lossHasFailed ? nil : section
            guard finish(worker, exchange, plan, summed, others, move, step: number, isFirst: isFirst, total, meter, &begin) else { return }
          } else {
            others.reduce(section, step: number)
          }
        } else {
          reducer.reduce(section, step: number, move: rule.normLimit == nil ? move : nil)
          if let limit = rule.normLimit, let move {
            // Nobody moves before the whole gradient is there, and its norm can be told.
            reducer.sumSquares(move, step: number)
            guard cross(worker, meter, &begin) else { return }
            reducer.update(limit, step: number, move)
          }
        }
        if last, isFirst {
          if passes > 1 { buffers.moveRunningStatistics(worker: worker.number) }
          if exchange == nil { total.sum(plan.blocks, slices: plan.slices) }
          total.foldStep(blocks: BatchPlan.blocks(plan.rows))
          if penalizes { foldPenalty(batch: firstStep + number, rows: plan.rows, step: number, total) }
          progress.advance()
        }
        meter.end(.reduce, worker.number)
        if last, constrains {
          // What is put back is a whole column, and others have moved parts of it.
          guard cross(worker, meter, &begin), !faults.weightsHaveFailed else { return }
          reducer.constrain(rank: epoch.shares.members.firstIndex(of: worker.number)!, of: epoch.shares.members.count)
        }
        // A worker gathers other inputs than those that it sums gradients of where there are other ranks.
        if plan.endsWithBarrier || last && constrains || exchange != nil {
          guard cross(worker, meter, &begin), !faults.weightsHaveFailed else { return }
        } else {
          busy.add(worker.number, since: begin)
        }
        // Nobody waits for one who is alone.
        if isOnly, faults.weightsHaveFailed { return }
      }
    }
  }

  /// Behind the batch's second barrier: adds to the epoch's loss what the weights themselves add to that of each row.
  private func foldPenalty(batch: Int, rows: Int, step: Int, _ total: EpochSums) {
    let penalty = parameters.penalty(step: batch)
    if !penalty.isFinite { faults.weightsFailed(step) }
    total.add(penalty * Double(rows))
  }

  /// Waits for all others. False when the pool has failed.
  @inline(__always)
  func cross(_ worker: WorkerContext, _ meter: some PhaseMeter, _ begin: inout UInt64) -> Bool {
    busy.add(worker.number, since: begin)
    meter.waits(worker.number)
    guard worker.barrier.wait() else { return false }
    meter.end(.wait, worker.number)
    begin = monotonicNanoseconds()
    return true
  }

  /// Everything but the first layer's sums and the weights' gradients, for some rows of one shard. False when the pool has failed.
  @inline(__always) @discardableResult
  private func compute(
    _ worker: WorkerContext, _ shard: Shard, _ range: Range<Int>, _ section: BatchPlan.Section, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>,
    _ position: BatchPosition, _ total: EpochSums, _ meter: some PhaseMeter, step: Int, isFirst: Bool, _ begin: inout UInt64
  ) -> Bool {
    let last = buffers.passes - 1
    for pass in 0...last {
      buffers.forward(shard, range, pass: pass, position, worker: worker.number)
      meter.end(.forward, worker.number)
      if pass < last {
        guard cross(worker, meter, &begin) else { return false }
        if let exchange {
          let goesOn = share(worker, exchange, pass: pass, position, meter, isFirst: isFirst, &begin) { buffers.joinMoments(pass: pass, position) }
          guard goesOn else { return false }
        }
      }
    }
    buffers.computeLoss(range, source, rows: rows)
    for first in stride(from: range.lowerBound, to: range.upperBound, by: BatchPlan.sliceRows) {
      let slice = first..<min(first + BatchPlan.sliceRows, range.upperBound)
      let sums = buffers.sums(slice, accuracy: countsAccuracy)
      if !sums.loss.isFinite { faults.lossFailed(step, section: section.rows.lowerBound / BatchBuffers.mostRows) }
      let number = (section.rows.lowerBound + first) / BatchPlan.sliceRows
      total[number] = sums
      total.tally(number, buffers, slice, source, rows: rows, worker: worker.number)
    }
    meter.end(.loss, worker.number)
    for pass in (0...last).reversed() {
      buffers.backward(range, pass: pass, position, worker: worker.number)
      meter.end(.backward, worker.number)
      if pass > 0 {
        guard cross(worker, meter, &begin) else { return false }
        if let exchange {
          let goesOn = share(worker, exchange, pass: pass - 1, position, meter, isFirst: isFirst, &begin) { buffers.joinProducts(pass: pass - 1, position) }
          guard goesOn else { return false }
        }
      }
    }
    return true
  }
}
