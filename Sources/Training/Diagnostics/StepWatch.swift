import NeuralNetwork

/// Looks at one step of an epoch from outside: the weights before it, and weights and gradients after it.
struct StepWatch {
  /// Of the epoch, from 0; nil: none.
  let step: Int?
  private var before: [Float]?
  /// What the step did; nil until it is taken.
  private(set) var norms: [LayerNorms]?

  init(step: Int?, norms: [LayerNorms]? = nil) {
    self.step = step
    self.norms = norms
  }

  /// The most steps that may be taken from `done` on without passing the moment before the step, or that behind it.
  func limit(from done: Int) -> Int {
    guard let step, done <= step else { return Int.max }
    return max(1, step - done)
  }

  /// To be called while no worker runs, when `done` steps of the epoch are, which is `part` of a pass, and `batch` ones ever.
  mutating func look(_ loop: StepLoop, _ epoch: EpochPlan, _ part: Range<Int>, done: Int, batch: Int) {
    guard let step else { return }
    if done == step { before = loop.parameters.weightCopy }
    if done == step + 1, let old = before {
      let scale = loop.rule.gradientScale(batch: batch, weight: Double(epoch.plan(part.lowerBound + step).rows))
      norms = loop.parameters.norms(since: old).map {
        LayerNorms(layer: $0.layer, weightNorm: $0.weights, gradientNorm: $0.gradient * scale, updateNorm: $0.change)
      }
      before = nil
    }
  }
}
