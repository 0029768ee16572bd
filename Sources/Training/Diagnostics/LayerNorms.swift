import NeuralNetwork

/// How large a layer's trained numbers are at a step, all its variables as one vector.
public struct LayerNorms: Equatable, Sendable, Decodable {
  /// Keras's name.
  public let layer: String
  /// Before the step.
  public let weightNorm: Double
  /// Of the batch's mean gradient, as the optimizer's formulas get it: penalties added, but norms not yet clipped.
  public let gradientNorm: Double
  /// Of what the step changed.
  public let updateNorm: Double

  /// The share of themselves that weights move by; 1e-3 is usual.
  public var updateRatio: Double { weightNorm > 0 ? updateNorm / weightNorm : 0 }

  /// What the watched step did, the last that was taken: number `batch` that the model ever took, of so many rows. To be asked while no worker runs.
  static func ofLastStep(_ loop: StepLoop, batch: Int, rows: Int) -> [LayerNorms] {
    let scale = loop.rule.gradientScale(batch: batch, weight: Double(rows))
    return loop.parameters.norms.map {
      LayerNorms(layer: $0.layer, weightNorm: $0.weights, gradientNorm: $0.gradient * scale, updateNorm: $0.change)
    }
  }
}
