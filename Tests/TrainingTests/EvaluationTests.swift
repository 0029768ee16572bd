import Datasets
import Kernels
import NeuralNetwork
import Reference
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: evaluate and predict give the same bits on any number of workers, in the order of the rows, and predict answers with the last
/// activation applied.
@Suite(.serialized) struct EvaluationTests {
  static let rowCounts = [1, 128, 129, 300, 1025]

  @Test(arguments: rowCounts, Activation.every)
  func predictionsAreTheNetworksOutputsInRowOrder(_ rows: Int, _ last: Activation) throws {
    let layers: [Layer] = [.dense(6, activation: .relu), .dense(3, activation: last, biasInitializer: .heUniform)]
    let loss: Loss = last == .softmax ? .categoricalCrossentropy() : .binaryCrossentropy()
    let dataset = try SmallData.bytes(rows)
    let compiled = try SmallFit(layers: layers, loss: loss).compiled(dataset)
    let state = compiled.initialState(seed: 9)
    let tensors = compiled.network.tensors(arena: state.weights).map(\.values)
    let reference = DoubleNetwork(inputs: SmallData.width, layers, tensors: tensors)
    let expected = (0..<rows).flatMap { reference.outputs(dataset.store.row($0).map { Double($0) / 255 }) }
    for set in InstructionSet.supported {
      let one = try predict(compiled, state: state, store: dataset.store, scale: 255, crew: try crew(1, set))
      expectClose(one, expected.map { Float($0) }, within: 2e-6 * max(1, Float(expected.max()!)), "\(set)")
      for workers in [3, 8] {
        #expect(try predict(compiled, state: state, store: dataset.store, scale: 255, crew: try crew(workers, set)) == one, "\(workers) workers")
      }
    }
  }

  /// The loss over all rows is the mean of each row's; the answers are counted by hand from the predictions.
  @Test(arguments: rowCounts)
  func evaluationsAreTheSameOnAnyNumberOfWorkers(_ rows: Int) throws {
    let dataset = try SmallData.floats(rows)
    let fit = SmallFit(layers: [.dense(7, activation: .tanh), .dense(4)])
    let compiled = try fit.compiled(dataset)
    let state = compiled.initialState(seed: 9)
    let reference = DoubleNetwork(inputs: SmallData.width, fit.layers, tensors: compiled.network.tensors(arena: state.weights).map(\.values))
    let labels = SmallData.labels(rows)
    let examples = (0..<rows).map { dataset.store.row($0).map(Double.init) }
    let loss = reference.loss(fit.loss, examples, labels.map { label in (0..<4).map { $0 == label ? 1 : 0 } })
    let one = try evaluate(compiled, state: state, dataset: dataset, crew: try crew(1))
    #expect(one.rows == rows)
    #expect(one.figures.map(\.name) == ["loss", "accuracy"])
    #expect(abs(one.figures[0].value - loss) < 1e-5 * loss)
    var confusion = [[Int]](repeating: [0, 0, 0, 0], count: 4)
    for (label, example) in zip(labels, examples) {
      let outputs = reference.outputs(example)
      confusion[label][outputs.firstIndex(of: outputs.max()!)!] += 1
    }
    #expect(one.confusion == confusion)
    #expect(one.figures[1].value == Double((0..<4).reduce(0) { $0 + confusion[$1][$1] }) / Double(rows))
    for workers in [2, 3, 5, 8, 13] { #expect(try evaluate(compiled, state: state, dataset: dataset, crew: try crew(workers)) == one, "\(workers) workers") }
  }

  /// Only the rows that belong are counted, and a label belongs to its own row.
  @Test func aPartOfTheRowsIsEvaluatedAlone() throws {
    let dataset = try SmallData.floats(300)
    let (training, validation) = try dataset.split(validationFraction: 0.3, stratified: true, seed: 4)
    let compiled = try SmallFit().compiled(dataset)
    let state = compiled.initialState(seed: 9)
    func sum(_ part: Dataset, _ figure: Int) throws -> Double {
      let evaluation = try evaluate(compiled, state: state, dataset: part, crew: try crew(3))
      #expect(evaluation.rows == part.count)
      return evaluation.figures[figure].value * Double(part.count)
    }
    #expect(abs(try sum(training, 0) + sum(validation, 0) - sum(dataset, 0)) < 1e-6 * 300)
    #expect(abs(try sum(training, 1) + sum(validation, 1) - sum(dataset, 1)) < 1e-9)
  }

  /// Whether class numbers, one-hot vectors or a single yes or no: the same answers to the same questions. Labels of which a row may have several are each by itself.
  @Test func vectorsOfClassesAreClasses() throws {
    let rows = 200
    let (floats, labels) = (seededFloats(rows * SmallData.width, seed: 13), SmallData.labels(rows))
    func examined(_ dataset: Dataset, _ loss: Loss, units: Int, encoding: DataSection.Targets = .classes) throws -> Examination {
      let compiled = try SmallFit(layers: [.dense(units)], loss: loss).compiled(dataset)
      return try examine(
        compiled, state: compiled.initialState(seed: 9), dataset: dataset, encoding: encoding, questions: Examination.Questions(resamples: 10),
        crew: try crew(2))
    }
    let oneHot = try Dataset(floats: floats, width: SmallData.width, vectors: labels.map { label in (0..<4).map { $0 == label ? 1 : 0 } })
    let classes = try examined(try SmallData.floats(rows), .sparseCategoricalCrossentropy(fromLogits: true), units: 4)
    let vectors = try examined(oneHot, .categoricalCrossentropy(fromLogits: true), units: 4)
    #expect(classes.evaluation.confusion != nil && vectors.evaluation.confusion == classes.evaluation.confusion)
    #expect(vectors.classes == classes.classes && vectors.mistakes == classes.mistakes && vectors.calibration == classes.calibration)

    let yes = labels.map { $0 > 1 ? 1 : 0 }
    let binary = Loss.binaryCrossentropy(fromLogits: true)
    let numbers = try examined(try Dataset(floats: floats, width: SmallData.width, labels: yes), binary, units: 1)
    let single = try examined(try Dataset(floats: floats, width: SmallData.width, vectors: yes.map { [Float($0)] }), binary, units: 1)
    #expect(single.evaluation.confusion == numbers.evaluation.confusion && single.mistakes == numbers.mistakes)

    let each = try examined(oneHot, binary, units: 4)
    #expect(each.evaluation.confusion == nil && each.mistakes.isEmpty && each.calibration == nil && each.intervalFigure == "loss")
    #expect(each.classes?.classes.map(\.support) == (0..<4).map { label in labels.filter { $0 == label }.count })
  }

  @Test func answersAreTheFirstLargest() {
    #expect(answers([0.1, 0.7, 0.7, 0.5, 0.2, 0.3], width: 3, threshold: 0.5) == [1, 0])
    #expect(answers([0.5, 0.51, -3], width: 1, threshold: 0.5) == [0, 1, 0])
    #expect(answers([0, 0.1, -3], width: 1, threshold: 0) == [0, 1, 0])
  }
}

/// The promise: an epoch's order is a permutation that depends on the seed and the epoch alone, on every machine.
@Suite struct EpochOrderTests {
  /// Written down by a Python program that has the generator from its paper.
  static let pinned: [(UInt64, Int, [UInt32])] = [
    (1, 0, [1, 3, 8, 7, 5, 6, 2, 0, 4, 9]), (1, 1, [9, 6, 2, 7, 5, 8, 3, 0, 4, 1]), (2, 0, [0, 7, 9, 3, 5, 4, 2, 8, 6, 1]),
  ]

  @Test func ordersArePinned() {
    for (seed, epoch, order) in Self.pinned { #expect(epochOrder(Array(0..<10), epoch: epoch, seed: seed, shuffle: true) == order) }
  }

  /// A part of a store's rows, not from 0 on.
  @Test func everyRowComesOnce() {
    let rows = (0..<257).map { UInt32($0 * 3 + 5) }
    let orders = (0..<4).map { epochOrder(rows, epoch: $0, seed: 1, shuffle: true) }
    #expect(orders.allSatisfy { $0.sorted() == rows })
    #expect(Set(orders + [rows, epochOrder(rows, epoch: 0, seed: 2, shuffle: true)]).count == 6)
  }

  @Test func withoutShufflingRowsStayWhereTheyAre() {
    for epoch in 0..<3 { #expect(epochOrder([4, 2, 9], epoch: epoch, seed: 1, shuffle: false) == [4, 2, 9]) }
  }
}
