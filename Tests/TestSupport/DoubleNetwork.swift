import Foundation
import RunConfig

/// A dense network in Double, one example and one number at a time, straight from Keras's formulas. It shares no code with the engine, so that a mistake
/// cannot agree with itself.
public struct DoubleNetwork: Sendable {
  public struct DenseLayer: Sendable {
    public let inputs: Int
    public let units: Int
    public let activation: Activation
    /// Row-major `[inputs, units]`.
    public var kernel: [Double]
    /// `units` numbers, or none.
    public var bias: [Double]
  }

  public var layers: [DenseLayer]

  /// The network that `description` says, over examples of `inputs` numbers, with `tensors` for its numbers: kernel and bias of each layer in turn.
  public init(inputs: Int, _ description: [Dense], tensors: [[Float]]) {
    var rest = tensors[...]
    var width = inputs
    layers = []
    for dense in description {
      let kernel = rest.removeFirst().map(Double.init)
      let bias = dense.useBias ? rest.removeFirst().map(Double.init) : []
      layers.append(DenseLayer(inputs: width, units: dense.units, activation: dense.activation, kernel: kernel, bias: bias))
      width = dense.units
    }
  }

  /// Where each kernel and each bias begins and ends among `parameters`.
  public var tensors: [Range<Int>] {
    layers.flatMap { [$0.kernel.count, $0.bias.count] }.reduce(into: [0]) { $0.append($0.last! + $1) }.adjacentRanges
  }

  /// Every parameter: kernel and bias of each layer in turn, the order of `tensors`.
  public var parameters: [Double] {
    get { layers.flatMap { $0.kernel + $0.bias } }
    set {
      var rest = newValue[...]
      for index in layers.indices {
        layers[index].kernel = Array(rest.prefix(layers[index].kernel.count))
        rest = rest.dropFirst(layers[index].kernel.count)
        layers[index].bias = Array(rest.prefix(layers[index].bias.count))
        rest = rest.dropFirst(layers[index].bias.count)
      }
    }
  }

  /// What the network answers to `example`, its last activation applied.
  public func outputs(_ example: [Double]) -> [Double] { outputs(example, from: 0) }

  /// The mean loss over `examples`, as Keras defines it.
  public func loss(_ loss: Loss, _ examples: [[Double]], _ targets: [[Double]]) -> Double {
    zip(examples, targets).reduce(0) { $0 + loss.value(outputs($1.0, from: 0), $1.1) } / Double(examples.count)
  }

  /// The gradient of the mean loss by central differences, in the order of `parameters`.
  public func gradient(_ loss: Loss, _ examples: [[Double]], _ targets: [[Double]]) -> [Double] {
    let step = 1e-6
    var gradient: [Double] = []
    var moved = self
    var inputs = examples
    for index in layers.indices {
      func mean() -> Double {
        zip(inputs, targets).reduce(0) { $0 + loss.value(moved.outputs($1.0, from: index), $1.1) } / Double(inputs.count)
      }
      func slope(_ path: WritableKeyPath<DenseLayer, [Double]>, _ element: Int) -> Double {
        let here = layers[index][keyPath: path][element]
        moved.layers[index][keyPath: path][element] = here + step
        let above = mean()
        moved.layers[index][keyPath: path][element] = here - step
        let below = mean()
        moved.layers[index][keyPath: path][element] = here
        return (above - below) / (2 * step)
      }
      gradient += layers[index].kernel.indices.map { slope(\.kernel, $0) }
      gradient += layers[index].bias.indices.map { slope(\.bias, $0) }
      inputs = inputs.map { layers[index].outputs($0) }
    }
    return gradient
  }

  /// What the layers from number `first` on make of `values`.
  private func outputs(_ values: [Double], from first: Int) -> [Double] { layers[first...].reduce(values) { $1.outputs($0) } }
}

extension DoubleNetwork.DenseLayer {
  fileprivate func outputs(_ x: [Double]) -> [Double] {
    var z = bias.isEmpty ? [Double](repeating: 0, count: units) : bias
    for input in 0..<inputs {
      for unit in 0..<units { z[unit] += x[input] * kernel[input * units + unit] }
    }
    return activation.value(z)
  }
}

extension Initializer {
  /// Every initialiser, with Keras's options and with others.
  public static let every: [Initializer] = [
    .zeros, .ones, .constant(), .constant(value: 0.3), .identity(), .orthogonal(), .orthogonal(gain: 0.5), .randomNormal(),
    .randomNormal(mean: 0.1, stddev: 0.2),
    .randomUniform(), .randomUniform(minval: -0.3, maxval: 0.1), .truncatedNormal(), .truncatedNormal(mean: -0.1, stddev: 0.3), .varianceScaling(),
    .varianceScaling(scale: 2, mode: .fanOut, distribution: .untruncatedNormal), .varianceScaling(scale: 0.5, mode: .fanAverage, distribution: .uniform),
    .glorotUniform, .glorotNormal, .heUniform, .heNormal, .lecunUniform, .lecunNormal,
  ]
}

extension Activation {
  /// Every activation, with Keras's options and with others.
  public static let every: [Activation] = [
    .linear, .sigmoid, .relu, .softmax, .tanh, .softplus, .softsign, .elu(), .elu(alpha: 0.3), .selu, .gelu(), .gelu(approximate: true), .silu, .leakyRelu(),
    .leakyRelu(negativeSlope: 0.01), .exponential, .hardSigmoid, .mish,
  ]

  fileprivate func value(_ z: [Double]) -> [Double] {
    switch self {
    case .linear: return z
    case .sigmoid: return z.map(logistic)
    case .relu: return z.map { max($0, 0) }
    case .tanh: return z.map { Foundation.tanh($0) }
    case .softmax: return normalizedExponentials(z)
    case .softplus: return z.map { log1p(exp($0)) }
    case .softsign: return z.map { $0 / (1 + abs($0)) }
    case .elu(let alpha): return z.map { $0 > 0 ? $0 : alpha * expm1($0) }
    case .selu: return z.map { 1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * expm1($0)) }
    case .gelu(approximate: false): return z.map { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
    case .gelu(approximate: true): return z.map { 0.5 * $0 * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
    case .silu: return z.map { $0 * logistic($0) }
    case .leakyRelu(let slope): return z.map { $0 > 0 ? $0 : slope * $0 }
    case .exponential: return z.map { exp($0) }
    case .hardSigmoid: return z.map { min(max($0 / 6 + 0.5, 0), 1) }
    case .mish: return z.map { $0 * Foundation.tanh(log1p(exp($0))) }
    }
  }
}

extension Loss {
  /// Every loss, with Keras's options and with others.
  public static let every: [Loss] = [
    .binaryCrossentropy(), .binaryCrossentropy(fromLogits: true), .binaryCrossentropy(fromLogits: true, labelSmoothing: 0.2), .binaryFocalCrossentropy(),
    .binaryFocalCrossentropy(fromLogits: true), .binaryFocalCrossentropy(gamma: 1.5, alpha: 0.3, applyClassBalancing: true, labelSmoothing: 0.1),
    .binaryFocalCrossentropy(fromLogits: true, gamma: 0.5, alpha: 0.3, applyClassBalancing: true), .categoricalCrossentropy(),
    .categoricalCrossentropy(fromLogits: true), .categoricalCrossentropy(labelSmoothing: 0.1), .sparseCategoricalCrossentropy(),
    .sparseCategoricalCrossentropy(fromLogits: true), .klDivergence, .meanSquaredError, .meanAbsoluteError, .huber(), .huber(delta: 0.3), .logCosh, .poisson,
    .hinge, .squaredHinge, .categoricalHinge,
  ]

  /// The loss of one example: `outputs` are logits where the loss says so.
  fileprivate func value(_ outputs: [Double], _ targets: [Double]) -> Double {
    let count = Double(outputs.count)
    func clip(_ p: Double) -> Double { min(max(p, 1e-7), 1 - 1e-7) }
    func mean(_ targets: [Double], _ term: (Double, Double) -> Double) -> Double { zip(outputs, targets).reduce(0) { $0 + term($1.0, $1.1) } / count }
    func smooth(_ smoothing: Double, _ rest: Double) -> [Double] { targets.map { $0 * (1 - smoothing) + smoothing * rest } }
    func binary(_ p: Double, _ y: Double) -> Double { -y * log(p) - (1 - y) * log(1 - p) }
    func categorical(_ fromLogits: Bool, _ targets: [Double]) -> Double {
      let total = outputs.reduce(0, +)
      let p = fromLogits ? normalizedExponentials(outputs) : outputs.map { clip($0 / total) }
      return zip(p, targets).reduce(0) { $0 - $1.1 * log($1.0) }
    }
    // Those of these tests are never all 0 or 1 where they are not meant so.
    let sides = targets.allSatisfy { $0 == 0 || $0 == 1 } ? targets.map { 2 * $0 - 1 } : targets
    switch self {
    case .binaryCrossentropy(let fromLogits, let smoothing):
      return mean(smooth(smoothing, 0.5)) { binary(fromLogits ? logistic($0) : clip($0), $1) }
    case .binaryFocalCrossentropy(let fromLogits, let gamma, let alpha, let isBalanced, let smoothing):
      return mean(smooth(smoothing, 0.5)) { output, y in
        let p = fromLogits ? logistic(output) : output
        let right = y * p + (1 - y) * (1 - p)
        return (isBalanced ? y * alpha + (1 - y) * (1 - alpha) : 1) * pow(1 - right, gamma) * binary(fromLogits ? p : clip(p), y)
      }
    case .categoricalCrossentropy(let fromLogits, let smoothing): return categorical(fromLogits, smooth(smoothing, 1 / count))
    case .sparseCategoricalCrossentropy(let fromLogits): return categorical(fromLogits, targets)
    case .klDivergence: return count * mean(targets.map { min(max($0, 1e-7), 1) }) { $1 * log($1 / min(max($0, 1e-7), 1)) }
    case .meanSquaredError: return mean(targets) { ($0 - $1) * ($0 - $1) }
    case .meanAbsoluteError: return mean(targets) { abs($0 - $1) }
    case .huber(let delta): return mean(targets) { abs($0 - $1) <= delta ? ($0 - $1) * ($0 - $1) / 2 : delta * (abs($0 - $1) - delta / 2) }
    case .logCosh: return mean(targets) { log(cosh($0 - $1)) }
    case .poisson: return mean(targets) { $0 - $1 * log($0 + 1e-7) }
    case .hinge: return mean(sides) { max(1 - $0 * $1, 0) }
    case .squaredHinge: return mean(sides) { max(1 - $0 * $1, 0) * max(1 - $0 * $1, 0) }
    case .categoricalHinge:
      let largest = zip(outputs, targets).map { $0 * (1 - $1) }.max()!
      return max(largest - count * mean(targets) { $0 * $1 } + 1, 0)
    }
  }
}

private func logistic(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

private func normalizedExponentials(_ z: [Double]) -> [Double] {
  let e = z.map { exp($0) }
  let sum = e.reduce(0, +)
  return e.map { $0 / sum }
}

extension [Int] {
  fileprivate var adjacentRanges: [Range<Int>] { zip(self, dropFirst()).map { $0..<$1 } }
}
