/// How large a layer's trained numbers are, all its variables as one vector.
public struct BlockNorms: Equatable, Sendable {
  /// Keras's name of the layer.
  public let layer: String
  /// Of the weights as they were.
  public let weights: Double
  /// Of the mean gradient of the step.
  public let gradient: Double
  /// Of what the weights have changed by since then.
  public let change: Double
}

extension ParameterArena {
  /// For each layer with trained numbers the norms of its weights in `old`, an arena as it was, of the summed gradient, and of what has changed since. To be
  /// asked while no worker runs.
  public func norms(since old: [Float]) -> [BlockNorms] {
    let names = network.layers.map(\.name) + network.normalizations.map(\.name)
    return zip(names, network.blocks).compactMap { name, block in
      guard !block.variables.isEmpty else { return nil }
      var (weight, slope, change) = (0.0, 0.0, 0.0)
      for variable in block.variables {
        for panel in 0..<block.panels {
          // In one piece; its padding is zero.
          let first = block.index(row: variable.rows.lowerBound, unit: 32 * panel)
          let range = first..<first + variable.rows.count * min(32, block.columns - 32 * panel)
          old.withUnsafeBufferPointer { old in
            for index in range {
              let (before, after, gradient) = (Double(old[index]), Double(weights.base[index]), Double(gradient.base[index]))
              weight += before * before
              slope += gradient * gradient
              change += (after - before) * (after - before)
            }
          }
        }
      }
      return BlockNorms(layer: name, weights: weight.squareRoot(), gradient: slope.squareRoot(), change: change.squareRoot())
    }
  }
}
