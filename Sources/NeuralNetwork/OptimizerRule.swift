import KernelTemplates
import RunConfig

/// An optimizer as the step loop wants it: no strings, no payload to unpack.
public struct OptimizerRule: Equatable, Sendable {
  enum Kind { case sgd, momentum, nesterov, adam, rmsprop }

  let kind: Kind
  public let learningRate: Double
  private let momentum: Double
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double

  public init(_ optimizer: Optimizer) {
    switch optimizer {
    case .sgd(let learningRate, let momentum, let nesterov):
      self.init(momentum == 0 ? .sgd : nesterov ? .nesterov : .momentum, learningRate, momentum: momentum)
    case .adam(let learningRate, let beta1, let beta2, let epsilon):
      self.init(.adam, learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon)
    case .rmsprop(let learningRate, let rho, let epsilon):
      self.init(.rmsprop, learningRate, beta2: rho, epsilon: epsilon)
    }
  }

  private init(_ kind: Kind, _ learningRate: Double, momentum: Double = 0, beta1: Double = 0, beta2: Double = 0, epsilon: Double = 0) {
    self.kind = kind
    self.learningRate = learningRate
    self.momentum = momentum
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Arenas of moments that the optimizer keeps: 0, 1 or 2.
  public var momentCount: Int { momentNames.count }

  /// What Keras calls them.
  public var momentNames: [String] {
    switch kind {
    case .sgd: []
    case .momentum, .nesterov: ["momentum"]
    case .rmsprop: ["velocity"]
    case .adam: ["momentum", "velocity"]
    }
  }

  /// What step `step` (from 1) over a batch of total sample weight `weight` multiplies by. A pure function, so every worker gets the same
  /// numbers.
  public func factors(step: Int, weight: Double) -> StepFactors {
    var rate = learningRate
    if kind == .adam { rate *= (1 - power(beta2, step)).squareRoot() / (1 - power(beta1, step)) }
    return StepFactors(
      gradientScale: Float(1 / weight), rate: Float(rate), momentum: Float(momentum), firstMomentShare: Float(1 - beta1),
      secondMomentShare: Float(1 - beta2), epsilon: Float(epsilon))
  }

  /// base^exponent by squaring: the same bits on every machine, which the C library's `pow` does not promise.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }

  /// Updates `count` weights at `offset` of the arenas from the summed gradient. `first` and `second` are the arenas of moments, where the
  /// optimizer has them. Returns whether all new weights are finite.
  @inline(__always)
  public func apply(
    _ kernels: any KernelSet.Type, weights: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>,
    gradient: UnsafePointer<Float>, count: Int, _ factors: StepFactors
  ) -> Bool {
    switch kind {
    case .sgd: kernels.sgd(weights, gradient, count: count, factors)
    case .momentum: kernels.momentum(weights, first, gradient, count: count, nesterov: false, factors)
    case .nesterov: kernels.momentum(weights, first, gradient, count: count, nesterov: true, factors)
    case .adam: kernels.adam(weights, first, second, gradient, count: count, factors)
    case .rmsprop: kernels.rmsprop(weights, first, gradient, count: count, factors)
    }
  }
}
