import Glibc

// References of the elementwise kernels, in Double: what the formulas say, as exactly as the C library tells.

/// The activation of one row of logits.
public func activationReference(_ kind: ActivationKernel, _ z: [Double]) -> [Double] {
  switch kind {
  case .linear: return z
  case .sigmoid: return z.map { 1 / (1 + exp(-$0)) }
  case .relu: return z.map { max($0, 0) }
  case .tanh: return z.map { Glibc.tanh($0) }
  case .softmax:
    let top = z.max()!
    let e = z.map { exp($0 - top) }
    let sum = e.reduce(0, +)
    return e.map { $0 / sum }
  case .softplus: return z.map { max($0, 0) + log1p(exp(-abs($0))) }
  case .softsign: return z.map { $0 / (1 + abs($0)) }
  case .elu(let alpha): return z.map { $0 > 0 ? $0 : Double(alpha) * expm1($0) }
  case .selu: return z.map { 1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * expm1($0)) }
  case .gelu: return z.map { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }
  case .geluTanh: return z.map { $0 / (1 + exp(-2 * (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
  case .silu: return z.map { $0 / (1 + exp(-$0)) }
  case .leakyRelu(let slope): return z.map { $0 > 0 ? $0 : Double(slope) * $0 }
  case .exponential: return z.map { exp($0) }
  case .hardSigmoid: return z.map { min(max(($0 + 3) / 6, 0), 1) }
  case .mish: return z.map { $0 * Glibc.tanh(max($0, 0) + log1p(exp(-abs($0)))) }
  }
}

/// The loss of one row: outputs (probabilities or logits, as `kind` says) against targets.
public func lossReference(_ kind: LossKernel, outputs: [Double], targets: [Double]) -> Double {
  let pairs = zip(outputs, targets)
  let count = Double(outputs.count)
  func clip(_ p: Double) -> Double { min(max(p, Double(probabilityClip)), Double(1 - probabilityClip)) }
  switch kind {
  case .softmaxCrossentropy:
    let top = outputs.max()!
    let total = top + log(outputs.reduce(0) { $0 + exp($1 - top) })
    return pairs.reduce(0) { $0 + $1.1 * (total - $1.0) }
  case .categoricalCrossentropy:
    let sum = outputs.reduce(0, +)
    return pairs.reduce(0) { $0 - $1.1 * log(clip($1.0 / sum)) }
  case .sigmoidCrossentropy:
    return pairs.reduce(0) { $0 + max($1.0, 0) - $1.0 * $1.1 + log1p(exp(-abs($1.0))) } / count
  case .binaryCrossentropy:
    return pairs.reduce(0) { $0 - $1.1 * log(clip($1.0)) - (1 - $1.1) * log(1 - clip($1.0)) } / count
  case .meanSquaredError:
    return pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / count
  case .meanAbsoluteError: return pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / count
  case .huber(let delta):
    return pairs.reduce(0) { sum, pair in
      let (error, delta) = (abs(pair.0 - pair.1), Double(delta))
      return sum + (error <= delta ? error * error / 2 : delta * error - delta * delta / 2)
    } / count
  case .logCosh: return pairs.reduce(0) { $0 + log(cosh($1.0 - $1.1)) } / count
  case .hinge: return pairs.reduce(0) { $0 + max(1 - $1.0 * $1.1, 0) } / count
  case .squaredHinge: return pairs.reduce(0) { $0 + pow(max(1 - $1.0 * $1.1, 0), 2) } / count
  case .categoricalHinge:
    let (others, own) = (pairs.map { (1 - $1) * $0 }.max()!, pairs.reduce(0) { $0 + $1.0 * $1.1 })
    return max(others - own + 1, 0)
  case .klDivergence:
    return pairs.reduce(0) { sum, pair in
      let (p, y) = (min(max(pair.0, 1e-7), 1), min(max(pair.1, 1e-7), 1))
      return sum + y * log(y / p)
    }
  case .poisson: return pairs.reduce(0) { $0 + $1.0 - $1.1 * log($1.0 + 1e-7) } / count
  case .sigmoidFocalCrossentropy(let gamma, let negative, let positive):
    return pairs.reduce(0) { sum, pair in
      let p = 1 / (1 + exp(-pair.0))
      let crossentropy = max(pair.0, 0) - pair.0 * pair.1 + log1p(exp(-abs(pair.0)))
      return sum + focalReference(crossentropy, p, pair.1, gamma, negative, positive)
    } / count
  case .binaryFocalCrossentropy(let gamma, let negative, let positive):
    return pairs.reduce(0) { sum, pair in
      let crossentropy = -pair.1 * log(clip(pair.0)) - (1 - pair.1) * log(1 - clip(pair.0))
      return sum + focalReference(crossentropy, pair.0, pair.1, gamma, negative, positive)
    } / count
  }
}

private func focalReference(_ crossentropy: Double, _ p: Double, _ y: Double, _ gamma: Float, _ negative: Float, _ positive: Float) -> Double {
  let right = y * p + (1 - y) * (1 - p)
  return (y * Double(positive) + (1 - y) * Double(negative)) * pow(1 - right, Double(gamma)) * crossentropy
}
