import Failures
import Kernels
import NeuralNetwork
import RunConfig
import TestSupport
import Testing

/// The promise: what `BatchBuffers` leaves after forward, loss and backward is the gradient of the loss that Keras defines, for every layer, activation, loss and
/// target, on every instruction set. Each element is held against central differences of a network in Double.
@Suite struct GradientTests {
  /// How the last layer and the loss are written, and what the targets are.
  struct Case: CustomStringConvertible, Sendable {
    let loss: Loss
    let last: Activation
    let outputs: Int
    let targets: GradientProblem.Targets
    var description: String { "\(loss) after \(last), \(outputs) outputs, \(targets)" }
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for loss in Loss.every {
      let isSparse = loss.name == "sparse_categorical_crossentropy"
      // Every activation with one loss of each kind; the others with those that change the loss's form, and one that does not.
      let meetsAll = [.meanSquaredError, .binaryCrossentropy(), .categoricalCrossentropy(), .sparseCategoricalCrossentropy(fromLogits: true)].contains(loss)
      for last in meetsAll ? Activation.every : [.linear, .sigmoid, .softmax, .tanh] {
        cases.append(Case(loss: loss, last: last, outputs: 3, targets: isSparse ? .oneHot : .vector))
      }
      let last = loss.ownActivation ?? .linear
      cases.append(Case(loss: loss, last: last, outputs: 17, targets: .oneHot))
      if !isSparse { cases.append(Case(loss: loss, last: last, outputs: 16, targets: .vector)) }
      guard loss.question != .oneOfMany else { continue }
      for last in [Activation.linear, .sigmoid] { cases.append(Case(loss: loss, last: last, outputs: 1, targets: .number)) }
    }
    return cases
  }()

  /// Every loss on every last activation, behind a hidden layer without and one with a bias.
  @Test(arguments: cases)
  func everyLossAndLastActivation(_ problem: Case) throws {
    let layers: [Layer] = [.dense(16, activation: .tanh, useBias: false), .dense(3, activation: .sigmoid), .dense(problem.outputs, activation: problem.last)]
    try GradientProblem(inputs: 17, layers, problem.loss, problem.targets, rows: 19).check()
  }

  /// Every hidden activation, twice in a row, with and without bias, at widths on both sides of a vector.
  @Test(arguments: Activation.every, [true, false])
  func everyHiddenActivation(_ activation: Activation, _ useBias: Bool) throws {
    for widths in [[1, 3], [16, 17], [17, 1], [25, 16]] {
      let hidden = widths.map { Layer.dense($0, activation: activation, useBias: useBias) }
      for fromLogits in [false, true] {
        let last = Layer.dense(3, activation: fromLogits ? .linear : .softmax, useBias: fromLogits != useBias)
        let loss = Loss.categoricalCrossentropy(fromLogits: fromLogits)
        try GradientProblem(inputs: 3, hidden + [last], loss, .vector, rows: 9).check()
      }
    }
  }

  /// One layer alone: logistic and linear regression.
  @Test(arguments: [1, 3, 16, 17, 25], [true, false])
  func oneLayerOfEachWidth(_ inputs: Int, _ useBias: Bool) throws {
    let logistic: [Layer] = [.dense(1, activation: .sigmoid, useBias: useBias)]
    try GradientProblem(inputs: inputs, logistic, .binaryCrossentropy(), .number, rows: 20).check()
    try GradientProblem(inputs: inputs, [.dense(25, useBias: useBias)], .meanSquaredError, .vector, rows: 3).check()
  }

  /// From one row to more than share lists of inputs, and inputs that fall into leaves.
  @Test(arguments: [1, 2, 7, 8, 9, 33, 64, 127, 128, 200])
  func everyNumberOfRows(_ rows: Int) throws {
    for inputs in [3, 200] {
      try GradientProblem(inputs: inputs, [.dense(3, activation: .sigmoid), .dense(2)], .sparseCategoricalCrossentropy(fromLogits: true), .oneHot, rows: rows)
        .check()
    }
  }

  static let followers: [[Layer]] = [
    [.activation(.relu)], [.activation(.gelu())], [.rescaling(Rescaling(0.7, offset: -0.2))], [.dropout(Dropout(0.3))], [.gaussianNoise(GaussianNoise(0.4))],
    [.batchNormalization(BatchNormalization())], [.batchNormalization(BatchNormalization(epsilon: 0.1, center: false))],
    [.batchNormalization(BatchNormalization(scale: false)), .activation(.tanh)],
    [.batchNormalization(BatchNormalization(epsilon: 0.1, center: false, scale: false))],
    [.layerNormalization(LayerNormalization())], [.layerNormalization(LayerNormalization(epsilon: 0.1, center: false)), .dropout(Dropout(0.5))],
    [.layerNormalization(LayerNormalization(scale: false))], [.layerNormalization(LayerNormalization(center: false, scale: false)), .activation(.sigmoid)],
    [.activityRegularization(ActivityRegularization(l1: 0.3, l2: 0.2))],
    [.activityRegularization(ActivityRegularization(l2: 0.4)), .activation(.tanh), .activityRegularization(ActivityRegularization(l1: 0.1))],
    [.activation(.sigmoid), .activation(.silu), .dropout(Dropout(0.2)), .activation(.tanh)],
    // What is nearly the same for all rows would be blown up, rounding errors and all.
    [
      .batchNormalization(BatchNormalization()), .layerNormalization(LayerNormalization(epsilon: 0.3)), .batchNormalization(BatchNormalization(epsilon: 0.3)),
      .flatten,
    ],
  ]

  /// Every layer that can follow a dense one, behind a hidden layer and behind the last; at widths on both sides of a vector and of a panel.
  @Test(arguments: followers.indices, [1, 3, 17, 33])
  func everyFollower(_ number: Int, _ width: Int) throws {
    let followers = Self.followers[number]
    let inside = [.dense(width, activation: .sigmoid)] + followers + [.dense(2)]
    try GradientProblem(inputs: 3, inside, .meanSquaredError, .vector, rows: 11).check()
    let last = [.dense(2, activation: .tanh), .dense(width)] + followers
    try GradientProblem(inputs: 3, last, .meanSquaredError, .vector, rows: 11).check()
  }

  static let preparations: [[Layer]] = [
    [.flatten, .rescaling(Rescaling(0.5))], [.rescaling(Rescaling(-0.5, offset: 0.1))], [.dropout(Dropout(0.4))], [.gaussianNoise(GaussianNoise(0.3))],
    [.rescaling(Rescaling(2)), .dropout(Dropout(0.1)), .rescaling(Rescaling(0.25, offset: 1)), .gaussianNoise(GaussianNoise(0.1))],
  ]

  /// What stands before the first dense layer; leaves among the inputs or none.
  @Test(arguments: preparations.indices, [5, 200]) func everyPreparation(_ number: Int, _ inputs: Int) throws {
    for rows in [1, 9, 40, 150] {
      let layers = Self.preparations[number] + [.dense(3, activation: .sigmoid), .batchNormalization(BatchNormalization()), .dense(2)]
      try GradientProblem(inputs: inputs, layers, .sparseCategoricalCrossentropy(fromLogits: true), .oneHot, rows: rows).check()
    }
  }

  /// A penalty for the last layer's outputs needs them, so the loss cannot hold their activation.
  @Test func aPenaltyBehindTheLastActivation() throws {
    for (activation, loss) in [(Activation.softmax, Loss.categoricalCrossentropy()), (.sigmoid, .binaryCrossentropy())] {
      let last = Dense(3, activation: activation, activityRegularizer: .l1L2(l1: 0.2, l2: 0.3))
      let problem = try GradientProblem(inputs: 3, [.dense(4, activation: .tanh), .dense(last)], loss, .vector, rows: 12)
      #expect(!problem.objective.includesOutputActivation)
      try problem.check()
    }
  }

  /// A loss that holds the last activation holds that of an activation layer, too.
  @Test func theLossHoldsALastActivationLayer() throws {
    for hidden in [[Layer.dense(4, activation: .relu), .dense(3)], [.dense(3), .batchNormalization(BatchNormalization())]] {
      for (activation, loss) in [(Activation.softmax, Loss.categoricalCrossentropy()), (.sigmoid, .binaryCrossentropy())] {
        let problem = try GradientProblem(inputs: 3, hidden + [.activation(activation)], loss, .vector, rows: 12)
        #expect(problem.objective.includesOutputActivation)
        try problem.check()
      }
    }
  }
}
