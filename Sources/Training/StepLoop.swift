import KernelTemplates
import NeuralNetwork
import Workers

/// What each worker does in an epoch, or a part of one: the lockstep itself.
///
/// Everything in it is shared by all workers. Which worker writes what, and which barrier protects it, is said at `BatchBuffers`, `ParameterArena` and
/// `EpochSums`.
struct StepLoop: Sendable {
  let kernels: any KernelSet.Type
  let parameters: ParameterArena
  let rule: OptimizerRule
  let countsAccuracy: Bool
  let buffers: BatchBuffers
  /// One a worker; that of one that sits out is empty.
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
    let reducer = Reducer(kernels: kernels, stripe: stripes[worker.number], buffers: buffers, parameters: parameters, rule: rule)
    let isFirst = worker.number == epoch.shares.members[0]
    meter.begin(worker.number)
    for number in steps {
      let plan = epoch.plan(number)
      for section in plan.sections {
        let batch = rows + (number * epoch.batchSize + section.rows.lowerBound)
        let ahead = epoch.ahead(section, step: number)
        let upcoming = ahead > 0 ? BatchBuffers.Upcoming(source, rows: batch + ahead) : nil
        let shard = section.shards[worker.number]

        var begin = monotonicNanoseconds()
        buffers.gather(shard, source, rows: batch)
        meter.end(.gather, worker.number)
        buffers.multiplyInputs(shard, worker: worker.number, upcoming: upcoming)
        busy.add(worker.number, since: begin)
        meter.end(.forward, worker.number)
        guard worker.barrier.wait() else { return }
        meter.end(.wait, worker.number)

        begin = monotonicNanoseconds()
        compute(worker, shard, firstSlice: section.rows.lowerBound / BatchPlan.sliceRows, source, batch, upcoming, total, meter)
        busy.add(worker.number, since: begin)
        guard worker.barrier.wait() else { return }
        meter.end(.wait, worker.number)

        begin = monotonicNanoseconds()
        reducer.sum(section, adds: section.rows.lowerBound > 0, upcoming: upcoming)
        meter.end(.backward, worker.number)
        if section.rows.upperBound == plan.rows {
          reducer.update(rule.factors(step: firstStep + number + 1, weight: Double(plan.rows)))
          if isFirst {
            total.foldStep(slices: plan.slices)
            progress.advance()
          }
        }
        busy.add(worker.number, since: begin)
        meter.end(.reduce, worker.number)
        // One group's workers find in their own stripes all that they read before the next barrier.
        if plan.groups > 1 {
          guard worker.barrier.wait() else { return }
          meter.end(.wait, worker.number)
        }
      }
    }
  }

  /// Everything but the first layer's sums and the weights' gradients, for the rows of one shard.
  @inline(__always)
  private func compute(
    _ worker: WorkerContext, _ shard: Shard, firstSlice: Int, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>, _ upcoming: BatchBuffers.Upcoming?,
    _ total: EpochSums,
    _ meter: some PhaseMeter
  ) {
    buffers.forward(shard)
    meter.end(.forward, worker.number)
    buffers.computeLoss(shard, source, rows: rows, upcoming: upcoming)
    for first in stride(from: shard.rows.lowerBound, to: shard.rows.upperBound, by: BatchPlan.sliceRows) {
      let slice = first..<min(first + BatchPlan.sliceRows, shard.rows.upperBound)
      total[firstSlice + first / BatchPlan.sliceRows] = buffers.sums(slice, accuracy: countsAccuracy)
    }
    meter.end(.loss, worker.number)
    buffers.backward(shard)
    meter.end(.backward, worker.number)
  }
}
