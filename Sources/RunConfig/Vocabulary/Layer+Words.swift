import Foundation

extension Activation {
  /// The values that it can give, infinite where they have no end.
  public var range: ClosedRange<Double> {
    switch self {
    case .linear, .leakyRelu: -Double.infinity...Double.infinity
    case .sigmoid, .softmax, .hardSigmoid: 0...1
    case .relu, .softplus, .exponential: 0...Double.infinity
    case .tanh, .softsign: -1...1
    case .elu(let alpha): -alpha...Double.infinity
    case .selu: -1.758_099_340_847_376_6...Double.infinity
    case .gelu: -0.17...Double.infinity
    case .silu: -0.278_464_542_761_073_8...Double.infinity
    case .mish: -0.308_84...Double.infinity
    }
  }

  /// Its formula, of z.
  public var formula: String {
    switch self {
    case .linear: "z"
    case .sigmoid: "1 / (1 + e^-z)"
    case .relu: "max(z, 0)"
    case .softmax: "e^z / Σ e^z"
    case .tanh: "tanh z"
    case .softplus: "ln(1 + e^z)"
    case .softsign: "z / (1 + |z|)"
    case .elu(let alpha): "z above 0, else \(short(alpha))·(e^z - 1)"
    case .selu: "1.0507·(z above 0, else 1.6733·(e^z - 1))"
    case .gelu(false): "z·Φ(z)"
    case .gelu(true): "z·σ(1.5958·(z + 0.0447·z³))"
    case .silu: "z / (1 + e^-z)"
    case .leakyRelu(let slope): "z above 0, else \(short(slope))·z"
    case .exponential: "e^z"
    case .hardSigmoid: "(z + 3) / 6 between 0 and 1"
    case .mish: "z·tanh(ln(1 + e^z))"
    }
  }
}

extension Layer {
  /// What it does to the numbers that reach it, for a table.
  public var words: String {
    switch self {
    case .dense(let dense):
      "x·W" + (dense.useBias ? " + b" : "") + (dense.activation == .linear ? "" : ", then \(dense.activation.name)")
    case .activation(let activation): activation.formula
    case .dropout(let dropout): "in training, 0 for \(short(100 * dropout.rate))% of them"
    case .gaussianNoise(let noise): "in training, noise of deviation \(short(noise.stddev))"
    case .batchNormalization: "mean 0, variance 1 over the batch"
    case .layerNormalization: "mean 0, variance 1 over the row"
    case .activityRegularization(let layer): "adds \(short(layer.l1))·Σ|x| + \(short(layer.l2))·Σx² to the loss"
    case .flatten, .reshape: "nothing: rows are flat"
    case .augmentation: "in training, changes images at random"
    case .rescaling(let rescaling): "x·\(short(rescaling.scale))" + (rescaling.offset == 0 ? "" : " + \(short(rescaling.offset))")
    case .normalization(let normalization): normalization.mean == nil ? "mean 0, variance 1 over the training rows" : "mean and variance as given"
    }
  }
}

/// A number in four digits at most.
private func short(_ number: Double) -> String { String(format: "%.4g", number) }
