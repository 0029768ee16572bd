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
      norms = loop.parameters.norms(since: old, gradientScale: scale)
      before = nil
    }
  }
}

extension ParameterArena {
  /// For each layer with trained numbers, how large those, their gradient and their change since `old` are.
  fileprivate func norms(since old: [Float], gradientScale: Double) -> [LayerNorms] {
    let (weights, gradient) = (weightCopy, gradientCopy)
    return zip(network.layers.map(\.name) + network.normalizations.map(\.name), network.blocks).compactMap { name, block in
      guard !block.variables.isEmpty else { return nil }
      var (weight, slope, change) = (0.0, 0.0, 0.0)
      for row in block.variables.map(\.rows).joined() {
        for unit in 0..<block.units {
          let index = block.index(row: row, unit: unit)
          weight += Double(old[index]) * Double(old[index])
          slope += Double(gradient[index]) * Double(gradient[index])
          let moved = Double(weights[index]) - Double(old[index])
          change += moved * moved
        }
      }
      return LayerNorms(
        layer: name, weightNorm: weight.squareRoot(), gradientNorm: slope.squareRoot() * gradientScale, updateNorm: change.squareRoot())
    }
  }
}
