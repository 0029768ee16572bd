import Foundation
import RunConfig

extension Optimizer {
  /// Every optimizer, with options that change its arithmetic, weight decay, each way to clip, and a schedule.
  public static let every: [Optimizer] = [
    .sgd(learningRate: 0.1), .sgd(learningRate: 0.05, momentum: 0.9), .sgd(learningRate: 0.05, momentum: 0.9, nesterov: true), .adam(learningRate: 0.01),
    .adam(learningRate: 0.01, beta1: 0.8, beta2: 0.9, epsilon: 1e-5, amsgrad: true), .adamw(learningRate: 0.02, weightDecay: 0.1),
    .nadam(learningRate: 0.01), .adamax(learningRate: 0.01), .rmsprop(learningRate: 0.01),
    .rmsprop(learningRate: 0.005, rho: 0.8, momentum: 0.5, epsilon: 1e-3), .rmsprop(learningRate: 0.005, rho: 0.8, epsilon: 1e-3, centered: true),
    .rmsprop(learningRate: 0.005, rho: 0.8, momentum: 0.5, epsilon: 1e-3, centered: true), .adagrad(learningRate: 0.05), .adadelta(learningRate: 5),
    .lion(learningRate: 0.003), .sgd(learningRate: 0.1, weightDecay: 0.05, clipping: .clipvalue(0.01)), .sgd(learningRate: 0.2, clipping: .clipnorm(0.05)),
    .adam(learningRate: 0.01, clipping: .globalClipnorm(0.05)), .sgd(learningRate: .exponentialDecay(initial: 0.2, decaySteps: 2, decayRate: 0.7)),
    .adam(learningRate: 0.01).accumulatingGradients(steps: 2),
    .sgd(learningRate: .exponentialDecay(initial: 0.2, decaySteps: 2, decayRate: 0.7), momentum: 0.5, clipping: .clipnorm(0.05)).accumulatingGradients(
      steps: 3),
    .sgd(learningRate: 0.1).averagingWeights(momentum: 0.6), .rmsprop(learningRate: 0.01).averagingWeights(momentum: 0.5, overwriteFrequency: 2),
    .sgd(learningRate: 0.1, clipping: .globalClipnorm(0.05)).accumulatingGradients(steps: 2).averagingWeights(momentum: 0.8, overwriteFrequency: 1),
  ]
}

/// An optimizer in Double, straight from Keras's sources (keras/src/optimizers), for one tensor after the other. It shares no code with the engine.
public struct DoubleOptimizer {
  private let optimizer: Optimizer
  /// Three moments a number.
  private var moments: [[Double]]
  /// Steps, and the batches they were taken for.
  private var step = 0
  private var batch = 0
  /// Sums of gradients that wait for a step.
  private var waiting: [Double]
  /// The moving average of the weights.
  private var average: [Double]

  public init(_ optimizer: Optimizer, count: Int) {
    self.optimizer = optimizer
    var first = 0.0
    if case .adagrad(let initial, _) = optimizer.algorithm { first = initial }
    moments = (0..<count).map { _ in [first, 0, 0] }
    waiting = Array(repeating: 0, count: count)
    average = waiting
  }

  /// What the model has at the end of a fit.
  public func final(_ weights: [Double]) -> [Double] { optimizer.movingAverage == nil ? weights : average }

  /// What a batch does. `tensors` are where the kernels and biases begin and end among the weights.
  public mutating func update(_ weights: inout [Double], _ gradient: [Double], tensors: [Range<Int>]) {
    let before = step
    takeStep(&weights, gradient, tensors)
    batch += 1
    guard let averaging = optimizer.movingAverage else { return }
    let momentum = before == 0 ? 0 : averaging.momentum
    average = zip(average, weights).map { momentum * $0 + (1 - momentum) * $1 }
    if let frequency = averaging.overwriteFrequency, (before + 1) % frequency == 0 { weights = average }
  }

  private mutating func takeStep(_ weights: inout [Double], _ gradient: [Double], _ tensors: [Range<Int>]) {
    let rate = learningRate(batch)
    var gradient = gradient
    if let batches = optimizer.gradientAccumulationSteps {
      let sum = zip(waiting, gradient).map(+)
      let ends = (batch + 1) % batches == 0
      waiting = ends ? waiting.map { _ in 0 } : sum
      guard ends else { return }
      gradient = sum.map { $0 / Double(batches) }
    }
    step += 1
    gradient = clipped(gradient, tensors)
    for i in weights.indices {
      if let decay = optimizer.weightDecay { weights[i] -= weights[i] * decay * rate }
      update(&weights[i], &moments[i], gradient[i], rate)
    }
  }

  private func learningRate(_ step: Int) -> Double {
    switch optimizer.learningRate {
    case .constant(let rate): rate
    case .exponentialDecay(let initial, let steps, let rate, staircase: false): initial * pow(rate, Double(step) / Double(steps))
    default: preconditionFailure("a schedule without a reference")
    }
  }

  private func clipped(_ gradient: [Double], _ tensors: [Range<Int>]) -> [Double] {
    func norm(_ range: Range<Int>) -> Double { gradient[range].reduce(0) { $0 + $1 * $1 }.squareRoot() }
    switch optimizer.clipping {
    case .none: return gradient
    case .clipvalue(let limit): return gradient.map { min(max($0, -limit), limit) }
    case .clipnorm(let limit): return tensors.flatMap { range in gradient[range].map { $0 * limit / max(norm(range), limit) } }
    case .globalClipnorm(let limit):
      let all = norm(gradient.indices)
      return gradient.map { $0 * limit / max(all, limit) }
    }
  }

  private func update(_ w: inout Double, _ moments: inout [Double], _ g: Double, _ rate: Double) {
    let t = Double(step)
    switch optimizer.algorithm {
    case .sgd(let momentum, let nesterov):
      moments[0] = momentum * moments[0] - rate * g
      w += nesterov ? momentum * moments[0] - rate * g : moments[0]
    case .adam(let beta1, let beta2, let epsilon, let amsgrad), .adamw(let beta1, let beta2, let epsilon, let amsgrad):
      moments[0] += (g - moments[0]) * (1 - beta1)
      moments[1] += (g * g - moments[1]) * (1 - beta2)
      moments[2] = max(moments[2], moments[1])
      let alpha = rate * (1 - pow(beta2, t)).squareRoot() / (1 - pow(beta1, t))
      w -= moments[0] * alpha / (moments[amsgrad ? 2 : 1].squareRoot() + epsilon)
    case .nadam(let beta1, let beta2, let epsilon):
      func u(_ t: Int) -> Double { beta1 * (1 - 0.5 * pow(0.96, Double(t))) }
      let product = (1...step).reduce(1.0) { $0 * u($1) }
      moments[0] += (g - moments[0]) * (1 - beta1)
      moments[1] += (g * g - moments[1]) * (1 - beta2)
      let m = u(step + 1) * moments[0] / (1 - product * u(step + 1)) + (1 - u(step)) * g / (1 - product)
      w -= m * rate / ((moments[1] / (1 - pow(beta2, t))).squareRoot() + epsilon)
    case .adamax(let beta1, let beta2, let epsilon):
      moments[0] += (g - moments[0]) * (1 - beta1)
      moments[1] = max(beta2 * moments[1], abs(g))
      w -= rate * moments[0] / ((1 - pow(beta1, t)) * (moments[1] + epsilon))
    case .rmsprop(let rho, let momentum, let epsilon, let centered):
      moments[0] = rho * moments[0] + (1 - rho) * g * g
      moments[1] = rho * moments[1] + (1 - rho) * g
      let step = rate * g / (moments[0] - (centered ? moments[1] * moments[1] : 0) + epsilon).squareRoot()
      moments[2] = momentum * moments[2] + step
      w -= moments[2]
    case .adagrad(_, let epsilon):
      moments[0] += g * g
      w -= rate * g / (moments[0] + epsilon).squareRoot()
    case .adadelta(let rho, let epsilon):
      moments[0] = rho * moments[0] + (1 - rho) * g * g
      let delta = (moments[1] + epsilon).squareRoot() * g / (moments[0] + epsilon).squareRoot()
      moments[1] = rho * moments[1] + (1 - rho) * delta * delta
      w -= rate * delta
    case .lion(let beta1, let beta2):
      let direction = moments[0] * beta1 + g * (1 - beta1)
      w -= rate * (direction == 0 ? 0 : direction > 0 ? 1 : -1)
      moments[0] = moments[0] * beta2 + g * (1 - beta2)
    }
  }
}
