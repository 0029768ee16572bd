import NeuralNetwork

extension RankExchange {
  /// By one worker of every rank, while nobody else runs: all that a step of `plan` exchanges, with nothing computed beside it: for a benchmark, which is to know what
  /// of it a step hides. Whatever lies there is sent as gradients and losses, and of the weights everybody's, so that none changes.
  func exchangeAlone(_ plan: BatchPlan, _ total: EpochSums, _ buffers: BatchBuffers, clipsNorms: Bool) {
    // Forward and back.
    for pass in 0..<buffers.passes - 1 { for _ in 0..<2 { gatherStatistics(buffers, pass: pass, rows: plan.rows) } }
    beginSums(plan, total)
    for part in parts.indices { begin(part, plan) }
    endSums(total)
    for part in parts.indices {
      end(part, plan)
      if !clipsNorms { beginWeights(part) }
    }
    if clipsNorms {
      gatherSquares()
      for part in parts.indices { beginWeights(part) }
    }
    _ = endWeights(hasFailed: false)
  }
}
