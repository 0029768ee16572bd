import KernelTemplates
import RunConfig

/// One row on its way forward through a network, to the loss, and back: every number as the kernels gave it.
///
/// It goes as rows go that are judged: random layers do nothing, and batch normalisation takes its running mean and variance. Where there are neither, its
/// gradient is the one that a step over this row alone takes.
public struct RowTrace: Equatable, Sendable {
  /// A dense layer with its activation, or what follows one.
  public struct Stage: Equatable, Sendable {
    /// What a stage does.
    public enum Kind: Equatable, Sendable {
      /// Number `number` of `Network.layers`.
      case dense(Int)
      /// A function of each number.
      case activation
      /// x · scale + offset.
      case rescaling(scale: Float, offset: Float)
      /// Number `number` of `Network.normalizations`.
      case normalization(Int)
      /// Leaves its inputs as they are, and adds l1·Σ|x| + l2·Σx² to the loss.
      case activityPenalty(l1: Float, l2: Float)
    }

    /// What it does.
    public let kind: Kind
    /// Keras's name of the layer; of one without parameters, that of the dense layer it follows.
    public let name: String
    /// What is applied to `sums`; linear where it is none.
    public let activation: Activation
    /// What comes in.
    public let inputs: [Float]
    /// z = x·W + b of a dense layer; else `inputs`.
    public let sums: [Float]
    /// What goes out: the activation of `sums`.
    public let outputs: [Float]
    /// ∂loss/∂outputs; nil where the loss holds the activation, and its gradient is that of `sums` at once.
    public let outputGradient: [Float]?
    /// ∂loss/∂sums.
    public let gradient: [Float]
  }

  /// From the inputs on.
  public let stages: [Stage]
  /// What the network should have answered, as the loss sees it: smoothed, or −1 and 1.
  public let targets: [Float]
  /// With the penalties of its activities, and without those of weights, which are a batch's.
  public let loss: Float
  /// ∂loss/∂parameters, in arena layout.
  public let parameterGradient: [Float]

  /// What of the loss is for the size of the layers' outputs.
  public var activityPenalty: Double { stages.reduce(0) { $0 + $1.penalty } }

  /// What comes to the first dense layer.
  public var inputs: [Float] { stages[0].inputs }
  /// What the network answers; logits where the loss is told so.
  public var outputs: [Float] { stages[stages.count - 1].outputs }
}

/// What a layer, or what follows one, gives for a row: of a `RowTrace.Stage` what lies on the way forward.
public struct StageOutputs: Equatable, Sendable {
  /// What the layer does.
  public let kind: RowTrace.Stage.Kind
  /// Keras's name of the layer; of one without parameters, that of the dense layer it follows.
  public let name: String
  /// What was applied last; linear where it was none.
  public let activation: Activation
  /// One number a unit.
  public let outputs: [Float]
}

extension RowTrace.Stage.Kind {
  /// Keras's word.
  public var word: String {
    switch self {
    case .dense: "dense"
    case .activation: "activation"
    case .rescaling: "rescaling"
    case .normalization: "normalization"
    case .activityPenalty: "activity_regularization"
    }
  }
}

extension RowTrace.Stage {
  /// What it adds to the loss.
  public var penalty: Double {
    guard case .activityPenalty(let l1, let l2) = kind else { return 0 }
    return outputs.reduce(0) { $0 + Double(l1) * abs(Double($1)) + Double(l2) * Double($1) * Double($1) }
  }
}

extension Activation {
  /// The activation that `kernel` computes.
  init(_ kernel: ActivationKernel) {
    switch kernel {
    case .linear: self = .linear
    case .sigmoid: self = .sigmoid
    case .relu: self = .relu
    case .tanh: self = .tanh
    case .softmax: self = .softmax
    case .softplus: self = .softplus
    case .softsign: self = .softsign
    case .elu(let alpha): self = .elu(alpha: Double(alpha))
    case .selu: self = .selu
    case .gelu: self = .gelu(approximate: false)
    case .geluTanh: self = .gelu(approximate: true)
    case .silu: self = .silu
    case .leakyRelu(let slope): self = .leakyRelu(negativeSlope: Double(slope))
    case .exponential: self = .exponential
    case .hardSigmoid: self = .hardSigmoid
    case .mish: self = .mish
    }
  }
}
