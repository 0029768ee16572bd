import Datasets
import NeuralNetwork
import RunConfig

extension Network {
  /// Whether a normalisation of the inputs wants to know the training rows.
  public var adapts: Bool {
    description.contains { if case .normalization(let normalization) = $0 { normalization.mean == nil } else { false } }
  }

  /// Writes mean and variance of the inputs over `dataset`'s rows into an arena of weights, as Keras's `Normalization.adapt` does. Summed in row order, in Double.
  public func adapt(_ arena: inout [Float], to dataset: Dataset) {
    guard adapts, let layout = inputNormalization, !dataset.rows.isEmpty else { return }
    let raw: (mean: [Double], variance: [Double]) =
      switch dataset.store.features {
      case .bytes(let bytes): moments(of: dataset.rows) { Double(bytes.base[$0]) }
      case .floats(let values): values.withUnsafeBufferPointer { values in moments(of: dataset.rows) { Double(values[$0]) } }
      }
    // What is done to the inputs before it.
    var (factor, offset) = (inputScale / dataset.scale, 0.0)
    preparations: for preparation in preparation {
      switch preparation {
      case .rescaling(let scale, let shift): (factor, offset) = (factor * scale, offset * scale + shift)
      case .normalization: break preparations
      case .dropout, .gaussianNoise, .augmentation: continue
      }
    }
    var (mean, variance) = (raw.mean.map { $0 * factor + offset }, raw.variance.map { $0 * factor * factor })
    if description.contains(where: { if case .normalization(let normalization) = $0 { normalization.axis == .none } else { false } }) {
      let all = mean.reduce(0, +) / Double(inputs)
      let spread = zip(mean, variance).reduce(0) { $0 + $1.1 + ($1.0 - all) * ($1.0 - all) } / Double(inputs)
      (mean, variance) = (Array(repeating: all, count: inputs), Array(repeating: spread, count: inputs))
    }
    for input in 0..<inputs {
      arena[layout.index(row: 0, unit: input)] = Float(mean[input])
      arena[layout.index(row: 1, unit: input)] = Float(variance[input])
    }
  }

  /// Of each input: its mean, and the mean of the squared distances from it, in two passes.
  private func moments(of rows: [UInt32], _ value: (Int) -> Double) -> (mean: [Double], variance: [Double]) {
    var mean = [Double](repeating: 0, count: inputs)
    for row in rows { for input in 0..<inputs { mean[input] += value(Int(row) * inputs + input) } }
    for input in 0..<inputs { mean[input] /= Double(rows.count) }
    var variance = [Double](repeating: 0, count: inputs)
    for row in rows {
      for input in 0..<inputs {
        let distance = value(Int(row) * inputs + input) - mean[input]
        variance[input] += distance * distance
      }
    }
    for input in 0..<inputs { variance[input] /= Double(rows.count) }
    return (mean, variance)
  }
}
