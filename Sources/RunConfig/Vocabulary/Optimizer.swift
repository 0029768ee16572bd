/// An optimizer with Keras's names and defaults. Formulas: `KernelTemplates/Optimizers.swift`.
public struct Optimizer: Equatable, Sendable {
  /// What is done with a gradient.
  public enum Algorithm: Equatable, Sendable {
    /// Goes down the slope, `momentum` of the last move added.
    case sgd(momentum: Double, nesterov: Bool)
    /// The mean gradient over the root of the mean square (Kingma and Ba, 2015); `amsgrad` over the largest mean square so far.
    case adam(beta1: Double, beta2: Double, epsilon: Double, amsgrad: Bool)
    /// Adam, with weights that decay by themselves (Loshchilov and Hutter, 2019).
    case adamw(beta1: Double, beta2: Double, epsilon: Double, amsgrad: Bool)
    /// Adam with Nesterov's momentum (Dozat, 2016).
    case nadam(beta1: Double, beta2: Double, epsilon: Double)
    /// Adam over the largest gradient of late.
    case adamax(beta1: Double, beta2: Double, epsilon: Double)
    /// The gradient over the root of its mean square, `centered` of its variance.
    case rmsprop(rho: Double, momentum: Double, epsilon: Double, centered: Bool)
    /// The gradient over the root of the sum of all its squares (Duchi et al., 2011).
    case adagrad(initialAccumulatorValue: Double, epsilon: Double)
    /// Moves as large as the last ones were, by the root of the mean square of either (Zeiler, 2012).
    case adadelta(rho: Double, epsilon: Double)
    /// The sign of the mean gradient (Chen et al., 2023).
    case lion(beta1: Double, beta2: Double)
  }

  /// With its numbers.
  public var algorithm: Algorithm
  /// A number, or a schedule by steps.
  public var learningRate: LearningRate
  /// Before each step every weight loses this share of itself, times the learning rate; nil for none.
  public var weightDecay: Double?
  /// How gradients are kept from becoming too large.
  public var clipping: Clipping
  /// Gradients of so many batches are averaged for one step; nil for a step a batch. Keras's `gradient_accumulation_steps`.
  public var gradientAccumulationSteps: Int?
  /// Nil where weights are not averaged.
  public var movingAverage: MovingAverage?

  /// A limit to gradients, by Keras's names.
  public enum Clipping: Equatable, Sendable {
    /// As they are.
    case none
    /// Each number is limited to ± this.
    case clipvalue(Double)
    /// The gradient of each kernel and each bias is scaled down to this norm.
    case clipnorm(Double)
    /// All gradients together are scaled down to this norm.
    case globalClipnorm(Double)
  }

  /// - Parameters:
  ///   - algorithm: with its own options.
  ///   - learningRate: a number, or a schedule.
  ///   - weightDecay: nil for none.
  ///   - clipping: the limit to gradients.
  public init(_ algorithm: Algorithm, learningRate: LearningRate, weightDecay: Double? = nil, clipping: Clipping = .none) {
    self.algorithm = algorithm
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.clipping = clipping
  }

  /// The exponential moving average of the weights, which a model has at the end of a fit: Keras's `use_ema`.
  public struct MovingAverage: Equatable, Sendable {
    /// How much of the average stays after a batch.
    public var momentum: Double
    /// After so many batches, again and again, the weights become their average; nil: at the end alone.
    public var overwriteFrequency: Int?

    /// - Parameters:
    ///   - momentum: how much of the average a step leaves.
    ///   - overwriteFrequency: steps after which the average takes the weights' place; nil for in the end.
    public init(momentum: Double = 0.99, overwriteFrequency: Int? = nil) {
      self.momentum = momentum
      self.overwriteFrequency = overwriteFrequency
    }
  }

  /// The same optimizer, with a step for `steps` batches.
  public func accumulatingGradients(steps: Int) -> Optimizer {
    var optimizer = self
    optimizer.gradientAccumulationSteps = steps
    return optimizer
  }

  /// The same optimizer, with an average of the weights.
  public func averagingWeights(momentum: Double = 0.99, overwriteFrequency: Int? = nil) -> Optimizer {
    var optimizer = self
    optimizer.movingAverage = MovingAverage(momentum: momentum, overwriteFrequency: overwriteFrequency)
    return optimizer
  }
}

// Keras's constructors, with its defaults.
extension Optimizer {
  /// Keras's `SGD`.
  public static func sgd(
    learningRate: LearningRate = 0.01, momentum: Double = 0, nesterov: Bool = false, weightDecay: Double? = nil, clipping: Clipping = .none
  ) -> Optimizer {
    Optimizer(.sgd(momentum: momentum, nesterov: nesterov), learningRate: learningRate, weightDecay: weightDecay, clipping: clipping)
  }

  /// Keras's `Adam` (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014).
  public static func adam(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7, amsgrad: Bool = false,
    weightDecay: Double? = nil, clipping: Clipping = .none
  ) -> Optimizer {
    Optimizer(
      .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad), learningRate: learningRate, weightDecay: weightDecay, clipping: clipping)
  }

  /// Adam with a weight decay.
  public static func adamw(
    learningRate: LearningRate = 0.001, weightDecay: Double? = 0.004, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    amsgrad: Bool = false, clipping: Clipping = .none
  ) -> Optimizer {
    Optimizer(
      .adamw(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: amsgrad), learningRate: learningRate, weightDecay: weightDecay, clipping: clipping)
  }

  /// Keras's `Nadam` (Dozat, "Incorporating Nesterov Momentum into Adam", 2016).
  public static func nadam(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7, weightDecay: Double? = nil,
    clipping: Clipping = .none
  ) -> Optimizer {
    Optimizer(.nadam(beta1: beta1, beta2: beta2, epsilon: epsilon), learningRate: learningRate, weightDecay: weightDecay, clipping: clipping)
  }

  /// Keras's `Adamax` (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014, section 7.1).
  public static func adamax(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7, weightDecay: Double? = nil,
    clipping: Clipping = .none
  ) -> Optimizer {
    Optimizer(.adamax(beta1: beta1, beta2: beta2, epsilon: epsilon), learningRate: learningRate, weightDecay: weightDecay, clipping: clipping)
  }

  /// Keras's `RMSprop` (Hinton's lecture 6e, 2012).
  public static func rmsprop(
    learningRate: LearningRate = 0.001, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7, centered: Bool = false,
    weightDecay: Double? = nil, clipping: Clipping = .none
  ) -> Optimizer {
    Optimizer(
      .rmsprop(rho: rho, momentum: momentum, epsilon: epsilon, centered: centered), learningRate: learningRate, weightDecay: weightDecay, clipping: clipping)
  }

  /// Keras's `Adagrad` (Duchi, Hazan and Singer, "Adaptive Subgradient Methods", 2011).
  public static func adagrad(
    learningRate: LearningRate = 0.001, initialAccumulatorValue: Double = 0.1, epsilon: Double = 1e-7, weightDecay: Double? = nil,
    clipping: Clipping = .none
  ) -> Optimizer {
    Optimizer(
      .adagrad(initialAccumulatorValue: initialAccumulatorValue, epsilon: epsilon), learningRate: learningRate, weightDecay: weightDecay, clipping: clipping)
  }

  /// Keras's `Adadelta` (Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012).
  public static func adadelta(
    learningRate: LearningRate = 0.001, rho: Double = 0.95, epsilon: Double = 1e-7, weightDecay: Double? = nil, clipping: Clipping = .none
  ) -> Optimizer {
    Optimizer(.adadelta(rho: rho, epsilon: epsilon), learningRate: learningRate, weightDecay: weightDecay, clipping: clipping)
  }

  /// Keras's `Lion` (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023).
  public static func lion(
    learningRate: LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Double? = nil, clipping: Clipping = .none
  ) -> Optimizer {
    Optimizer(.lion(beta1: beta1, beta2: beta2), learningRate: learningRate, weightDecay: weightDecay, clipping: clipping)
  }
}

extension Optimizer {
  /// The words of `compile.optimizer.type`.
  enum TypeWord: String, CaseIterable {
    case sgd, adam, adamw, nadam, adamax, rmsprop, adagrad, adadelta, lion
  }

  var word: TypeWord {
    switch algorithm {
    case .sgd: .sgd
    case .adam: .adam
    case .adamw: .adamw
    case .nadam: .nadam
    case .adamax: .adamax
    case .rmsprop: .rmsprop
    case .adagrad: .adagrad
    case .adadelta: .adadelta
    case .lion: .lion
    }
  }

  /// Keras's string for the optimizer.
  public var name: String { word.rawValue }
}
