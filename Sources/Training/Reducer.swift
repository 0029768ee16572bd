import KernelTemplates
import NeuralNetwork

/// One worker's part of the last third of a step: the gradients of its own stripe of the parameters, summed over all rows of the batch, then the average,
/// the update, and the transposed copies.
///
/// It runs after the barrier behind which no output and no gradient of a row changes. It reads what all workers computed, and writes its stripe only.
struct Reducer<Meter: PhaseMeter> {
  let kernels: any KernelSet.Type
  let stripe: Stripe
  let buffers: BatchBuffers
  let parameters: ParameterArena
  let rule: OptimizerRule
  let faults: StepFaults
  let meter: Meter
  let worker: Int

  /// Floats summed, updated and transposed at once: few enough for the sums to be near when they are used. Fewer are worse: with 1,024 floats a step of
  /// 25-15-10 with 32 rows took a tenth longer (one of 512-512-10 as long), its time lost where a block's first deltas are loaded; most likely these loads
  /// wait for stores of the last block's update whose addresses agree in their last twelve bits.
  private let blockCount = 4096

  /// Before the batch's second barrier: what the stripe's weights add to the loss. `batch` counts those the model ever had.
  func sumPenalties(batch: Int) {
    for segments in stripe.blocks { for segment in segments { parameters.sumPenalties(kernels, segment, step: batch) } }
  }

  /// Before the stripe's weights change: keeps them as they are.
  func keepWeights() { parameters.keep(stripe) }

  /// Sums a section's gradients, behind those of the section before it. With `move`, in a batch's last section, the parameters move; `step` is the epoch's that
  /// this is. An exchange goes on meanwhile.
  func reduce(_ section: BatchPlan.Section, step: Int, move: StepMove?, during exchange: RankExchange? = nil) {
    for segments in stripe.blocks {
      let groupCount = BatchBuffers.gradientUnits / 32
      for group in stride(from: 0, to: segments.count, by: groupCount) {
        let group = group..<min(group + groupCount, segments.count)
        var inputs = 0
        for number in group { inputs = max(inputs, segments[number].rows.upperBound) }
        for part in section.parts {
          let isLast = part.chunk.rows.upperBound == section.rows.count
          for input in stride(from: 0, to: inputs, by: BatchBuffers.gradientInputs) {
            for number in group {
              let rows = segments[number].rows.clamped(to: input..<input + BatchBuffers.gradientInputs)
              reduce(segments[number], rows, part, step: step, move: isLast ? move : nil)
            }
            exchange?.goOn()
          }
        }
      }
    }
    meter.end(.backward, worker)
  }

  /// The gradient of some rows of a segment over a chunk's rows, and after the last of them the update, piece by piece.
  private func reduce(_ segment: Stripe.Segment, _ range: Range<Int>, _ part: BatchPlan.GradientPart, step: Int, move: StepMove?) {
    // Blocks begin where panels of inputs do, so that they are cut into few tiles.
    let blockRows = blockCount / segment.width
    var first = range.lowerBound
    while first < range.upperBound {
      let rows = first..<min((first / blockRows + 1) * blockRows, range.upperBound)
      first = rows.upperBound
      buffers.weightGradient(segment, rows: rows, part.chunk, arena: part.arena, adds: !part.begins)
      for merge in 0..<part.merges { parameters.addGradient(kernels, segment, rows: rows, of: part.arena - merge) }
      guard let move else { continue }
      meter.end(.backward, worker)
      let isFinite = parameters.completeGradient(kernels, segment, rows: rows, move)
      if !parameters.update(kernels, rule, segment, rows: rows, move, move.factors) || !isFinite { faults.weightsFailed(step) }
      meter.end(.reduce, worker)
    }
  }

  /// Where the gradient's norm is clipped: after `reduce` of a batch's last section without a move, and before `update`.
  func sumSquares(_ move: StepMove, step: Int) {
    for segments in stripe.blocks {
      for segment in segments {
        if !parameters.completeGradient(kernels, segment, rows: segment.rows, move) { faults.weightsFailed(step) }
        parameters.sumSquares(kernels, segment)
      }
    }
    meter.end(.reduce, worker)
  }

  /// After `sumSquares` of all workers: the parameters move.
  func update(_ limit: OptimizerRule.NormLimit, step: Int, _ move: StepMove) {
    var all = 0.0
    if limit.isGlobal {
      for block in parameters.network.blocks {
        for variable in block.variables { all += parameters.squaredNorm(block, variable.rows) }
      }
    }
    for (block, segments) in zip(parameters.network.blocks, stripe.blocks) where !segments.isEmpty {
      for variable in block.variables {
        let norm = limit.isGlobal ? all : parameters.squaredNorm(block, variable.rows)
        for segment in segments { update(segment, segment.rows.clamped(to: variable.rows), limit, step, norm, move) }
      }
    }
    meter.end(.reduce, worker)
  }

  /// Updates some rows of a segment, block by block, from a gradient whose norm has this square.
  private func update(
    _ segment: Stripe.Segment, _ range: Range<Int>, _ limit: OptimizerRule.NormLimit, _ step: Int, _ squaredNorm: Double, _ move: StepMove
  ) {
    guard !range.isEmpty else { return }
    let norm = squaredNorm.squareRoot() / move.divisor
    var factors = move.factors
    factors?.gradientScale = Float(limit.norm / max(norm, limit.norm) / move.divisor)
    // A norm beyond all numbers would scale the gradient to nothing.
    if !norm.isFinite { faults.weightsFailed(step) }
    let blockRows = blockCount / segment.width
    for first in stride(from: range.lowerBound, to: range.upperBound, by: blockRows) {
      let rows = first..<min(first + blockRows, range.upperBound)
      if !parameters.update(kernels, rule, segment, rows: rows, move, factors) { faults.weightsFailed(step) }
    }
  }

  /// After the update of all workers, as worker `rank` of `count` at work: what is constrained is put back.
  func constrain(rank: Int, of count: Int) {
    parameters.constrain(kernels, first: rank, of: count)
    meter.end(.reduce, worker)
  }
}
