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
  let meter: Meter
  let worker: Int

  /// Floats summed, updated and transposed at once: few enough for the sums to be in the first-level cache when they are used.
  private let blockCount = 1024
  /// Segments that share a pass over the rows: few enough for their sums to stay in the second-level cache from chunk to chunk, while each chunk is
  /// fetched from further away once for all of them.
  private let groupCount = 4

  /// Sums a section's gradients, behind those of the section before it where `adds`. With `factors`, in a batch's last section, the parameters move.
  func reduce(_ section: BatchPlan.Section, adds: Bool, upcoming: BatchBuffers.Upcoming?, factors: StepFactors?) {
    for segments in stripe.layers {
      for first in stride(from: 0, to: segments.count, by: groupCount) {
        for chunk in section.chunks {
          let isFirst = chunk.rows.lowerBound == 0
          let isLast = chunk.rows.upperBound == section.rows.count
          for segment in segments[first..<min(first + groupCount, segments.count)] {
            reduce(segment, chunk, adds: adds || !isFirst, upcoming: upcoming, factors: isLast ? factors : nil)
          }
        }
      }
    }
  }

  /// The gradient of a segment over a chunk's rows, and after the last of them the update, block by block.
  private func reduce(_ segment: Stripe.Segment, _ chunk: Shard.Chunk, adds: Bool, upcoming: BatchBuffers.Upcoming?, factors: StepFactors?) {
    let blockRows = blockCount / segment.width
    for first in stride(from: segment.rows.lowerBound, to: segment.rows.upperBound, by: blockRows) {
      let rows = first..<min(first + blockRows, segment.rows.upperBound)
      buffers.weightGradient(segment, rows: rows, chunk, adds: adds, upcoming: upcoming)
      meter.end(.backward, worker)
      guard let factors else { continue }
      let offset = segment.offset + (first - segment.rows.lowerBound) * segment.width
      parameters.update(kernels, rule, offset: offset, count: rows.count * segment.width, factors)
      parameters.transpose(kernels, segment, rows: rows)
      meter.end(.reduce, worker)
    }
  }
}
