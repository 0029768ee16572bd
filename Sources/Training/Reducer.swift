import KernelTemplates
import NeuralNetwork

/// One worker's part of the last third of a step: the gradients of its own stripe of the parameters, summed over all rows of the batch, then the average,
/// the update, and the transposed copies.
///
/// It runs after the barrier behind which no output and no gradient of a row changes. It reads what all workers computed, and writes its stripe only.
struct Reducer {
  /// Floats taken through update and transposition at once: few enough to stay in the first-level cache with their moments.
  static let blockCount = 1024

  let kernels: any KernelSet.Type
  let stripe: Stripe
  let buffers: BatchBuffers
  let parameters: ParameterArena
  let rule: OptimizerRule

  /// Adds up a section's gradients, behind those of the section before it where `adds`.
  func sum(_ section: BatchPlan.Section, adds: Bool, upcoming: BatchBuffers.Upcoming?) {
    for segments in stripe.layers {
      // A chunk of rows stays in the second-level cache while the segments pass.
      for chunk in section.chunks {
        for segment in segments { buffers.weightGradient(segment, chunk, adds: adds || chunk.rows.lowerBound > 0, upcoming: upcoming) }
      }
    }
  }

  func update(_ factors: StepFactors) {
    for segment in stripe.layers.joined() {
      let blockRows = Self.blockCount / segment.width
      for first in stride(from: segment.rows.lowerBound, to: segment.rows.upperBound, by: blockRows) {
        let rows = first..<min(first + blockRows, segment.rows.upperBound)
        let offset = segment.offset + (first - segment.rows.lowerBound) * segment.width
        parameters.update(kernels, rule, offset: offset, count: rows.count * segment.width, factors)
        parameters.transpose(kernels, segment, rows: rows)
      }
    }
  }
}
