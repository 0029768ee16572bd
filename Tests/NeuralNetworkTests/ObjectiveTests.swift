import Failures
import KernelTemplates
import NeuralNetwork
import RunConfig
import Testing

/// The promise: loss, last activation and targets are put together as Keras would, in the stable form where there is one, and what does not go together is
/// refused with advice.
@Suite struct ObjectiveTests {
  struct Fit: CustomStringConvertible, Sendable {
    let loss: Loss
    let last: Activation
    let kernel: LossKernel
    let includesOutputActivation: Bool
    var description: String { "\(loss) after \(last)" }
  }

  private static func fits(_ loss: Loss, _ last: [Activation], _ kernel: LossKernel, includes: Bool = false) -> [Fit] {
    last.map { Fit(loss: loss, last: $0, kernel: kernel, includesOutputActivation: includes) }
  }

  static let all = Activation.every
  static let fits: [Fit] =
    fits(.meanSquaredError, all, .meanSquaredError)
    + fits(.binaryCrossentropy(fromLogits: true), all, .sigmoidCrossentropy)
    + fits(.binaryCrossentropy(fromLogits: false), [.sigmoid], .sigmoidCrossentropy, includes: true)
    + fits(.binaryCrossentropy(fromLogits: false), [.linear, .relu, .tanh, .softmax], .binaryCrossentropy)
    + fits(.categoricalCrossentropy(fromLogits: true), all, .softmaxCrossentropy)
    + fits(.categoricalCrossentropy(fromLogits: false), [.softmax], .softmaxCrossentropy, includes: true)
    + fits(.categoricalCrossentropy(fromLogits: false), [.linear, .sigmoid, .relu, .tanh], .categoricalCrossentropy)
    + fits(.sparseCategoricalCrossentropy(fromLogits: true), all, .softmaxCrossentropy)
    + fits(.sparseCategoricalCrossentropy(fromLogits: false), [.softmax], .softmaxCrossentropy, includes: true)
    + fits(.sparseCategoricalCrossentropy(fromLogits: false), [.linear, .sigmoid, .relu, .tanh], .categoricalCrossentropy)

  /// Those that take logits and those that take probabilities, as the crossentropies; the others as they are.
  static let others: [(Loss, Activation, LossKernel, Bool)] = [
    (.binaryFocalCrossentropy(), .sigmoid, .sigmoidFocalCrossentropy(gamma: 2, negative: 1, positive: 1), true),
    (.binaryFocalCrossentropy(), .softmax, .binaryFocalCrossentropy(gamma: 2, negative: 1, positive: 1), false),
    (.binaryFocalCrossentropy(fromLogits: true), .linear, .sigmoidFocalCrossentropy(gamma: 2, negative: 1, positive: 1), false),
    (.binaryFocalCrossentropy(alpha: 0.25, applyClassBalancing: true), .sigmoid, .sigmoidFocalCrossentropy(gamma: 2, negative: 0.75, positive: 0.25), true),
    (.klDivergence, .softmax, .klDivergence, false), (.huber(delta: 3), .linear, .huber(delta: 3), false), (.logCosh, .linear, .logCosh, false),
  ]

  @Test(arguments: others.indices) func theOthersChooseTheirs(_ index: Int) throws {
    let (loss, last, kernel, includes) = Self.others[index]
    let objective = try Self.objective(loss, 3, last, .oneHot, nil)
    #expect(objective.loss == kernel && objective.includesOutputActivation == includes)
  }

  /// Label smoothing, and −1 for 0 where a hinge's targets are all 0 or 1.
  @Test func targetsAreMapped() throws {
    func map(_ loss: Loss, _ outputs: Int, areBinary: Bool = true) throws -> [Float] {
      let network = try Network(inputs: 2, layers: [.dense(Dense(outputs))])
      let objective = try Objective(loss: loss, network: network, encoding: .oneHot, vectorWidth: outputs, areBinary: areBinary)
      return [0, 0.5, 1].map { objective.targetMap($0) }
    }
    #expect(try map(.binaryCrossentropy(labelSmoothing: 0.5), 3) == [0.25, 0.5, 0.75])
    #expect(try map(.binaryFocalCrossentropy(labelSmoothing: 0.5), 1) == [0.25, 0.5, 0.75])
    #expect(try map(.categoricalCrossentropy(labelSmoothing: 0.5), 4) == [0.125, 0.375, 0.625])
    for loss in [Loss.hinge, .squaredHinge] {
      #expect(try map(loss, 3) == [-1, 0, 1])
      #expect(try map(loss, 3, areBinary: false) == [0, 0.5, 1])
    }
    for loss in [Loss.categoricalHinge, .meanSquaredError, .binaryCrossentropy()] { #expect(try map(loss, 3) == [0, 0.5, 1]) }
  }

  private static func objective(_ loss: Loss, _ outputs: Int, _ last: Activation, _ encoding: DataSection.Targets, _ width: Int?) throws -> Objective {
    try Objective(loss: loss, network: try Network(inputs: 2, layers: [.dense(Dense(outputs, activation: last))]), encoding: encoding, vectorWidth: width)
  }

  @Test(arguments: fits)
  func lossAndActivationChooseTheKernel(_ fit: Fit) throws {
    let isSparse = fit.loss.name == "sparse_categorical_crossentropy"
    let several = try Self.objective(fit.loss, 3, fit.last, isSparse ? .classes : .oneHot, nil)
    #expect(several.loss == fit.kernel)
    #expect(several.includesOutputActivation == fit.includesOutputActivation)
    #expect(several.targetForm == .oneHot)
    #expect(several.accuracyRule == .largest)
  }

  /// Keras's 0.5 is held against the model's outputs: where the loss holds the sigmoid, the outputs here are logits.
  static let single: [(Loss, Activation, Float)] = [
    (.binaryCrossentropy(), .sigmoid, 0), (.binaryCrossentropy(), .linear, 0.5), (.binaryCrossentropy(fromLogits: true), .linear, 0.5),
    (.binaryCrossentropy(fromLogits: true), .sigmoid, 0.5), (.meanSquaredError, .linear, 0.5), (.meanSquaredError, .sigmoid, 0.5),
  ]

  @Test(arguments: single.indices)
  func oneOutputHasAThreshold(_ index: Int) throws {
    let (loss, last, threshold) = Self.single[index]
    for (encoding, width, form) in [(DataSection.Targets.classes, nil, Objective.TargetForm.number), (.value, nil, .number), (.classes, 1, .vector)] {
      let objective = try Self.objective(loss, 1, last, encoding, width)
      #expect(objective.accuracyRule == .threshold(threshold))
      #expect(objective.targetForm == form)
    }
  }

  @Test(arguments: [Loss.binaryCrossentropy(), .categoricalCrossentropy(), .meanSquaredError])
  func vectorsStayVectors(_ loss: Loss) throws {
    for encoding in DataSection.Targets.allCases { #expect(try Self.objective(loss, 3, .sigmoid, encoding, 3).targetForm == .vector) }
  }

  @Test func anAnsweringNetworkAppliesItsOwnActivation() { #expect(!Objective.outputsOnly.includesOutputActivation) }

  typealias Refusal = (loss: Loss, outputs: Int, encoding: DataSection.Targets, width: Int?, message: String)
  static let sparse = Loss.sparseCategoricalCrossentropy()
  static let sparseNeedsClasses = "sparse_categorical_crossentropy needs class numbers as targets; for one-hot targets use categorical_crossentropy"
  static func advice(_ name: String, _ outputs: Int) -> String {
    "\(name) over \(outputs) outputs needs one target an output; set data.targets to \"one_hot\", or use sparse_categorical_crossentropy for class numbers"
  }
  static let refusals: [Refusal] = [
    (sparse, 3, .classes, 3, sparseNeedsClasses),
    (sparse, 3, .oneHot, nil, sparseNeedsClasses),
    (sparse, 3, .value, nil, sparseNeedsClasses),
    (
      sparse, 1, .classes, nil,
      "sparse_categorical_crossentropy needs one output a class, found 1 output; for two classes use binary_crossentropy"
    ),
    (.meanSquaredError, 3, .classes, 2, "the targets have 2 numbers a row, the network has 3 outputs; they must be equal"),
    (.binaryCrossentropy(), 1, .classes, 2, "the targets have 2 numbers a row, the network has 1 outputs; they must be equal"),
    (
      .categoricalCrossentropy(), 1, .oneHot, nil,
      "categorical_crossentropy needs one output a class, found 1 output; for two classes use binary_crossentropy"
    ),
    (.binaryCrossentropy(), 1, .oneHot, nil, "one_hot targets need one output a class, found 1 output; use targets \"classes\""),
    (.binaryCrossentropy(), 3, .classes, nil, advice("binary_crossentropy", 3)),
    (.categoricalCrossentropy(fromLogits: true), 3, .classes, nil, advice("categorical_crossentropy", 3)),
    (.meanSquaredError, 2, .value, nil, advice("mean_squared_error", 2)),
  ]

  @Test(arguments: refusals.indices)
  func whatDoesNotGoTogetherIsRefused(_ index: Int) {
    let refusal = Self.refusals[index]
    let failure = #expect(throws: Failure.self) { try Self.objective(refusal.loss, refusal.outputs, .linear, refusal.encoding, refusal.width) }
    #expect(failure == Failure(.badData, at: "compile.loss", refusal.message))
  }
}
