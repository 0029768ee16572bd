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
  /// Keeps the weights of a stripe as they are, for `norms`. To be called by the worker whose stripe it is, before its update.
  public func keep(_ stripe: Stripe) {
    for segments in stripe.blocks {
      for segment in segments { (kept.base + segment.offset).update(from: weights.base + segment.offset, count: segment.count) }
    }
  }

  /// After `keep` of all stripes: for each layer with trained numbers the norms of the weights that were kept, of the summed gradient, and of what has changed
  /// since. To be asked while no worker runs.
  public var norms: [BlockNorms] {
    let names = network.layers.map(\.name) + network.normalizations.map(\.name)
    return zip(names, network.blocks).compactMap { name, block in
      guard !block.variables.isEmpty else { return nil }
      // Eight sums of each, or every addition would wait for the one before.
      var (weight, slope, change) = (SIMD8<Double>(), SIMD8<Double>(), SIMD8<Double>())
      for variable in block.variables {
        for panel in 0..<block.panels {
          // In one piece; its padding is zero.
          let first = block.index(row: variable.rows.lowerBound, unit: 32 * panel)
          for index in stride(from: first, to: first + variable.rows.count * min(32, block.columns - 32 * panel), by: 8) {
            let (before, after, gradient) = (wide(kept.base + index), wide(weights.base + index), wide(gradient.base + index))
            weight += before * before
            slope += gradient * gradient
            change += (after - before) * (after - before)
          }
        }
      }
      return BlockNorms(layer: name, weights: weight.sum().squareRoot(), gradient: slope.sum().squareRoot(), change: change.sum().squareRoot())
    }
  }
}

@inline(__always) private func wide(_ floats: UnsafePointer<Float>) -> SIMD8<Double> {
  SIMD8<Double>(UnsafeRawPointer(floats).loadUnaligned(as: SIMD8<Float>.self))
}
