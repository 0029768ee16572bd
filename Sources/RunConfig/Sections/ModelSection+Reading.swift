import Failures

extension ModelSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    let list = try reader.required("layers")
    let layers = try list.elements().map { element throws(Failure) in try element.object(Layer.init) }
    guard !layers.isEmpty else { throw list.failure("expected at least one layer, found none") }
    self.init(layers: layers, initialWeights: try reader.nullable("initial_weights")?.string())
  }
}

extension Layer {
  /// The words of a layer's `type`.
  enum TypeWord: String, CaseIterable {
    case dense
  }

  init(_ reader: inout ObjectReader) throws(Failure) {
    switch try reader.required("type").word("layer type", TypeWord.self) {
    case .dense: self = .dense(try Dense(&reader))
    }
  }

  /// - Parameter index: in the stack.
  /// - Throws: `Failure` (bad data) naming the option that is out of its range. A config is checked as it is read; this is for Swift callers.
  public func check(index: Int) throws(Failure) {
    _ = try ConfigNode(json, at: ConfigPath(file: "layers[\(index)]")).object(Layer.init)
  }
}

extension Dense {
  /// Far above any real layer, and low enough that the product of two sizes cannot overflow.
  private static let mostUnits = 1 << 24

  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init(try reader.required("units").integer(1...Self.mostUnits))
    if let activation = try reader.optional("activation")?.object(word: "type", Activation.init) { self.activation = activation }
    if let useBias = try reader.optional("use_bias")?.bool() { self.useBias = useBias }
    if let initializer = try reader.optional("kernel_initializer")?.object(word: "type", Initializer.init) { kernelInitializer = initializer }
    if let node = reader.optional("bias_initializer") {
      biasInitializer = try node.object(word: "type", Initializer.init)
      if biasInitializer.needsMatrix { throw node.failure("\(biasInitializer.name) makes matrices; a bias needs another initializer") }
    }
  }
}

extension Activation {
  // Keras's defaults, as in the cases of `Activation`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    self =
      switch try reader.required("type").word("activation", TypeWord.self) {
      case .linear: .linear
      case .sigmoid: .sigmoid
      case .relu: .relu
      case .softmax: .softmax
      case .tanh: .tanh
      case .softplus: .softplus
      case .softsign: .softsign
      case .elu: .elu(alpha: try reader.optional("alpha")?.number(.positive) ?? 1)
      case .selu: .selu
      case .gelu: .gelu(approximate: try reader.optional("approximate")?.bool() ?? false)
      case .silu: .silu
      case .leakyRelu: .leakyRelu(negativeSlope: try reader.optional("negative_slope")?.number(.positive) ?? 0.2)
      case .exponential: .exponential
      case .hardSigmoid: .hardSigmoid
      case .mish: .mish
      }
  }
}
