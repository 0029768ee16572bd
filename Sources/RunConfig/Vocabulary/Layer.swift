/// A fully connected layer: `activation(inputs · kernel + bias)`, kernel `[inputs, units]`, as Keras's `Dense`.
public struct Dense: Equatable, Sendable {
  /// The number of outputs; at least 1.
  public var units: Int
  public var activation: Activation
  public var useBias: Bool
  public var kernelInitializer: Initializer
  public var biasInitializer: Initializer

  public init(
    _ units: Int,
    activation: Activation = .linear,
    useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros
  ) {
    self.units = units
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
  }
}

/// One entry of a model's stack.
public enum Layer: Equatable, Sendable {
  case dense(Dense)
}
