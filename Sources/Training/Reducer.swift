import KernelTemplates
import NeuralNetwork

/// One worker's part of the second half of a step: bring the slices' gradients together in the tree's order, average, update, transpose,
/// over its own stripe.
///
/// It runs between the barrier after which no gradient changes and the one before which no weight is read. It reads and adds to every worker's
/// gradient buffers, but only the floats of its stripe, which no other worker touches then.
struct Reducer {
  /// Floats taken through additions, update and transposition at once: few enough to stay in the first-level cache with their moments.
  static let blockCount = 1024

  let kernels: any KernelSet.Type
  let stripe: Stripe
  let shards: [Shard]
  let parameters: ParameterArena
  let rule: OptimizerRule

  func apply(_ plan: BatchPlan, _ factors: StepFactors) {
    let total = shards[plan.total.worker].gradient(plan.total.index)
    for segment in stripe.segments {
      let blockRows = Self.blockCount / segment.width
      for first in stride(from: 0, to: segment.rows, by: blockRows) {
        let rows = min(blockRows, segment.rows - first)
        let offset = segment.offset + first * segment.width
        let count = rows * segment.width
        for reduction in plan.reductions {
          let from = shards[reduction.from.worker].gradient(reduction.from.index) + offset
          let into = shards[reduction.into.worker].gradient(reduction.into.index) + offset
          kernels.add(from, into: into, count: count)
        }
        parameters.update(kernels, rule, offset: offset, count: count, gradient: total + offset, factors)
        parameters.transpose(kernels, segment, first: first, rows: rows)
      }
    }
  }
}
