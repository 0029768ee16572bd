import RunConfig

extension Layer {
  /// A dense layer.
  public static func dense(
    _ units: Int, activation: Activation = .linear, useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros
  ) -> Layer {
    .dense(Dense(units, activation: activation, useBias: useBias, kernelInitializer: kernelInitializer, biasInitializer: biasInitializer))
  }
}

extension Initializer {
  /// Every initialiser, with Keras's options and with others.
  public static let every: [Initializer] = [
    .zeros, .ones, .constant(), .constant(value: 0.3), .identity(), .orthogonal(), .orthogonal(gain: 0.5), .randomNormal(),
    .randomNormal(mean: 0.1, stddev: 0.2),
    .randomUniform(), .randomUniform(minval: -0.3, maxval: 0.1), .truncatedNormal(), .truncatedNormal(mean: -0.1, stddev: 0.3), .varianceScaling(),
    .varianceScaling(scale: 2, mode: .fanOut, distribution: .untruncatedNormal), .varianceScaling(scale: 0.5, mode: .fanAverage, distribution: .uniform),
    .glorotUniform, .glorotNormal, .heUniform, .heNormal, .lecunUniform, .lecunNormal,
  ]
}

extension Activation {
  /// Every activation, with Keras's options and with others.
  public static let every: [Activation] = [
    .linear, .sigmoid, .relu, .softmax, .tanh, .softplus, .softsign, .elu(), .elu(alpha: 0.3), .selu, .gelu(), .gelu(approximate: true), .silu, .leakyRelu(),
    .leakyRelu(negativeSlope: 0.01), .exponential, .hardSigmoid, .mish,
  ]
}

extension Loss {
  /// Every loss, with Keras's options and with others.
  public static let every: [Loss] = [
    .binaryCrossentropy(), .binaryCrossentropy(fromLogits: true), .binaryCrossentropy(fromLogits: true, labelSmoothing: 0.2), .binaryFocalCrossentropy(),
    .binaryFocalCrossentropy(fromLogits: true), .binaryFocalCrossentropy(gamma: 1.5, alpha: 0.3, applyClassBalancing: true, labelSmoothing: 0.1),
    .binaryFocalCrossentropy(fromLogits: true, gamma: 0.5, alpha: 0.3, applyClassBalancing: true), .categoricalCrossentropy(),
    .categoricalCrossentropy(fromLogits: true), .categoricalCrossentropy(labelSmoothing: 0.1), .sparseCategoricalCrossentropy(),
    .sparseCategoricalCrossentropy(fromLogits: true), .klDivergence, .meanSquaredError, .meanAbsoluteError, .huber(), .huber(delta: 0.3), .logCosh, .poisson,
    .hinge, .squaredHinge, .categoricalHinge,
  ]
}
