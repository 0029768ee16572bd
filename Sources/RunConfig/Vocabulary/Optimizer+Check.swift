import Failures

extension Optimizer {
  /// Whether every option is in its range: rates and epsilons above 0, momentum, rho and betas in 0 ..< 1. A config is checked as it is
  /// read; this is for Swift callers.
  ///
  /// - Throws: `Failure` (bad data) naming the option by Keras's name.
  public func check() throws(Failure) {
    switch self {
    case .sgd(let learningRate, let momentum, let nesterov):
      try requirePositive(learningRate, "learning_rate")
      try requireShare(momentum, "momentum")
      guard !nesterov || momentum > 0 else { throw Failure(.badData, at: "nesterov", "needs a momentum above 0") }
    case .adam(let learningRate, let beta1, let beta2, let epsilon):
      try requirePositive(learningRate, "learning_rate")
      try requireShare(beta1, "beta_1")
      try requireShare(beta2, "beta_2")
      try requirePositive(epsilon, "epsilon")
    case .rmsprop(let learningRate, let rho, let epsilon):
      try requirePositive(learningRate, "learning_rate")
      try requireShare(rho, "rho")
      try requirePositive(epsilon, "epsilon")
    }
  }

  private func requirePositive(_ value: Double, _ name: String) throws(Failure) {
    guard value.isFinite, value > 0, Float(value) > 0, Float(value).isFinite else {
      throw Failure(.badData, at: name, "expected a number above 0, found \(value)")
    }
  }

  private func requireShare(_ value: Double, _ name: String) throws(Failure) {
    guard value >= 0, Float(value) < 1 else { throw Failure(.badData, at: name, "expected a number from 0 up to but not including 1, found \(value)") }
  }
}
