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
  /// The loss of one example: `outputs` are logits where the loss says so.
  fileprivate func value(_ outputs: [Double], _ targets: [Double]) -> Double {
    let count = Double(outputs.count)
    func clip(_ p: Double) -> Double { min(max(p, 1e-7), 1 - 1e-7) }
    switch self {
    case .binaryCrossentropy(let fromLogits):
      return zip(outputs, targets).reduce(0) { sum, pair in
        let p = fromLogits ? logistic(pair.0) : clip(pair.0)
        return sum - pair.1 * log(p) - (1 - pair.1) * log(1 - p)
      } / count
    case .categoricalCrossentropy(let fromLogits), .sparseCategoricalCrossentropy(let fromLogits):
      let total = outputs.reduce(0, +)
      let p = fromLogits ? normalizedExponentials(outputs) : outputs.map { clip($0 / total) }
      return zip(p, targets).reduce(0) { $0 - $1.1 * log($1.0) }
    case .meanSquaredError:
      return zip(outputs, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / count
    }
  }
}

private func logistic(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

private func normalizedExponentials(_ z: [Double]) -> [Double] {
  let e = z.map { exp($0) }
  let sum = e.reduce(0, +)
  return e.map { $0 / sum }
}
