/// An optimizer with Keras's names and defaults. Formulas: `KernelTemplates/Optimizers.swift`.
public enum Optimizer: Equatable, Sendable {
  case sgd(learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false)
  case adam(learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7)
  case rmsprop(learningRate: Double = 0.001, rho: Double = 0.9, epsilon: Double = 1e-7)
}

extension Optimizer {
  /// Keras's string for the optimizer.
  public var name: String {
    switch self {
    case .sgd: "sgd"
    case .adam: "adam"
    case .rmsprop: "rmsprop"
    }
  }
}
