import KernelTemplates
import NeuralNetwork
import Workers

/// What each worker does in an epoch, or a part of one: the lockstep itself.
///
/// Everything in it is shared by all workers. Which worker writes what, and which barrier protects it, is said at `Shard`, `Reducer`,
/// `ParameterArena` and `EpochSums`.
struct StepLoop: Sendable {
  let kernels: any KernelSet.Type
  let parameters: ParameterArena
  let rule: OptimizerRule
  let countsAccuracy: Bool
  /// One a worker.
  var shards: [Shard]
  /// One a worker; that of one that sits out is not used.
  var stripes: [Stripe]
  let busy: BusyClock
  /// Steps that are done in this epoch.
  let progress = StepCounter()

  /// Some steps of an epoch on one worker. Nothing in the loop allocates or locks.
  ///
  /// - Parameters:
  ///   - firstStep: steps the model took before this epoch.
  ///   - rows: the store rows in the order of this epoch.
  ///   - meter: hears where the worker's phases end.
  func run(
    _ worker: WorkerContext, _ epoch: EpochPlan, steps: Range<Int>, firstStep: Int, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>,
    _ total: EpochSums, _ meter: some PhaseMeter
  ) {
    let shard = shards[worker.number]
    let reducer = Reducer(kernels: kernels, stripe: stripes[worker.number], shards: shards, parameters: parameters, rule: rule)
    let isFirst = worker.number == epoch.shares.members[0]
    meter.begin(worker.number)
    for number in steps {
      let begin = monotonicNanoseconds()
      let plan = epoch.plan(number)
      let batch = rows + number * epoch.batchSize
      for pass in plan.passes[worker.number] {
        compute(worker, pass, plan, shard, source, batch + pass.firstRow, epoch.ahead(pass, step: number), total, meter)
      }
      busy.add(worker.number, since: begin)
      guard worker.barrier.wait() else { return }
      meter.end(.wait, worker.number)
      reducer.apply(plan, rule.factors(step: firstStep + number + 1, weight: Double(plan.rows)))
      if isFirst {
        total.foldStep(slices: plan.slices)
        progress.advance()
      }
      meter.end(.reduce, worker.number)
      guard worker.barrier.wait() else { return }
      meter.end(.wait, worker.number)
    }
  }

  /// Forward, loss and backward of one pass; `rows` are its rows, and while they are gathered those `ahead` rows later are asked for.
  @inline(__always)
  private func compute(
    _ worker: WorkerContext, _ pass: BatchPlan.Pass, _ plan: BatchPlan, _ shard: Shard, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>, _ ahead: Int,
    _ total: EpochSums, _ meter: some PhaseMeter
  ) {
    shard.gather(source, rows: rows, count: pass.rows, ahead: ahead)
    meter.end(.gather, worker.number)
    shard.forward(count: pass.rows)
    meter.end(.forward, worker.number)
    shard.computeLoss(source, rows: rows, count: pass.rows)
    for slice in 0..<pass.slices {
      let first = slice * plan.sliceRows
      total[pass.firstSlice + slice] = shard.sums(first: first, count: min(plan.sliceRows, pass.rows - first), accuracy: countsAccuracy)
    }
    meter.end(.loss, worker.number)
    shard.backward(count: pass.rows, sliceRows: plan.sliceRows, into: pass.buffer, adds: pass.adds)
    for merge in 0..<pass.merges { shard.merge(pass.buffer - merge, into: pass.buffer - merge - 1) }
    meter.end(.backward, worker.number)
  }
}
