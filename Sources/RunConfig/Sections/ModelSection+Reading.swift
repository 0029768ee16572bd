import Failures

extension ModelSection {
  init(_ reader: inout ObjectReader) throws(Failure) {
    let list = try reader.required("layers", "The stack, from the inputs to the outputs.")
    let layers = try list.elements().map { element throws(Failure) in try element.object(Layer.init) }
    guard !layers.isEmpty else { throw list.failure("expected at least one layer, found none") }
    self.init(layers: layers, initialWeights: try reader.nullable("initial_weights", "A safetensors file to begin with; null for the initializers.")?.string())
  }
}

extension Layer {
  // Keras's defaults, as in the initialisers of the layers; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    switch try reader.required("type", "What kind of layer.").word("layer type", TypeWord.self) {
    case .dense: self = .dense(try Dense(&reader))
    case .activation:
      self = .activation(
        try reader.required("activation", "The function of each output: a word, or an object with its options.").object(word: "type", Activation.init))
    case .dropout: self = .dropout(Dropout(try reader.required("rate", "The share of the inputs that are dropped.").number(.decay)))
    case .gaussianNoise: self = .gaussianNoise(GaussianNoise(try reader.required("stddev", "The standard deviation of the noise.").number(.notNegative)))
    case .batchNormalization: self = .batchNormalization(try BatchNormalization(&reader))
    case .layerNormalization: self = .layerNormalization(try LayerNormalization(&reader))
    case .activityRegularization:
      self = .activityRegularization(
        ActivityRegularization(
          l1: try reader.optional("l1", "The factor of the sum of the amounts.")?.number(.notNegative) ?? 0,
          l2: try reader.optional("l2", "The factor of the sum of the squares.")?.number(.notNegative) ?? 0))
    case .flatten: self = .flatten
    case .rescaling:
      self = .rescaling(
        Rescaling(
          try reader.required("scale", "What every input is multiplied by.").number(.any),
          offset: try reader.optional("offset", "What is added to every input.")?.number(.any) ?? 0))
    case .normalization: self = .normalization(try Normalization(&reader))
    case .reshape: self = .reshape(try Reshape(&reader))
    case .randomTranslation: self = .augmentation(.translation(try RandomTranslation(&reader)))
    case .randomRotation: self = .augmentation(.rotation(try RandomRotation(&reader)))
    case .randomZoom: self = .augmentation(.zoom(try RandomZoom(&reader)))
    case .randomShear: self = .augmentation(.shear(try RandomShear(&reader)))
    case .randomElasticTransform: self = .augmentation(.elasticTransform(try RandomElasticTransform(&reader)))
    case .randomErasing: self = .augmentation(.erasing(try RandomErasing(&reader)))
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
    self.init(try reader.required("units", "Outputs.").integer(1...Self.mostUnits))
    if let activation = try reader.optional("activation", "The function of each output: a word, or an object with its options.")?.object(
      word: "type", Activation.init)
    {
      self.activation = activation
    }
    if let useBias = try reader.optional("use_bias", "Whether a bias is added.")?.bool() { self.useBias = useBias }
    if let initializer = try reader.optional("kernel_initializer", "The first weights.")?.object(word: "type", Initializer.init) {
      kernelInitializer = initializer
    }
    if let initializer = try reader.optional("bias_initializer", "The first biases.")?.vectorInitializer("a bias") { biasInitializer = initializer }
    kernelRegularizer = try reader.regularizer("kernel_regularizer", "The penalty on the weights; null for none.")
    biasRegularizer = try reader.regularizer("bias_regularizer", "The penalty on the biases; null for none.")
    activityRegularizer = try reader.regularizer("activity_regularizer", "The penalty on the outputs; null for none.")
    kernelConstraint = try reader.constraint("kernel_constraint", "What the weights are held to; null for nothing.")
    biasConstraint = try reader.constraint("bias_constraint", "What the biases are held to; null for nothing.")
  }
}

extension BatchNormalization {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let momentum = try reader.optional("momentum", "How much of the moving mean and variance a step leaves.")?.number(.portion) { self.momentum = momentum }
    if let epsilon = try reader.optional("epsilon", "Added to the variance, so that nothing is divided by 0.")?.number(.epsilon) { self.epsilon = epsilon }
    if let center = try reader.optional("center", "Whether an offset (beta) is learnt.")?.bool() { self.center = center }
    if let scale = try reader.optional("scale", "Whether a factor (gamma) is learnt.")?.bool() { self.scale = scale }
    if let initializer = try reader.optional("beta_initializer", "The first offsets.")?.vectorInitializer("an offset") { betaInitializer = initializer }
    if let initializer = try reader.optional("gamma_initializer", "The first factors.")?.vectorInitializer("a factor") { gammaInitializer = initializer }
    if let initializer = try reader.optional("moving_mean_initializer", "The first moving means.")?.vectorInitializer("a mean") {
      movingMeanInitializer = initializer
    }
    if let initializer = try reader.optional("moving_variance_initializer", "The first moving variances.")?.vectorInitializer("a variance") {
      movingVarianceInitializer = initializer
    }
    betaRegularizer = try reader.regularizer("beta_regularizer", "The penalty on the offsets; null for none.")
    gammaRegularizer = try reader.regularizer("gamma_regularizer", "The penalty on the factors; null for none.")
    betaConstraint = try reader.constraint("beta_constraint", "What the offsets are held to; null for nothing.")
    gammaConstraint = try reader.constraint("gamma_constraint", "What the factors are held to; null for nothing.")
  }
}

extension LayerNormalization {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let epsilon = try reader.optional("epsilon", "Added to the variance, so that nothing is divided by 0.")?.number(.epsilon) { self.epsilon = epsilon }
    if let center = try reader.optional("center", "Whether an offset (beta) is learnt.")?.bool() { self.center = center }
    if let scale = try reader.optional("scale", "Whether a factor (gamma) is learnt.")?.bool() { self.scale = scale }
    if let initializer = try reader.optional("beta_initializer", "The first offsets.")?.vectorInitializer("an offset") { betaInitializer = initializer }
    if let initializer = try reader.optional("gamma_initializer", "The first factors.")?.vectorInitializer("a factor") { gammaInitializer = initializer }
    betaRegularizer = try reader.regularizer("beta_regularizer", "The penalty on the offsets; null for none.")
    gammaRegularizer = try reader.regularizer("gamma_regularizer", "The penalty on the factors; null for none.")
    betaConstraint = try reader.constraint("beta_constraint", "What the offsets are held to; null for nothing.")
    gammaConstraint = try reader.constraint("gamma_constraint", "What the factors are held to; null for nothing.")
  }
}

extension Normalization {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let node = reader.optional("axis", "-1: a mean for each input; null: one for all.") {
      node.note(.constant(.integer(-1)))
      switch node.value {
      case .null: axis = .none
      case .integer(-1): axis = .inputs
      default: throw node.expected("-1 (a mean for each input) or null (one mean for all)")
      }
    }
    guard let mean = reader.nullable("mean", "A number, or one for each input; null for those of the training rows.") else {
      if let node = reader.nullable("variance", "A number, or one for each input; null for those of the training rows.") {
        throw node.failure("a variance needs a mean; give both, or neither for those of the training rows")
      }
      return
    }
    guard let variance = reader.nullable("variance", "A number, or one for each input; null for those of the training rows.") else {
      throw mean.failure("a mean needs a variance; give both, or neither for those of the training rows")
    }
    self.mean = try mean.numbers(.any)
    self.variance = try variance.numbers(.notNegative)
    guard self.mean!.count == self.variance!.count else {
      throw variance.failure("expected as many numbers as in mean (\(self.mean!.count)), found \(self.variance!.count)")
    }
    guard axis == .inputs || self.mean!.count == 1 else { throw mean.failure("expected one number, since axis is null, found \(self.mean!.count)") }
  }
}

extension ConfigNode {
  /// An initialiser of something that is no matrix.
  fileprivate func vectorInitializer(_ what: String) throws(Failure) -> Initializer {
    let initializer = try object(word: "type", Initializer.init)
    if initializer.needsMatrix { throw failure("\(initializer.name) makes matrices; \(what) needs another initializer") }
    return initializer
  }

  /// A number, or an array of at least one.
  fileprivate func numbers(_ range: NumberRange) throws(Failure) -> [Double] {
    guard case .array(let values) = value else { return [try number(range)] }
    guard !values.isEmpty else { throw failure("expected at least one number, found none") }
    return try elements().map { element throws(Failure) in try element.number(range) }
  }
}

extension Activation {
  // Keras's defaults, as in the cases of `Activation`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    self =
      switch try reader.required("type", "Which activation.").word("activation", TypeWord.self) {
      case .linear: .linear
      case .sigmoid: .sigmoid
      case .relu: .relu
      case .softmax: .softmax
      case .tanh: .tanh
      case .softplus: .softplus
      case .softsign: .softsign
      case .elu: .elu(alpha: try reader.optional("alpha", "The limit that very negative inputs come to, less its sign.")?.number(.positive) ?? 1)
      case .selu: .selu
      case .gelu: .gelu(approximate: try reader.optional("approximate", "Whether tanh stands for the error function.")?.bool() ?? false)
      case .silu: .silu
      case .leakyRelu: .leakyRelu(negativeSlope: try reader.optional("negative_slope", "The slope below 0.")?.number(.positive) ?? 0.2)
      case .exponential: .exponential
      case .hardSigmoid: .hardSigmoid
      case .mish: .mish
      }
  }
}
