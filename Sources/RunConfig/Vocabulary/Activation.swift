/// An activation function, with Keras's names and defaults. Formulas and derivatives: `KernelTemplates/Activations.swift`.
public enum Activation: Equatable, Sendable {
  /// z itself.
  case linear
  /// 1 / (1 + e^−z), in 0…1.
  case sigmoid
  /// z above 0, else 0.
  case relu
  /// e^z over the sum of all units' e^z: shares of 1.
  case softmax
  /// In −1…1.
  case tanh
  /// ln(1 + e^z).
  case softplus
  /// z / (1 + |z|).
  case softsign
  /// z above 0, else α·(e^z − 1).
  case elu(alpha: Double = 1)
  /// 1.0507·elu(z, 1.6733): keeps mean 0 and variance 1.
  case selu
  /// z·Φ(z). By the normal distribution itself, or `approximate` by a hyperbolic tangent.
  case gelu(approximate: Bool = false)
  /// z·sigmoid(z).
  case silu
  /// z above 0, else `negativeSlope`·z.
  case leakyRelu(negativeSlope: Double = 0.2)
  /// e^z.
  case exponential
  /// z/6 + ½ between 0 and 1.
  case hardSigmoid
  /// z·tanh(softplus(z)).
  case mish
}

extension Activation {
  /// The words of a config's `activation`, or of its `type`.
  enum TypeWord: String, CaseIterable {
    case linear, sigmoid, relu, softmax, tanh, softplus, softsign, elu, selu, gelu, silu
    case leakyRelu = "leaky_relu"
    case exponential
    case hardSigmoid = "hard_sigmoid"
    case mish
  }

  var word: TypeWord {
    switch self {
    case .linear: .linear
    case .sigmoid: .sigmoid
    case .relu: .relu
    case .softmax: .softmax
    case .tanh: .tanh
    case .softplus: .softplus
    case .softsign: .softsign
    case .elu: .elu
    case .selu: .selu
    case .gelu: .gelu
    case .silu: .silu
    case .leakyRelu: .leakyRelu
    case .exponential: .exponential
    case .hardSigmoid: .hardSigmoid
    case .mish: .mish
    }
  }

  /// Keras's string for the activation.
  public var name: String { word.rawValue }
}
