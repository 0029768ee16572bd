import Foundation
import RunConfig

/// A network in Double, one number at a time, straight from Keras's formulas. It shares no code with the engine, so that a mistake cannot agree with itself.
/// The tests hold the engine to it, and so does `lockstep gradcheck`, on everybody's own data.
///
/// It takes a whole batch at once, since batch normalisation does, and computes as in training: random layers draw, and statistics are the batch's.
public struct DoubleNetwork: Sendable {
  private struct Part: Sendable {
    let layer: Layer
    /// Of a random layer its number among those, from 0.
    let number: Int
    /// Kernel (row-major `[inputs, units]`) and bias, or γ and β, as far as there are such.
    var tensors: [[Double]]
    /// Of batch normalisation: the running mean and variance.
    var running: [[Double]] = []
  }

  private var parts: [Part] = []
  /// The numbers of the parts with parameters, in the order of `parameters`.
  private let order: [Int]
  /// What random layers draw by.
  public var seed: UInt64 = 0
  /// Steps taken before.
  public var step = 0
  /// Mean and variance that inputs are normalised by.
  public var inputMoments: (mean: [Double], variance: [Double])?
  /// Whether a hinge's targets of 0 and 1 are taken for −1 and 1; else they are taken as they are.
  public var targetsAreBinary = true

  /// The network that `description` says, over examples of `inputs` numbers, with `tensors` for its trained numbers: kernel and bias of each dense layer in
  /// turn, then γ and β of each normalisation. Inputs are normalised by `inputMoments` alone.
  public init(inputs: Int, _ description: [Layer], tensors: [[Float]]) {
    var width = inputs
    var randomLayers = 0
    for layer in description {
      var part = Part(layer: layer, number: randomLayers, tensors: [])
      switch layer {
      case .dense(let dense): width = dense.units
      case .dropout, .gaussianNoise, .augmentation: randomLayers += 1
      case .batchNormalization: part.running = [Array(repeating: 0, count: width), Array(repeating: 1, count: width)]
      default: break
      }
      parts.append(part)
    }
    let dense = parts.indices.filter { if case .dense = description[$0] { true } else { false } }
    order = dense + parts.indices.filter { !dense.contains($0) && description[$0].tensorCount > 0 }
    var rest = tensors[...]
    for number in order {
      parts[number].tensors = (0..<description[number].tensorCount).map { _ in rest.removeFirst().map(Double.init) }
    }
  }

  /// Where each tensor begins and ends among `parameters`.
  public var tensors: [Range<Int>] {
    order.flatMap { parts[$0].tensors.map(\.count) }.reduce(into: [0]) { $0.append($0.last! + $1) }.adjacentRanges
  }

  /// Every trained number, in the order of `init`.
  public var parameters: [Double] {
    get { order.flatMap { parts[$0].tensors.joined() } }
    set {
      var rest = newValue[...]
      for number in order {
        for tensor in parts[number].tensors.indices {
          let count = parts[number].tensors[tensor].count
          parts[number].tensors[tensor] = Array(rest.prefix(count))
          rest = rest.dropFirst(count)
        }
      }
    }
  }

  /// The running mean and variance of each batch normalisation in turn.
  public var running: [[Double]] { parts.flatMap(\.running) }

  /// What the network answers to `example`, its last activation applied, where no row matters to another.
  public func outputs(_ example: [Double]) -> [Double] { outputs([example], from: 0)[0] }

  /// The mean loss over `examples`, as Keras defines it, and the penalties.
  public func loss(_ loss: Loss, _ examples: [[Double]], _ targets: [[Double]]) -> Double { value(loss, examples, targets, from: 0) }

  /// Puts every variable back into its constraint.
  public mutating func constrain() {
    for number in parts.indices {
      let constraints = parts[number].layer.constraints
      for (tensor, constraint) in constraints.enumerated() {
        guard let constraint else { continue }
        let values = parts[number].tensors[tensor]
        // The weights into each unit; of anything but a kernel all numbers.
        let units = if case .dense(let dense) = parts[number].layer, tensor == 0 { dense.units } else { 1 }
        for unit in 0..<units {
          let places = Array(stride(from: unit, to: values.count, by: units))
          let norm = places.reduce(0) { $0 + values[$1] * values[$1] }.squareRoot()
          for place in places { parts[number].tensors[tensor][place] = constraint.value(values[place], norm: norm) }
        }
      }
    }
  }

  /// The gradient of the mean loss by central differences, in the order of `parameters`.
  public func gradient(_ loss: Loss, _ examples: [[Double]], _ targets: [[Double]]) -> [Double] {
    let step = 1e-6
    var moved = self
    var inputs = examples
    var slopes: [Int: [Double]] = [:]
    for number in parts.indices {
      slopes[number] = parts[number].tensors.enumerated().flatMap { tensor, values in
        values.indices.map { element in
          moved.parts[number].tensors[tensor][element] = values[element] + step
          let above = moved.value(loss, inputs, targets, from: number)
          moved.parts[number].tensors[tensor][element] = values[element] - step
          let below = moved.value(loss, inputs, targets, from: number)
          moved.parts[number].tensors[tensor][element] = values[element]
          return (above - below) / (2 * step)
        }
      }
      inputs = outputs(inputs, of: parts[number])
    }
    return order.flatMap { slopes[$0]! }
  }

  /// The slopes of the mean loss at some of the parameters, by differences of 10⁻⁶ on either side: they agree, unless there is a kink between them.
  ///
  /// - Parameter elements: places in `parameters`, rising.
  public func slopes(_ loss: Loss, _ examples: [[Double]], _ targets: [[Double]], at elements: [Int]) -> [Slope] {
    let step = 1e-6
    var moved = self
    var inputs = examples
    var slopes: [Int: Slope] = [:]
    for number in parts.indices {
      let here = value(loss, inputs, targets, from: number)
      for (element, tensor, place) in places(elements, of: number) {
        let value = parts[number].tensors[tensor][place]
        moved.parts[number].tensors[tensor][place] = value + step
        let above = moved.value(loss, inputs, targets, from: number)
        moved.parts[number].tensors[tensor][place] = value - step
        let below = moved.value(loss, inputs, targets, from: number)
        moved.parts[number].tensors[tensor][place] = value
        slopes[element] = Slope(ahead: (above - here) / step, behind: (here - below) / step)
      }
      inputs = outputs(inputs, of: parts[number])
    }
    return elements.map { slopes[$0]! }
  }

  /// How the loss changes with one number.
  public struct Slope: Equatable, Sendable {
    /// Where it grows, and where it falls.
    public let ahead: Double
    public let behind: Double

    public init(ahead: Double, behind: Double) { (self.ahead, self.behind) = (ahead, behind) }

    /// The slope between the two, where they agree.
    public var middle: Double { (ahead + behind) / 2 }
  }

  /// Those of `elements` that lie in part `number`, with their tensor and place there.
  private func places(_ elements: [Int], of number: Int) -> [(element: Int, tensor: Int, place: Int)] {
    guard let position = order.firstIndex(of: number) else { return [] }
    var begin = order[..<position].reduce(0) { $0 + parts[$1].tensors.reduce(0) { $0 + $1.count } }
    var places: [(element: Int, tensor: Int, place: Int)] = []
    for (tensor, values) in parts[number].tensors.enumerated() {
      places += elements.filter { begin..<begin + values.count ~= $0 }.map { (element: $0, tensor: tensor, place: $0 - begin) }
      begin += values.count
    }
    return places
  }

  /// Moves the running means and variances by the statistics of a batch.
  public mutating func observe(_ examples: [[Double]]) {
    var inputs = examples
    for number in parts.indices {
      if case .batchNormalization(let layer) = parts[number].layer {
        let moments = inputs.transposed.map(moments)
        for (row, batch) in [moments.map(\.mean), moments.map(\.variance)].enumerated() {
          parts[number].running[row] = zip(parts[number].running[row], batch).map { layer.momentum * $0 + (1 - layer.momentum) * $1 }
        }
      }
      inputs = outputs(inputs, of: parts[number])
    }
  }

  /// The mean loss of what the layers from number `first` on make of a batch, with their penalties.
  private func value(_ loss: Loss, _ batch: [[Double]], _ targets: [[Double]], from first: Int) -> Double {
    var batch = batch
    var penalty = 0.0
    for part in parts[first...] {
      batch = outputs(batch, of: part)
      for (tensor, regularizer) in zip(part.tensors, part.layer.regularizers) { penalty += regularizer?.value(tensor) ?? 0 }
      penalty += batch.reduce(0) { $0 + (part.layer.activityRegularizer?.value($1) ?? 0) } / Double(batch.count)
    }
    return mean(loss, batch, targets) + penalty
  }

  private func mean(_ loss: Loss, _ outputs: [[Double]], _ targets: [[Double]]) -> Double {
    zip(outputs, targets).reduce(0) { $0 + loss.value($1.0, $1.1, areBinary: targetsAreBinary) } / Double(outputs.count)
  }

  /// What the layers from number `first` on make of a batch.
  private func outputs(_ batch: [[Double]], from first: Int) -> [[Double]] { parts[first...].reduce(batch) { outputs($0, of: $1) } }

  private func outputs(_ batch: [[Double]], of part: Part) -> [[Double]] {
    /// γ·x̂ + β.
    func scaled(_ row: [Double], scale: Bool, center: Bool) -> [Double] {
      let (gamma, beta) = (scale ? part.tensors[0] : [], center ? part.tensors[scale ? 1 : 0] : [])
      return row.indices.map { (gamma.isEmpty ? 1 : gamma[$0]) * row[$0] + (beta.isEmpty ? 0 : beta[$0]) }
    }
    func standardized(_ values: [Double], _ epsilon: Double) -> [Double] {
      let moments = moments(values)
      return values.map { ($0 - moments.mean) / (moments.variance + epsilon).squareRoot() }
    }
    /// The uniform number for each element.
    func drawn(_ f: (Double, Double) -> Double) -> [[Double]] {
      let key = DrawnNumbers(seed: seed, layer: part.number, step: step)
      return batch.enumerated().map { row, values in values.indices.map { f(values[$0], key.uniform(row: row, column: $0)) } }
    }
    switch part.layer {
    case .dense(let dense):
      let bias = dense.useBias ? part.tensors[1] : [Double](repeating: 0, count: dense.units)
      let kernel = part.tensors[0]
      return batch.map { x in
        var z = bias
        for input in x.indices where x[input] != 0 { for unit in 0..<dense.units { z[unit] += x[input] * kernel[input * dense.units + unit] } }
        return dense.activation.value(z)
      }
    case .activation(let activation): return batch.map(activation.value)
    case .flatten, .reshape, .activityRegularization: return batch
    case .augmentation(let layer): preconditionFailure("\(layer.name): what it draws is told elsewhere")
    case .normalization:
      guard let inputMoments else { return batch }
      return batch.map { row in row.indices.map { (row[$0] - inputMoments.mean[$0]) / max(inputMoments.variance[$0].squareRoot(), 1e-7) } }
    case .rescaling(let rescaling): return batch.map { row in row.map { $0 * rescaling.scale + rescaling.offset } }
    case .dropout(let dropout): return drawn { $1 < dropout.rate ? 0 : $0 / (1 - dropout.rate) }
    case .gaussianNoise(let noise): return drawn { $0 + noise.stddev * standardNormal($1) }
    case .batchNormalization(let layer):
      return batch.transposed.map { standardized($0, layer.epsilon) }.transposed.map { scaled($0, scale: layer.scale, center: layer.center) }
    case .layerNormalization(let layer): return batch.map { scaled(standardized($0, layer.epsilon), scale: layer.scale, center: layer.center) }
    }
  }
}

extension Layer {
  fileprivate var tensorCount: Int {
    switch self {
    case .dense(let dense): dense.useBias ? 2 : 1
    case .batchNormalization(let layer): (layer.scale ? 1 : 0) + (layer.center ? 1 : 0)
    case .layerNormalization(let layer): (layer.scale ? 1 : 0) + (layer.center ? 1 : 0)
    default: 0
    }
  }
}

extension Layer {
  /// Of each of its tensors.
  fileprivate var regularizers: [Regularizer?] {
    switch self {
    case .dense(let dense): [dense.kernelRegularizer, dense.biasRegularizer]
    case .batchNormalization(let layer): (layer.scale ? [layer.gammaRegularizer] : []) + (layer.center ? [layer.betaRegularizer] : [])
    case .layerNormalization(let layer): (layer.scale ? [layer.gammaRegularizer] : []) + (layer.center ? [layer.betaRegularizer] : [])
    default: []
    }
  }

  fileprivate var constraints: [Constraint?] {
    switch self {
    case .dense(let dense): dense.useBias ? [dense.kernelConstraint, dense.biasConstraint] : [dense.kernelConstraint]
    case .batchNormalization(let layer): (layer.scale ? [layer.gammaConstraint] : []) + (layer.center ? [layer.betaConstraint] : [])
    case .layerNormalization(let layer): (layer.scale ? [layer.gammaConstraint] : []) + (layer.center ? [layer.betaConstraint] : [])
    default: []
    }
  }

  fileprivate var activityRegularizer: Regularizer? {
    switch self {
    case .dense(let dense): dense.activityRegularizer
    case .activityRegularization(let layer): .l1L2(l1: layer.l1, l2: layer.l2)
    default: nil
    }
  }
}

extension Regularizer {
  fileprivate func value(_ x: [Double]) -> Double { x.reduce(0) { $0 + l1 * abs($1) + l2 * $1 * $1 } }
}

extension Constraint {
  fileprivate func value(_ x: Double, norm: Double) -> Double {
    switch self {
    case .nonNeg: max(x, 0)
    case .maxNorm(let maximum): x * min(norm, maximum) / (1e-7 + norm)
    case .unitNorm: x / (1e-7 + norm)
    case .minMaxNorm(let low, let high, let rate): x * (rate * max(low, min(high, norm)) + (1 - rate) * norm) / (1e-7 + norm)
    }
  }
}

private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
  let mean = values.reduce(0, +) / Double(values.count)
  return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
}

/// The normal number that has a uniform one's place in its distribution, the middle of a stretch of 2⁻²⁴: by bisection.
public func standardNormal(_ uniform: Double) -> Double {
  let place = uniform + 0x1p-25
  var (low, high) = (-6.0, 6.0)
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if erfc(-middle / 2.0.squareRoot()) / 2 < place { low = middle } else { high = middle }
  }
  return low
}

extension [[Double]] {
  fileprivate var transposed: [[Double]] { isEmpty ? [] : self[0].indices.map { column in map { $0[column] } } }
}

extension Activation {
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
  fileprivate func value(_ outputs: [Double], _ targets: [Double], areBinary: Bool) -> Double {
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
    // As far as one row tells.
    let sides = areBinary && targets.allSatisfy { $0 == 0 || $0 == 1 } ? targets.map { 2 * $0 - 1 } : targets
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
