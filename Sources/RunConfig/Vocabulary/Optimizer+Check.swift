import Failures

extension Optimizer {
  /// Whether every option is in its range: rates above 0, epsilons in 1.2e-38 ... 1e37, momentum, rho and betas in 0 ..< 1. A config is checked as it is
  /// read; this is for Swift callers.
  ///
  /// - Throws: `Failure` (bad data) naming the option by Keras's name.
  public func check() throws(Failure) {
    switch self {
    case .sgd(let learningRate, let momentum, let nesterov):
      try require(learningRate, .positive, "learning_rate")
      try require(momentum, .decay, "momentum")
      guard !nesterov || momentum > 0 else { throw Failure(.badData, at: "nesterov", "needs a momentum above 0") }
    case .adam(let learningRate, let beta1, let beta2, let epsilon):
      try require(learningRate, .positive, "learning_rate")
      try require(beta1, .decay, "beta_1")
      try require(beta2, .decay, "beta_2")
      try require(epsilon, .epsilon, "epsilon")
    case .rmsprop(let learningRate, let rho, let epsilon):
      try require(learningRate, .positive, "learning_rate")
      try require(rho, .decay, "rho")
      try require(epsilon, .epsilon, "epsilon")
    }
  }

  private func require(_ value: Double, _ range: NumberRange, _ name: String) throws(Failure) {
    if let expectation = range.expectation(missedBy: value) { throw Failure(.badData, at: name, "expected \(expectation), found \(value)") }
  }
}
