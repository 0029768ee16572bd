/// An activation function, with Keras's names and defaults. Formulas and derivatives: `KernelTemplates/Activations.swift`.
public enum Activation: Equatable, Sendable {
  case linear, sigmoid, relu, softmax, tanh, softplus, softsign
  case elu(alpha: Double = 1)
  case selu
  /// By the normal distribution itself, or `approximate` by a hyperbolic tangent.
  case gelu(approximate: Bool = false)
  case silu
  case leakyRelu(negativeSlope: Double = 0.2)
  case exponential
  case hardSigmoid
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
