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
  /// Segments, and inputs, that a chunk's rows are passed over for at once.
  private let groupCount = 4
  private let groupInputs = 512

  /// Sums a section's gradients, behind those of the section before it where `adds`. With `factors`, in a batch's last section, the parameters move.
  ///
  /// A few segments at a time pass over the rows, so that their sums stay in the second-level cache from chunk to chunk; and of a chunk as many inputs as
  /// stay there too while those segments pass.
  func reduce(_ section: BatchPlan.Section, adds: Bool, upcoming: BatchBuffers.Upcoming?, factors: StepFactors?) {
    for (layer, segments) in zip(parameters.network.layers, stripe.layers) {
      for first in stride(from: 0, to: segments.count, by: groupCount) {
        let group = segments[first..<min(first + groupCount, segments.count)]
        for chunk in section.chunks {
          let isFirst = chunk.rows.lowerBound == 0
          let isLast = chunk.rows.upperBound == section.rows.count
          for input in stride(from: 0, to: layer.arenaRows, by: groupInputs) {
            for segment in group {
              let rows = segment.rows.clamped(to: input..<input + groupInputs)
              reduce(segment, rows, chunk, adds: adds || !isFirst, upcoming: upcoming, factors: isLast ? factors : nil)
            }
          }
        }
      }
    }
  }

  /// The gradient of some rows of a segment over a chunk's rows, and after the last of them the update, block by block.
  private func reduce(
    _ segment: Stripe.Segment, _ range: Range<Int>, _ chunk: Shard.Chunk, adds: Bool, upcoming: BatchBuffers.Upcoming?, factors: StepFactors?
  ) {
    let blockRows = blockCount / segment.width
    for first in stride(from: range.lowerBound, to: range.upperBound, by: blockRows) {
      let rows = first..<min(first + blockRows, range.upperBound)
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
