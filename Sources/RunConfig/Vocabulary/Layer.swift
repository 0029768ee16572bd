/// A fully connected layer: `activation(inputs · kernel + bias)`, kernel `[inputs, units]`, as Keras's `Dense`.
public struct Dense: Equatable, Sendable {
  /// The number of outputs; at least 1.
  public var units: Int
  /// What is applied to the sums.
  public var activation: Activation
  /// Whether a number of its own is added to each unit's sum.
  public var useBias: Bool
  /// How the kernel starts.
  public var kernelInitializer: Initializer
  /// How the bias starts.
  public var biasInitializer: Initializer
  /// Of the kernel; nil for none.
  public var kernelRegularizer: Regularizer?
  /// Of the bias; nil for none.
  public var biasRegularizer: Regularizer?
  /// Of the outputs, behind the activation.
  public var activityRegularizer: Regularizer?
  /// Of each unit's weights, behind a step; nil for none.
  public var kernelConstraint: Constraint?
  /// Of the bias, behind a step; nil for none.
  public var biasConstraint: Constraint?

  /// A layer of `units` outputs, with Keras's defaults.
  public init(
    _ units: Int,
    activation: Activation = .linear,
    useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil,
    kernelConstraint: Constraint? = nil,
    biasConstraint: Constraint? = nil
  ) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = kernelRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.kernelConstraint = kernelConstraint
    self.biasConstraint = biasConstraint
  }
}

/// Standardises each unit by the mean and variance of the batch, or, when it does not train, by running means of those, as Keras's `BatchNormalization`.
public struct BatchNormalization: Equatable, Sendable {
  /// How much of the running means stays after a batch.
  public var momentum: Double
  /// Added to the variance.
  public var epsilon: Double
  /// Whether an offset is learned, β.
  public var center: Bool
  /// Whether a factor is learned, γ.
  public var scale: Bool
  /// The first offsets.
  public var betaInitializer: Initializer
  /// The first factors.
  public var gammaInitializer: Initializer
  /// The first running means.
  public var movingMeanInitializer: Initializer
  /// The first running variances.
  public var movingVarianceInitializer: Initializer
  /// The penalty on the offsets; nil for none.
  public var betaRegularizer: Regularizer?
  /// The penalty on the factors; nil for none.
  public var gammaRegularizer: Regularizer?
  /// What the offsets are held to; nil for nothing.
  public var betaConstraint: Constraint?
  /// What the factors are held to; nil for nothing.
  public var gammaConstraint: Constraint?

  /// Keras's `BatchNormalization`; each argument is told of at the property of its name.
  public init(
    momentum: Double = 0.99, epsilon: Double = 0.001, center: Bool = true, scale: Bool = true, betaInitializer: Initializer = .zeros,
    gammaInitializer: Initializer = .ones, movingMeanInitializer: Initializer = .zeros, movingVarianceInitializer: Initializer = .ones,
    betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil, betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil
  ) {
    self.momentum = momentum
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    self.betaInitializer = betaInitializer
    self.gammaInitializer = gammaInitializer
    self.movingMeanInitializer = movingMeanInitializer
    self.movingVarianceInitializer = movingVarianceInitializer
    self.betaRegularizer = betaRegularizer
    self.gammaRegularizer = gammaRegularizer
    self.betaConstraint = betaConstraint
    self.gammaConstraint = gammaConstraint
  }
}

/// Standardises each row by the mean and variance of its units, as Keras's `LayerNormalization`.
public struct LayerNormalization: Equatable, Sendable {
  /// Added to the variance.
  public var epsilon: Double
  /// Whether an offset is learned, β.
  public var center: Bool
  /// Whether a factor is learned, γ.
  public var scale: Bool
  /// The first offsets.
  public var betaInitializer: Initializer
  /// The first factors.
  public var gammaInitializer: Initializer
  /// The penalty on the offsets; nil for none.
  public var betaRegularizer: Regularizer?
  /// The penalty on the factors; nil for none.
  public var gammaRegularizer: Regularizer?
  /// What the offsets are held to; nil for nothing.
  public var betaConstraint: Constraint?
  /// What the factors are held to; nil for nothing.
  public var gammaConstraint: Constraint?

  /// Keras's `LayerNormalization`; each argument is told of at the property of its name.
  public init(
    epsilon: Double = 0.001, center: Bool = true, scale: Bool = true, betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
    betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil, betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil
  ) {
    self.epsilon = epsilon
    self.center = center
    self.scale = scale
    self.betaInitializer = betaInitializer
    self.gammaInitializer = gammaInitializer
    self.betaRegularizer = betaRegularizer
    self.gammaRegularizer = gammaRegularizer
    self.betaConstraint = betaConstraint
    self.gammaConstraint = gammaConstraint
  }
}

/// In training, makes each number 0 with probability `rate`, and the others larger by 1 / (1 − rate), as Keras's `Dropout`.
public struct Dropout: Equatable, Sendable {
  /// The share of the inputs that become 0, from 0 to below 1.
  public var rate: Double

  /// - Parameter rate: the share of the inputs that become 0, from 0 to below 1.
  public init(_ rate: Double) { self.rate = rate }
}

/// In training, adds normal noise, as Keras's `GaussianNoise`.
public struct GaussianNoise: Equatable, Sendable {
  /// Its standard deviation.
  public var stddev: Double

  /// - Parameter stddev: the standard deviation of the noise, from 0 on.
  public init(_ stddev: Double) { self.stddev = stddev }
}

/// Adds a penalty for what the layer before gives to the loss, and leaves it as it is: Keras's `ActivityRegularization`.
public struct ActivityRegularization: Equatable, Sendable {
  /// The factor of Σ|x|.
  public var l1: Double
  /// The factor of Σx².
  public var l2: Double

  /// - Parameters:
  ///   - l1: the factor of Σ|x|.
  ///   - l2: the factor of Σx².
  public init(l1: Double = 0, l2: Double = 0) {
    self.l1 = l1
    self.l2 = l2
  }
}

/// x · scale + offset, as Keras's `Rescaling`.
public struct Rescaling: Equatable, Sendable {
  /// What every input is multiplied by.
  public var scale: Double
  /// What is then added.
  public var offset: Double

  /// - Parameters:
  ///   - scale: what every input is multiplied by.
  ///   - offset: what is then added.
  public init(_ scale: Double, offset: Double = 0) {
    self.scale = scale
    self.offset = offset
  }
}

/// (x − mean) / √variance of the inputs, as Keras's `Normalization`. Mean and variance are those of the training rows before the first step, unless they are
/// given; the model file holds them.
public struct Normalization: Equatable, Sendable {
  /// What has a mean and variance of its own.
  public enum Axis: Equatable, Sendable {
    /// Each input: Keras's `axis=-1` behind a `Flatten`.
    case inputs
    /// Nothing: one mean and variance for all, Keras's `axis=None`.
    case none
  }

  /// Whether each input has a mean of its own.
  public var axis: Axis
  /// One number, or one an input; nil for that of the training rows.
  public var mean: [Double]?
  /// As many as `mean`.
  public var variance: [Double]?

  /// - Parameters:
  ///   - axis: whether each input has a mean of its own.
  ///   - mean: a number, or one for each input; nil for those of the training rows.
  ///   - variance: as many numbers; nil for those of the training rows.
  public init(axis: Axis = .inputs, mean: [Double]? = nil, variance: [Double]? = nil) {
    self.axis = axis
    self.mean = mean
    self.variance = variance
  }
}

/// Makes one row of numbers of an image, as Keras's `Flatten`; Lockstep's examples always are.
public struct Flatten: Equatable, Sendable {
  /// Keras's `Flatten`, without options.
  public init() {}
}

/// One entry of a model's stack.
public enum Layer: Equatable, Sendable {
  /// activation(x·W + b).
  case dense(Dense)
  /// A function of each input.
  case activation(Activation)
  /// Some inputs become 0, in training.
  case dropout(Dropout)
  /// Noise is added, in training.
  case gaussianNoise(GaussianNoise)
  /// Normalised by the batch.
  case batchNormalization(BatchNormalization)
  /// Normalised by the row.
  case layerNormalization(LayerNormalization)
  /// A penalty on what passes through.
  case activityRegularization(ActivityRegularization)
  /// Images as rows of numbers, which they are already.
  case flatten
  /// x · scale + offset.
  case rescaling(Rescaling)
  /// (x - mean) / √variance.
  case normalization(Normalization)
  /// Rows of numbers as images.
  case reshape(Reshape)
  /// Other images of images, in training.
  case augmentation(Augmentation)
}

extension Layer {
  /// The words of a layer's `type`.
  enum TypeWord: String, CaseIterable {
    case dense, activation, dropout
    case gaussianNoise = "gaussian_noise"
    case batchNormalization = "batch_normalization"
    case layerNormalization = "layer_normalization"
    case activityRegularization = "activity_regularization"
    case flatten, rescaling, normalization, reshape
    case randomTranslation = "random_translation"
    case randomRotation = "random_rotation"
    case randomZoom = "random_zoom"
    case randomShear = "random_shear"
    case randomElasticTransform = "random_elastic_transform"
    case randomErasing = "random_erasing"
  }

  var word: TypeWord {
    switch self {
    case .dense: .dense
    case .activation: .activation
    case .dropout: .dropout
    case .gaussianNoise: .gaussianNoise
    case .batchNormalization: .batchNormalization
    case .layerNormalization: .layerNormalization
    case .activityRegularization: .activityRegularization
    case .flatten: .flatten
    case .rescaling: .rescaling
    case .normalization: .normalization
    case .reshape: .reshape
    case .augmentation(let augmentation): augmentation.word
    }
  }

  /// Keras's name for such a layer, which tensors begin with.
  public var name: String { word.rawValue }
}

extension Layer {
  fileprivate var changesItsInputs: Bool {
    switch self {
    case .flatten, .activityRegularization: false
    default: true
    }
  }
}

extension [Layer] {
  /// The last dense layer, which says how many outputs there are, and where it stands.
  public var lastDense: (index: Int, dense: Dense)? {
    for (index, layer) in enumerated().reversed() { if case .dense(let dense) = layer { return (index, dense) } }
    return nil
  }

  /// What the outputs went through last; linear where it was no activation.
  public var outputActivation: Activation {
    switch last(where: \.changesItsInputs) {
    case .dense(let dense): dense.activation
    case .activation(let activation): activation
    default: .linear
    }
  }
}
