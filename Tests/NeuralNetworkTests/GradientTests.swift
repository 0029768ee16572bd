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
    let layers = [Dense(16, activation: .tanh, useBias: false), Dense(3, activation: .sigmoid), Dense(problem.outputs, activation: problem.last)]
    try GradientProblem(inputs: 17, layers, problem.loss, problem.targets, rows: 19).check()
  }

  /// Every hidden activation, twice in a row, with and without bias, at widths on both sides of a vector.
  @Test(arguments: Activation.every, [true, false])
  func everyHiddenActivation(_ activation: Activation, _ useBias: Bool) throws {
    for widths in [[1, 3], [16, 17], [17, 1], [25, 16]] {
      let hidden = widths.map { Dense($0, activation: activation, useBias: useBias) }
      for last in [Dense(3, activation: .softmax, useBias: useBias), Dense(3, useBias: !useBias)] {
        let loss = Loss.categoricalCrossentropy(fromLogits: last.activation == .linear)
        try GradientProblem(inputs: 3, hidden + [last], loss, .vector, rows: 9).check()
      }
    }
  }

  /// One layer alone: logistic and linear regression.
  @Test(arguments: [1, 3, 16, 17, 25], [true, false])
  func oneLayerOfEachWidth(_ inputs: Int, _ useBias: Bool) throws {
    let logistic = [Dense(1, activation: .sigmoid, useBias: useBias)]
    try GradientProblem(inputs: inputs, logistic, .binaryCrossentropy(), .number, rows: 20).check()
    try GradientProblem(inputs: inputs, [Dense(25, useBias: useBias)], .meanSquaredError, .vector, rows: 3).check()
  }

  /// From one row to more than share lists of inputs, and inputs that fall into leaves.
  @Test(arguments: [1, 2, 7, 8, 9, 33, 64, 127, 128, 200])
  func everyNumberOfRows(_ rows: Int) throws {
    for inputs in [3, 200] {
      try GradientProblem(inputs: inputs, [Dense(3, activation: .sigmoid), Dense(2)], .sparseCategoricalCrossentropy(fromLogits: true), .oneHot, rows: rows)
        .check()
    }
  }
}
