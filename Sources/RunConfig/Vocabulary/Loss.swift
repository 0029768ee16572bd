/// A loss function with Keras's names and defaults, averaged over the batch (`sum_over_batch_size`). y are targets, p outputs; formulas and derivatives:
/// `KernelTemplates/Losses.swift`.
public enum Loss: Equatable, Sendable {
  /// −mean over outputs of y·log p + (1−y)·log(1−p). With smoothing, y is y·(1−s) + s/2.
  case binaryCrossentropy(fromLogits: Bool = false, labelSmoothing: Double = 0)
  /// The same, each term weighted by (1 − pₜ)^γ, where pₜ is the probability of the truth; with `applyClassBalancing` also by α for class 1 and 1 − α for
  /// class 0.
  case binaryFocalCrossentropy(
    fromLogits: Bool = false, gamma: Double = 2, alpha: Double = 0.25, applyClassBalancing: Bool = false, labelSmoothing: Double = 0)
  /// −Σ y·log p; targets are one-hot (or a distribution). With smoothing, y is y·(1−s) + s/outputs.
  case categoricalCrossentropy(fromLogits: Bool = false, labelSmoothing: Double = 0)
  /// −log p[class]; targets are class numbers.
  case sparseCategoricalCrossentropy(fromLogits: Bool = false)
  /// Σ y·log(y/p).
  case klDivergence
  /// mean over outputs of (y−p)².
  case meanSquaredError
  /// mean over outputs of |y−p|.
  case meanAbsoluteError
  /// mean over outputs of ½e² for e = |y−p| up to δ, δ·(e − ½δ) beyond.
  case huber(delta: Double = 1)
  /// mean over outputs of ln cosh(y−p).
  case logCosh
  /// mean over outputs of p − y·log p.
  case poisson
  /// mean over outputs of max(1 − y·p, 0) for targets −1 and 1; targets that are all 0 or 1 are taken for those.
  case hinge
  /// mean over outputs of max(1 − y·p, 0)², for targets as `hinge`.
  case squaredHinge
  /// max(largest (1−y)·p − Σ y·p + 1, 0); targets are one-hot.
  case categoricalHinge
}

extension Loss {
  /// The words of `compile.loss.type`.
  enum TypeWord: String, CaseIterable {
    case binaryCrossentropy = "binary_crossentropy"
    case binaryFocalCrossentropy = "binary_focal_crossentropy"
    case categoricalCrossentropy = "categorical_crossentropy"
    case sparseCategoricalCrossentropy = "sparse_categorical_crossentropy"
    case klDivergence = "kl_divergence"
    case meanSquaredError = "mean_squared_error"
    case meanAbsoluteError = "mean_absolute_error"
    case huber
    case logCosh = "log_cosh"
    case poisson, hinge
    case squaredHinge = "squared_hinge"
    case categoricalHinge = "categorical_hinge"
  }

  var word: TypeWord {
    switch self {
    case .binaryCrossentropy: .binaryCrossentropy
    case .binaryFocalCrossentropy: .binaryFocalCrossentropy
    case .categoricalCrossentropy: .categoricalCrossentropy
    case .sparseCategoricalCrossentropy: .sparseCategoricalCrossentropy
    case .klDivergence: .klDivergence
    case .meanSquaredError: .meanSquaredError
    case .meanAbsoluteError: .meanAbsoluteError
    case .huber: .huber
    case .logCosh: .logCosh
    case .poisson: .poisson
    case .hinge: .hinge
    case .squaredHinge: .squaredHinge
    case .categoricalHinge: .categoricalHinge
    }
  }

  /// Keras's string for the loss.
  public var name: String { word.rawValue }

  /// True when the model's outputs are logits: the loss applies the sigmoid or softmax itself.
  public var fromLogits: Bool {
    switch self {
    case .binaryCrossentropy(let fromLogits, _), .binaryFocalCrossentropy(let fromLogits, _, _, _, _), .categoricalCrossentropy(let fromLogits, _),
      .sparseCategoricalCrossentropy(let fromLogits):
      fromLogits
    default: false
    }
  }

  /// What the network is asked for.
  public enum Question: Sendable {
    /// A probability an output, each by itself.
    case yesOrNo
    /// One class of several, by an output each.
    case oneOfMany
    /// A number an output.
    case quantity
    /// A number an output whose sign is the answer.
    case side
  }

  /// What the network's answers are, and so what can be said about them.
  public var question: Question {
    switch self {
    case .binaryCrossentropy, .binaryFocalCrossentropy, .klDivergence: .yesOrNo
    case .categoricalCrossentropy, .sparseCategoricalCrossentropy, .categoricalHinge: .oneOfMany
    case .meanSquaredError, .meanAbsoluteError, .huber, .logCosh, .poisson: .quantity
    case .hinge, .squaredHinge: .side
    }
  }

  /// The activation that the loss applies when it is told `fromLogits`; nil for a loss that has no such form.
  public var ownActivation: Activation? {
    switch self {
    case .binaryCrossentropy, .binaryFocalCrossentropy: .sigmoid
    case .categoricalCrossentropy, .sparseCategoricalCrossentropy: .softmax
    default: nil
    }
  }

  /// Whether what the network answers, with the activation that the loss holds, are probabilities.
  public var givesProbabilities: Bool { ownActivation != nil || self == .klDivergence }
}
