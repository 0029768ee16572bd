import Failures

extension CompileSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init(
      optimizer: try reader.required("optimizer").object(word: "type", Optimizer.init),
      loss: try reader.required("loss").object(word: "type", Loss.init),
      metrics: try reader.optional("metrics")?.metrics() ?? [])
  }
}

extension Optimizer {
  /// The words of `compile.optimizer.type`.
  enum TypeWord: String, CaseIterable {
    case sgd, adam, rmsprop
  }

  // Keras's defaults, as in the cases of `Optimizer`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    switch try reader.required("type").word("optimizer", TypeWord.self) {
    case .sgd:
      let rate = try reader.optional("learning_rate")?.number(.positive) ?? 0.01
      let momentum = try reader.optional("momentum")?.number(.decay) ?? 0
      let nesterov = reader.optional("nesterov")
      self = .sgd(learningRate: rate, momentum: momentum, nesterov: try nesterov?.bool() ?? false)
      if case .sgd(_, 0, true) = self, let nesterov { throw nesterov.failure("nesterov needs a momentum above 0") }
    case .adam:
      self = .adam(
        learningRate: try reader.optional("learning_rate")?.number(.positive) ?? 0.001,
        beta1: try reader.optional("beta_1")?.number(.decay) ?? 0.9,
        beta2: try reader.optional("beta_2")?.number(.decay) ?? 0.999,
        epsilon: try reader.optional("epsilon")?.number(.epsilon) ?? 1e-7)
    case .rmsprop:
      self = .rmsprop(
        learningRate: try reader.optional("learning_rate")?.number(.positive) ?? 0.001,
        rho: try reader.optional("rho")?.number(.decay) ?? 0.9,
        epsilon: try reader.optional("epsilon")?.number(.epsilon) ?? 1e-7)
    }
  }
}

extension Loss {
  // Keras's defaults, as in the cases of `Loss`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    switch try reader.required("type").word("loss", TypeWord.self) {
    case .binaryCrossentropy: self = .binaryCrossentropy(fromLogits: try Self.fromLogits(&reader), labelSmoothing: try Self.labelSmoothing(&reader))
    case .binaryFocalCrossentropy:
      self = .binaryFocalCrossentropy(
        fromLogits: try Self.fromLogits(&reader),
        gamma: try reader.optional("gamma")?.number(.notNegative) ?? 2,
        alpha: try reader.optional("alpha")?.number(.portion) ?? 0.25,
        applyClassBalancing: try reader.optional("apply_class_balancing")?.bool() ?? false,
        labelSmoothing: try Self.labelSmoothing(&reader))
    case .categoricalCrossentropy: self = .categoricalCrossentropy(fromLogits: try Self.fromLogits(&reader), labelSmoothing: try Self.labelSmoothing(&reader))
    case .sparseCategoricalCrossentropy: self = .sparseCategoricalCrossentropy(fromLogits: try Self.fromLogits(&reader))
    case .klDivergence: self = .klDivergence
    case .meanSquaredError: self = .meanSquaredError
    case .meanAbsoluteError: self = .meanAbsoluteError
    case .huber: self = .huber(delta: try reader.optional("delta")?.number(.positive) ?? 1)
    case .logCosh: self = .logCosh
    case .poisson: self = .poisson
    case .hinge: self = .hinge
    case .squaredHinge: self = .squaredHinge
    case .categoricalHinge: self = .categoricalHinge
    }
  }

  private static func fromLogits(_ reader: inout ObjectReader) throws(Failure) -> Bool {
    try reader.optional("from_logits")?.bool() ?? false
  }

  private static func labelSmoothing(_ reader: inout ObjectReader) throws(Failure) -> Double {
    try reader.optional("label_smoothing")?.number(.portion) ?? 0
  }
}

extension ConfigNode {
  fileprivate func metrics() throws(Failure) -> [Metric] {
    var metrics: [Metric] = []
    for element in try elements() {
      let metric = try element.word("metric", Metric.self)
      guard !metrics.contains(metric) else { throw element.failure("the metric '\(metric.rawValue)' is given twice") }
      metrics.append(metric)
    }
    return metrics
  }
}
