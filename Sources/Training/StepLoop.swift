import KernelTemplates
import NeuralNetwork
import Workers

/// What each worker does in an epoch: the lockstep itself.
///
/// Everything in it is shared by all workers. Which worker writes what, and which barrier protects it, is said at `Shard`, `Reducer`,
/// `ParameterArena` and `EpochSums`.
struct StepLoop: Sendable {
  let kernels: any KernelSet.Type
  let parameters: ParameterArena
  let rule: OptimizerRule
  let countsAccuracy: Bool
  /// One a worker.
  let shards: [Shard]
  /// One a worker.
  let stripes: [Stripe]
  /// Steps that are done in this epoch.
  let progress = StepCounter()

  /// All steps of an epoch on one worker. Nothing in the loop allocates or locks.
  ///
  /// - Parameters:
  ///   - firstStep: steps the model took before this epoch.
  ///   - rows: the store rows in the order of this epoch.
  ///   - meter: hears where the worker's phases end.
  func run(
    _ worker: WorkerContext, _ epoch: EpochPlan, firstStep: Int, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>, _ total: EpochSums,
    _ meter: some PhaseMeter
  ) {
    let shard = shards[worker.number]
    let reducer = Reducer(kernels: kernels, stripe: stripes[worker.number], shards: shards, parameters: parameters, rule: rule)
    meter.begin(worker.number)
    for number in 0..<epoch.steps {
      let plan = number < epoch.wholeSteps ? epoch.whole : epoch.rest
      let batch = rows + number * epoch.batchSize
      let passes = plan.passes[worker.number]
      for (index, pass) in passes.enumerated() {
        // While a pass's rows are gathered, those of this worker's next pass are asked for; after the last pass that is the next step's first.
        let next = index + 1 < passes.count ? passes[index + 1].firstRow : epoch.batchSize + passes[0].firstRow
        let exists = number * epoch.batchSize + next + pass.rows <= epoch.rows
        compute(worker, pass, plan, shard, source, batch + pass.firstRow, exists ? next - pass.firstRow : 0, total, meter)
      }
      guard worker.barrier.wait() else { return }
      meter.end(.wait, worker.number)
      reducer.apply(plan, rule.factors(step: firstStep + number + 1, weight: Double(plan.rows)))
      if worker.number == 0 {
        total.foldStep(slices: plan.slices)
        progress.advance()
      }
      meter.end(.reduce, worker.number)
      guard worker.barrier.wait() else { return }
      meter.end(.wait, worker.number)
    }
  }

  /// Forward, loss and backward of one pass; `rows` are its rows.
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
    for merge in pass.merges { shard.merge(merge.from, into: merge.into) }
    meter.end(.backward, worker.number)
  }
}
