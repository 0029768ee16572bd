import KernelTemplates
import RunConfig

/// An optimizer as the step loop wants it: a kernel, and what each step multiplies by.
public struct OptimizerRule: Equatable, Sendable {
  let kernel: OptimizerKernel
  /// The rate of each step: a number, or a schedule.
  public private(set) var learningRate: LearningRate
  /// The rate where it never changes, so that a step need not look into a schedule, whose reference count all workers share.
  private var constantRate: Double?
  /// What Keras calls its moments, in the order of the kernel's; behind them the gradients that wait for a later batch and the average of the weights, as far as
  /// there are such.
  public let momentNames: [String]
  /// Those of them that are the kernel's.
  private let kernelMoments: Int
  private let accumulation: Int?
  private let averaging: Optimizer.MovingAverage?
  /// What the first moment starts with; the others start with 0.
  public let initialMoment: Float
  private let momentum: Double
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let weightDecay: Double
  private let clip: Double
  /// The norm that gradients are scaled down to, of each tensor or of all; nil where they are not.
  public let normLimit: NormLimit?
  /// For Nadam: element t is the product of 1 − ½·0.96ⁱ over i from 1 to t; beyond the last, all factors are 1 to the last bit.
  private let nadamProducts: [Double]

  /// A limit to Euclidean norms of gradients.
  public struct NormLimit: Equatable, Sendable {
    /// The largest norm that is left as it is; above 0.
    public let norm: Double
    /// All gradients together; else each kernel's and each bias's.
    public let isGlobal: Bool
  }

  /// Resolves an optimizer whose options are in their ranges.
  /// - Parameter optimizer: as the config has it; `Optimizer.check` judges one that was made in Swift.
  public init(_ optimizer: Optimizer) {
    learningRate = optimizer.learningRate
    constantRate = if case .constant(let rate) = optimizer.learningRate { rate } else { nil }
    weightDecay = optimizer.weightDecay ?? 0
    (clip, normLimit) =
      switch optimizer.clipping {
      case .none: (0, nil)
      case .clipvalue(let limit): (limit, nil)
      case .clipnorm(let norm): (0, NormLimit(norm: norm, isGlobal: false))
      case .globalClipnorm(let norm): (0, NormLimit(norm: norm, isGlobal: true))
      }
    var (momentum, beta1, beta2, epsilon, initial) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var momentNames: [String]
    switch optimizer.algorithm {
    case .sgd(let itsMomentum, let nesterov):
      kernel = itsMomentum == 0 ? .sgd : .momentum(nesterov: nesterov)
      momentNames = itsMomentum == 0 ? [] : ["momentum"]
      momentum = itsMomentum
    case .adam(let first, let second, let itsEpsilon, let amsgrad), .adamw(let first, let second, let itsEpsilon, let amsgrad):
      kernel = amsgrad ? .amsgrad : .adam
      momentNames = ["momentum", "velocity"] + (amsgrad ? ["velocity_hat"] : [])
      (beta1, beta2, epsilon) = (first, second, itsEpsilon)
    case .nadam(let first, let second, let itsEpsilon):
      kernel = .nadam
      momentNames = ["momentum", "velocity"]
      (beta1, beta2, epsilon) = (first, second, itsEpsilon)
    case .adamax(let first, let second, let itsEpsilon):
      kernel = .adamax
      momentNames = ["momentum", "norm"]
      (beta1, beta2, epsilon) = (first, second, itsEpsilon)
    case .rmsprop(let rho, let itsMomentum, let itsEpsilon, let centered):
      kernel = .rmsprop(centered: centered, momentum: itsMomentum > 0)
      momentNames = ["velocity"] + (itsMomentum > 0 ? ["momentum"] : []) + (centered ? ["average_gradient"] : [])
      (beta2, momentum, epsilon) = (rho, itsMomentum, itsEpsilon)
    case .adagrad(let accumulator, let itsEpsilon):
      kernel = .adagrad
      momentNames = ["accumulator"]
      (initial, epsilon) = (accumulator, itsEpsilon)
    case .adadelta(let rho, let itsEpsilon):
      kernel = .adadelta
      momentNames = ["accumulated_grad", "accumulated_delta_var"]
      (beta2, epsilon) = (rho, itsEpsilon)
    case .lion(let first, let second):
      kernel = .lion
      momentNames = ["momentum"]
      (beta1, beta2, momentum) = (first, second, first)
    }
    (self.momentum, self.beta1, self.beta2, self.epsilon, initialMoment) = (momentum, beta1, beta2, epsilon, Float(initial))
    kernelMoments = momentNames.count
    (accumulation, averaging) = (optimizer.gradientAccumulationSteps, optimizer.movingAverage)
    if accumulation != nil { momentNames.append("gradient_accumulator") }
    if averaging != nil { momentNames.append("average") }
    self.momentNames = momentNames
    var products = [1.0]
    if kernel == .nadam {
      // 0.96^1000 is 2e-18.
      for t in 1...1000 { products.append(products[t - 1] * Self.nadamFactor(t)) }
    }
    nadamProducts = products
  }

  /// The same with another rate, one that never changes.
  public func with(learningRate: Double) -> OptimizerRule {
    var rule = self
    (rule.learningRate, rule.constantRate) = (.constant(learningRate), learningRate)
    return rule
  }

  /// Arenas of moments that the optimizer keeps: 0 to 5.
  public var momentCount: Int { momentNames.count }
  /// The numbers of those that are none of the kernel's.
  var accumulator: Int? { accumulation == nil ? nil : kernelMoments }
  /// The number of the moment that is the moving average of the weights; nil where there is none.
  public var average: Int? { averaging == nil ? nil : momentNames.count - 1 }

  private static func nadamFactor(_ t: Int) -> Double { 1 - 0.5 * ExactFunctions.power(0.96, t) }

  /// The product of Nadam's momenta β₁·(1 − ½·0.96ⁱ) over i from 1 to t.
  private func nadamProduct(_ t: Int) -> Double { ExactFunctions.power(beta1, t) * nadamProducts[min(t, nadamProducts.count - 1)] }

  /// What becomes of batch `batch` (from 1), of total sample weight `weight`. A pure function, so every worker gets the same numbers.
  public func move(batch: Int, weight: Double) -> StepMove {
    let batches = accumulation ?? 1
    /// Keras's `iterations`: the steps before.
    let steps = (batch - 1) / batches
    let ends = batch % batches == 0
    return StepMove(
      weight: weight, accumulation: accumulation.map { StepMove.Accumulation(batches: Double($0), ends: ends) },
      // A schedule counts batches.
      factors: ends
        ? factors(step: steps + 1, learningRate: constantRate ?? learningRate.value(step: batch - 1), divisor: batches > 1 ? Double(batches) : weight) : nil,
      average: averaging.map { averaging in
        // The first average is the weights themselves.
        let momentum = steps == 0 ? 0 : averaging.momentum
        let overwrites = averaging.overwriteFrequency.map { (steps + 1) % $0 == 0 } ?? false
        return StepMove.Average(momentum: Float(momentum), share: Float(1 - momentum), overwrites: overwrites)
      })
  }

  /// What makes the mean gradient of what the arena holds behind batch `batch` (from 1) of total weight `weight`.
  public func gradientScale(batch: Int, weight: Double) -> Double {
    let move = move(batch: batch, weight: weight)
    guard move.factors != nil else { return 1 / weight }
    // Limited numbers are means already.
    return clip > 0 ? 1 : 1 / move.divisor
  }

  /// What step `step` (from 1) multiplies by.
  private func factors(step: Int, learningRate: Double, divisor: Double) -> StepFactors {
    var (rate, gradientRate, correction) = (learningRate, 0.0, 0.0)
    switch kernel {
    case .adam, .amsgrad: rate *= (1 - ExactFunctions.power(beta2, step)).squareRoot() / (1 - ExactFunctions.power(beta1, step))
    case .adamax: rate /= 1 - ExactFunctions.power(beta1, step)
    case .nadam:
      let (now, next) = (beta1 * Self.nadamFactor(step), beta1 * Self.nadamFactor(step + 1))
      rate *= next / (1 - nadamProduct(step + 1))
      gradientRate = learningRate * (1 - now) / (1 - nadamProduct(step))
      correction = 1 / (1 - ExactFunctions.power(beta2, step))
    default: break
    }
    var factors = StepFactors(
      gradientScale: Float(1 / divisor), rate: Float(rate), momentum: Float(momentum), firstMomentShare: Float(1 - beta1),
      secondMomentShare: Float(1 - beta2), epsilon: Float(epsilon), decay: Float(beta2), gradientRate: Float(gradientRate), correction: Float(correction))
    factors.weightDecay = Float(learningRate * weightDecay)
    factors.clip = Float(clip)
    return factors
  }
}
