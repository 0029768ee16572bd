import Failures
import KernelTemplates
import RunConfig

/// A loss fitted to a network: what `compile` resolves.
public struct Objective: Equatable, Sendable {
  /// How a target reaches the loss.
  public enum TargetForm: Equatable, Sendable {
    /// Class numbers 0 ..< `outputs`, spread to one output each.
    case oneHot
    /// The class number itself, for a single output.
    case number
    /// A row of `outputs` numbers.
    case vector
  }

  /// What becomes of a target before the loss sees it: label smoothing, or −1 and 1 for 0 and 1.
  public struct TargetMap: Equatable, Sendable {
    /// What a target is multiplied by.
    public let scale: Float
    /// What is then added.
    public let offset: Float

    /// Leaves targets as they are.
    public static let identity = TargetMap(scale: 1, offset: 0)

    /// The target as the loss sees it: target · scale + offset.
    public func callAsFunction(_ target: Float) -> Float { target * scale + offset }
  }

  /// What "accuracy" counts, as Keras resolves the word.
  public enum AccuracyRule: Equatable, Sendable {
    /// One output: above the threshold exactly where the target is 1.
    case threshold(Float)
    /// The largest output is the target's class.
    case largest
  }

  /// What is computed for each row.
  public let loss: LossKernel
  /// True when the loss takes the last layer's logits and applies its sigmoid or softmax itself, in the stable form.
  public let includesOutputActivation: Bool
  /// How targets come to the loss.
  public let targetForm: TargetForm
  /// What becomes of each number of a target.
  public let targetMap: TargetMap
  /// When an answer counts as right.
  public let accuracyRule: AccuracyRule
  /// What else is told from outputs and targets.
  public let metrics: MetricPlan

  /// Fits `loss` to `network` for targets that are class numbers (`encoding` says what becomes of them), or vectors of `vectorWidth`
  /// numbers.
  ///
  /// - Parameters:
  ///   - loss: what is made small.
  ///   - network: whose outputs it takes.
  ///   - encoding: what becomes of class numbers.
  ///   - vectorWidth: numbers of a target that is a vector; nil for class numbers.
  ///   - metrics: what else is told.
  ///   - areBinary: whether all targets are 0 or 1.
  /// - Throws: `Failure` (bad data) with advice when loss, outputs and targets do not go together.
  public init(loss: Loss, network: Network, encoding: DataSection.Targets, vectorWidth: Int?, areBinary: Bool = true, metrics: [Metric] = []) throws(Failure) {
    let outputs = network.outputs
    let place = "compile.loss"
    targetForm = try Self.targetForm(loss, outputs: outputs, encoding: encoding, vectorWidth: vectorWidth, place)
    (self.loss, includesOutputActivation) = Self.kernel(loss, outputActivation: network.outputActivation)
    targetMap = Self.targetMap(loss, outputs: outputs, areBinary: areBinary)
    // Keras compares the model's outputs with 0.5. Where the loss holds the sigmoid, the outputs here are logits, and 0.5 is the logit 0.
    accuracyRule = outputs == 1 ? .threshold(includesOutputActivation ? 0 : 0.5) : .largest
    self.metrics = MetricPlan(metrics, outputs: outputs)
  }

  /// For a network that only answers: no loss is computed, and the last layer applies its own activation.
  public static let outputsOnly = Objective(loss: .meanSquaredError, includesOutputActivation: false, targetForm: .vector, accuracyRule: .largest)

  private init(loss: LossKernel, includesOutputActivation: Bool, targetForm: TargetForm, accuracyRule: AccuracyRule) {
    targetMap = .identity
    self.loss = loss
    self.includesOutputActivation = includesOutputActivation
    self.targetForm = targetForm
    self.accuracyRule = accuracyRule
    metrics = MetricPlan([], outputs: 0)
  }

  private static func kernel(_ loss: Loss, outputActivation: ActivationKernel) -> (LossKernel, Bool) {
    let includesActivation = !loss.fromLogits && loss.ownActivation.map { ActivationKernel($0) == outputActivation } ?? false
    let takesLogits = loss.fromLogits || includesActivation
    let kernel: LossKernel =
      switch loss {
      case .binaryCrossentropy: takesLogits ? .sigmoidCrossentropy : .binaryCrossentropy
      case .binaryFocalCrossentropy(_, let gamma, let alpha, let isBalanced, _):
        focal(takesLogits, gamma: Float(gamma), negative: isBalanced ? Float(1 - alpha) : 1, positive: isBalanced ? Float(alpha) : 1)
      case .categoricalCrossentropy, .sparseCategoricalCrossentropy: takesLogits ? .softmaxCrossentropy : .categoricalCrossentropy
      case .klDivergence: .klDivergence
      case .meanSquaredError: .meanSquaredError
      case .meanAbsoluteError: .meanAbsoluteError
      case .huber(let delta): .huber(delta: Float(delta))
      case .logCosh: .logCosh
      case .poisson: .poisson
      case .hinge: .hinge
      case .squaredHinge: .squaredHinge
      case .categoricalHinge: .categoricalHinge
      }
    return (kernel, includesActivation)
  }

  private static func focal(_ takesLogits: Bool, gamma: Float, negative: Float, positive: Float) -> LossKernel {
    takesLogits
      ? .sigmoidFocalCrossentropy(gamma: gamma, negative: negative, positive: positive)
      : .binaryFocalCrossentropy(gamma: gamma, negative: negative, positive: positive)
  }

  private static func targetMap(_ loss: Loss, outputs: Int, areBinary: Bool) -> TargetMap {
    switch loss {
    case .binaryCrossentropy(_, let smoothing), .binaryFocalCrossentropy(_, _, _, _, let smoothing):
      TargetMap(scale: Float(1 - smoothing), offset: Float(smoothing / 2))
    case .categoricalCrossentropy(_, let smoothing): TargetMap(scale: Float(1 - smoothing), offset: Float(smoothing / Double(outputs)))
    // As Keras: `convert_binary_labels_to_hinge`.
    case .hinge where areBinary, .squaredHinge where areBinary: TargetMap(scale: 2, offset: -1)
    default: .identity
    }
  }

  private static func targetForm(
    _ loss: Loss, outputs: Int, encoding: DataSection.Targets, vectorWidth: Int?, _ place: String
  ) throws(Failure) -> TargetForm {
    if case .sparseCategoricalCrossentropy = loss {
      guard vectorWidth == nil, encoding == .classes else {
        throw Failure(.badData, at: place, "sparse_categorical_crossentropy needs class numbers as targets; for one-hot targets use categorical_crossentropy")
      }
      guard outputs > 1 else {
        throw Failure(.badData, at: place, "sparse_categorical_crossentropy needs one output a class, found 1 output; for two classes use binary_crossentropy")
      }
      return .oneHot
    }
    if let vectorWidth {
      guard vectorWidth == outputs else {
        throw Failure(.badData, at: place, "the targets have \(vectorWidth) numbers a row, the network has \(outputs) outputs; they must be equal")
      }
      return .vector
    }
    if loss.question == .oneOfMany, outputs == 1 {
      throw Failure(.badData, at: place, "\(loss.name) needs one output a class, found 1 output; for two classes use binary_crossentropy")
    }
    switch encoding {
    case .oneHot where outputs > 1: return .oneHot
    case .oneHot:
      throw Failure(.badData, at: place, "one_hot targets need one output a class, found 1 output; use targets \"classes\"")
    case .classes where outputs == 1, .value where outputs == 1: return .number
    case .classes, .value:
      throw Failure(
        .badData, at: place,
        "\(loss.name) over \(outputs) outputs needs one target an output; set data.targets to \"one_hot\", or use sparse_categorical_crossentropy for class numbers"
      )
    }
  }
}
