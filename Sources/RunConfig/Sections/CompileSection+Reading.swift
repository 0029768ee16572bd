import Failures

extension CompileSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init(
      optimizer: try reader.required("optimizer", "What makes steps of gradients: a word, or an object with its options.").object(word: "type", Optimizer.init),
      loss: try reader.required("loss", "What is made small: a word, or an object with its options.").object(word: "type", Loss.init),
      metrics: try reader.optional("metrics", "What is measured beside the loss: words, or objects with their options.")?.metrics() ?? [])
  }
}

extension Loss {
  // Keras's defaults, as in the cases of `Loss`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    switch try reader.required("type", "Which loss.").word("loss", TypeWord.self) {
    case .binaryCrossentropy: self = .binaryCrossentropy(fromLogits: try Self.fromLogits(&reader), labelSmoothing: try Self.labelSmoothing(&reader))
    case .binaryFocalCrossentropy:
      self = .binaryFocalCrossentropy(
        fromLogits: try Self.fromLogits(&reader),
        gamma: try reader.optional("gamma", "How much less sure answers weigh.")?.number(.notNegative) ?? 2,
        alpha: try reader.optional("alpha", "The weight of class 1 where classes are balanced.")?.number(.portion) ?? 0.25,
        applyClassBalancing: try reader.optional("apply_class_balancing", "Whether the classes are weighted by alpha and 1 - alpha.")?.bool() ?? false,
        labelSmoothing: try Self.labelSmoothing(&reader))
    case .categoricalCrossentropy: self = .categoricalCrossentropy(fromLogits: try Self.fromLogits(&reader), labelSmoothing: try Self.labelSmoothing(&reader))
    case .sparseCategoricalCrossentropy: self = .sparseCategoricalCrossentropy(fromLogits: try Self.fromLogits(&reader))
    case .klDivergence: self = .klDivergence
    case .meanSquaredError: self = .meanSquaredError
    case .meanAbsoluteError: self = .meanAbsoluteError
    case .huber: self = .huber(delta: try reader.optional("delta", "Errors beyond this count by their amount, not by their square.")?.number(.positive) ?? 1)
    case .logCosh: self = .logCosh
    case .poisson: self = .poisson
    case .hinge: self = .hinge
    case .squaredHinge: self = .squaredHinge
    case .categoricalHinge: self = .categoricalHinge
    }
  }

  /// - Throws: `Failure` (bad data) naming the option that is out of its range. A config is checked as it is read; this is for Swift callers.
  public func check() throws(Failure) { _ = try ConfigNode(json, at: ConfigPath(file: "loss")).object(Loss.init) }

  private static func fromLogits(_ reader: inout ObjectReader) throws(Failure) -> Bool {
    try reader.optional("from_logits", "Whether the network gives logits, of which the loss takes the sigmoid or softmax.")?.bool() ?? false
  }

  private static func labelSmoothing(_ reader: inout ObjectReader) throws(Failure) -> Double {
    try reader.optional("label_smoothing", "How much of each target is spread over all classes.")?.number(.decay) ?? 0
  }
}
