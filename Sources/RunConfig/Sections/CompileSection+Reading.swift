import Failures

extension CompileSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init(
      optimizer: try reader.required("optimizer").object(word: "type", Optimizer.init),
      loss: try reader.required("loss").object(word: "type", Loss.init),
      metrics: try reader.optional("metrics")?.metrics() ?? [])
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

  /// - Throws: `Failure` (bad data) naming the option that is out of its range. A config is checked as it is read; this is for Swift callers.
  public func check() throws(Failure) { _ = try ConfigNode(json, at: ConfigPath(file: "loss")).object(Loss.init) }

  private static func fromLogits(_ reader: inout ObjectReader) throws(Failure) -> Bool {
    try reader.optional("from_logits")?.bool() ?? false
  }

  private static func labelSmoothing(_ reader: inout ObjectReader) throws(Failure) -> Double {
    try reader.optional("label_smoothing")?.number(.decay) ?? 0
  }
}
