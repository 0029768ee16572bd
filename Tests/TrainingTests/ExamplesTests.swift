import Datasets
import Failures
import NeuralNetwork
import RunConfig
import Testing
import Training

/// The promise: data that the network or the loss cannot take is refused in one line that names the row, before a worker starts.
@Suite struct ExamplesTests {
  struct Refusal: Sendable {
    let dense: Dense
    let loss: Loss
    var encoding: DataSection.Targets = .classes
    let dataset: @Sendable () throws -> Dataset
    let message: String
  }

  static let rows: [[Float]] = [[1, 2], [3, 4], [5, 6]]

  private static func labelled(_ labels: [Int]) -> @Sendable () throws -> Dataset { { try Dataset(rows: rows, labels: labels) } }
  private static func vectors(_ vectors: [[Float]]) -> @Sendable () throws -> Dataset { { try Dataset(rows: rows, vectors: vectors) } }
  private static func scaled(_ scale: Double) -> @Sendable () throws -> Dataset {
    {
      var dataset = try Dataset(rows: rows, labels: [0, 1, 0])
      dataset.scale = scale
      return dataset
    }
  }

  static let sparse = Loss.sparseCategoricalCrossentropy(fromLogits: true)
  static let refusals: [Refusal] = [
    Refusal(
      dense: Dense(3), loss: sparse, dataset: labelled([0, 2, 3]), message: "training data: row 2: label 3 is out of range for 3 outputs; expected 0 to 2"),
    Refusal(
      dense: Dense(2), loss: .categoricalCrossentropy(fromLogits: true), encoding: .oneHot, dataset: labelled([0, 7, 3]),
      message: "training data: row 1: label 7 is out of range for 2 outputs; expected 0 to 1"),
    Refusal(
      dense: Dense(2, activation: .sigmoid), loss: .binaryCrossentropy(), encoding: .oneHot, dataset: labelled([2, 0, 1]),
      message: "training data: row 0: label 2 is out of range for 2 outputs; expected 0 to 1"),
    Refusal(
      dense: Dense(2), loss: .meanSquaredError, encoding: .oneHot, dataset: labelled([0, 1, 2]),
      message: "training data: row 2: label 2 is out of range for 2 outputs; expected 0 to 1"),
    Refusal(
      dense: Dense(1, activation: .sigmoid), loss: .binaryCrossentropy(), dataset: labelled([0, 1, 2]),
      message: "training data: row 2: label 2 is out of range for binary_crossentropy; expected 0 or 1 (data.classes picks two classes)"),
    Refusal(
      dense: Dense(1), loss: .binaryCrossentropy(fromLogits: true), encoding: .value, dataset: labelled([9, 1, 2]),
      message: "training data: row 0: label 9 is out of range for binary_crossentropy; expected 0 or 1 (data.classes picks two classes)"),
    Refusal(
      dense: Dense(2, activation: .sigmoid), loss: .binaryCrossentropy(), dataset: vectors([[0, 1], [1, 1.5], [0, 0]]),
      message: "training data: row 1: target 1.5 in column 1 is out of range for binary_crossentropy; expected 0 to 1"),
    Refusal(
      dense: Dense(2), loss: .categoricalCrossentropy(fromLogits: true), dataset: vectors([[0, 1], [1, 0], [-0.25, 0]]),
      message: "training data: row 2: target -0.25 in column 0 is out of range for categorical_crossentropy; expected 0 to 1"),
    Refusal(
      dense: Dense(3), loss: .meanSquaredError, dataset: vectors([[0, 1], [1, 0], [0, 0]]),
      message: "compile.loss: the targets have 2 numbers a row, the network has 3 outputs; they must be equal"),
    Refusal(dense: Dense(2), loss: sparse, dataset: scaled(0), message: "training data: the scale is 0.0; expected a number from 1e-36 to 1e+37"),
    Refusal(dense: Dense(2), loss: sparse, dataset: scaled(-1), message: "training data: the scale is -1.0; expected a number from 1e-36 to 1e+37"),
    Refusal(dense: Dense(2), loss: sparse, dataset: scaled(.infinity), message: "training data: the scale is inf; expected a number from 1e-36 to 1e+37"),
    Refusal(dense: Dense(2), loss: sparse, dataset: scaled(.nan), message: "training data: the scale is nan; expected a number from 1e-36 to 1e+37"),
    Refusal(dense: Dense(2), loss: sparse, dataset: scaled(1e-60), message: "training data: the scale is 1e-60; expected a number from 1e-36 to 1e+37"),
    Refusal(dense: Dense(2), loss: sparse, dataset: scaled(1e-37), message: "training data: the scale is 1e-37; expected a number from 1e-36 to 1e+37"),
    Refusal(dense: Dense(2), loss: sparse, dataset: scaled(1e38), message: "training data: the scale is 1e+38; expected a number from 1e-36 to 1e+37"),
    Refusal(dense: Dense(2), loss: sparse, dataset: scaled(1e300), message: "training data: the scale is 1e+300; expected a number from 1e-36 to 1e+37"),
    Refusal(
      dense: Dense(2), loss: sparse, dataset: { try Dataset(rows: [[1], [2]], labels: [0, 1]) },
      message: "training data: an example has 1 numbers, the network takes 2"),
  ]

  private static func fitting(_ compiled: CompiledNetwork, _ training: Dataset, validation: Dataset? = nil, encoding: DataSection.Targets = .classes) throws
    -> Fitting
  {
    try Fitting(
      compiled, state: compiled.initialState(seed: 1), training: training, validation: validation, encoding: encoding, options: FitSection(), seed: 1,
      crew: try crew(1))
  }

  private static func compiled(_ dense: Dense, _ loss: Loss) throws -> CompiledNetwork {
    CompiledNetwork(network: try Network(inputs: 2, layers: [.dense(dense)]), compile: CompileSection(optimizer: .sgd(), loss: loss))
  }

  @Test(arguments: refusals.indices)
  func whatCannotBeLearnedIsRefused(_ index: Int) throws {
    let refusal = Self.refusals[index]
    let compiled = try Self.compiled(refusal.dense, refusal.loss)
    let dataset = try refusal.dataset()
    let failure = #expect(throws: Failure.self) { try Self.fitting(compiled, dataset, encoding: refusal.encoding) }
    #expect(failure?.description == refusal.message)
    #expect(failure?.kind == .badData)
  }

  /// Regression takes any number; crossentropies take both ends of their range.
  @Test func whatCanBeLearnedIsTaken() throws {
    _ = try Self.fitting(try Self.compiled(Dense(1), .meanSquaredError), try Dataset(rows: Self.rows, labels: [0, 7, 1000]), encoding: .value)
    _ = try Self.fitting(try Self.compiled(Dense(2), .meanSquaredError), try Dataset(rows: Self.rows, vectors: [[-5, 5], [1, 0], [0, 1e6]]))
    let sigmoid = Dense(2, activation: .sigmoid)
    _ = try Self.fitting(try Self.compiled(sigmoid, .binaryCrossentropy()), try Dataset(rows: Self.rows, vectors: [[0, 1], [0.5, 0], [1, 1]]))
    _ = try Self.fitting(try Self.compiled(Dense(3), Self.sparse), try Dataset(rows: Self.rows, labels: [0, 2, 2]))
  }

  @Test func theMessageNamesTheDataThatIsMeant() throws {
    let compiled = try Self.compiled(Dense(2), Self.sparse)
    let good = try Dataset(rows: Self.rows, labels: [0, 1, 1])
    let bad = try Dataset(rows: Self.rows, labels: [0, 1, 2])
    let validation = #expect(throws: Failure.self) { try Self.fitting(compiled, good, validation: bad) }
    #expect(validation?.place == "validation data: row 2")
    let evaluation = #expect(throws: Failure.self) { try evaluate(compiled, state: compiled.initialState(seed: 1), dataset: bad, crew: try crew(1)) }
    #expect(evaluation?.place == "evaluation data: row 2")
  }

  @Test(arguments: [(2, 0.0), (2, -Double.infinity), (3, 1.0)])
  func whatCannotBePredictedIsRefused(_ width: Int, _ scale: Double) throws {
    let compiled = try Self.compiled(Dense(2), Self.sparse)
    let store = try ExampleStore(rows: [[Float](repeating: 1, count: width)])
    let failure = #expect(throws: Failure.self) {
      try predict(compiled, state: compiled.initialState(seed: 1), store: store, scale: scale, crew: try crew(1))
    }
    let message = width == 2 ? "the scale is \(scale); expected a number from 1e-36 to 1e+37" : "an example has 3 numbers, the network takes 2"
    #expect(failure == Failure(.badData, at: "input", message))
  }

  @Test func rowsThatDoNotBelongMayHaveAnyLabel() throws {
    let all = try Dataset(rows: Self.rows, labels: [5, 1, 7])
    _ = try Self.fitting(try Self.compiled(Dense(2), Self.sparse), try all.selecting(classes: [7, 5]))
  }
}
