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
  func run(_ worker: WorkerContext, _ epoch: EpochPlan, firstStep: Int, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>, _ total: EpochSums) {
    let shard = shards[worker.number]
    let reducer = Reducer(kernels: kernels, stripe: stripes[worker.number], shards: shards, parameters: parameters, rule: rule)
    for number in 0..<epoch.steps {
      let plan = number < epoch.wholeSteps ? epoch.whole : epoch.rest
      let batch = rows + number * epoch.batchSize
      let passes = plan.passes[worker.number]
      for (index, pass) in passes.enumerated() {
        // While a pass's rows are gathered, those of this worker's next pass are asked for; after the last pass that is the next step's first.
        let next = index + 1 < passes.count ? passes[index + 1].firstRow : epoch.batchSize + passes[0].firstRow
        let exists = number * epoch.batchSize + next + pass.rows <= epoch.rows
        compute(pass, plan, shard, source, batch + pass.firstRow, exists ? next - pass.firstRow : 0, total)
      }
      guard worker.barrier.wait() else { return }
      reducer.apply(plan, rule.factors(step: firstStep + number + 1, weight: Double(plan.rows)))
      if worker.number == 0 {
        total.foldStep(slices: plan.slices)
        progress.advance()
      }
      guard worker.barrier.wait() else { return }
    }
  }

  /// Forward, loss and backward of one pass; `rows` are its rows.
  @inline(__always)
  private func compute(
    _ pass: BatchPlan.Pass, _ plan: BatchPlan, _ shard: Shard, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>, _ ahead: Int, _ total: EpochSums
  ) {
    shard.forward(source, rows: rows, count: pass.rows, ahead: ahead)
    shard.computeLoss(source, rows: rows, count: pass.rows)
    for slice in 0..<pass.slices {
      let first = slice * plan.sliceRows
      total[pass.firstSlice + slice] = shard.sums(first: first, count: min(plan.sliceRows, pass.rows - first), accuracy: countsAccuracy)
    }
    shard.backward(count: pass.rows, sliceRows: plan.sliceRows, into: pass.buffer, adds: pass.adds)
    for merge in pass.merges { shard.merge(merge.from, into: merge.into) }
  }
}
