import Datasets
import Failures
import Kernels
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: a row's loss and gradient are multiplied by what it counts, for its class and for itself, and nothing else changes; whatever the workers.
@Suite(.serialized) struct WeightedRowTests {
  private static func weights(_ rows: Int) -> [Float] { seededFloats(rows, seed: 41, in: 0...2).map { $0 < 0.2 ? 0 : $0 } }

  /// Outputs in two panels, a last batch of 9 rows, a batch larger than the data.
  @Test(arguments: [32, 250]) func anyNumberOfWorkers(_ batchSize: Int) throws {
    let dataset = try SmallData.bytes(201, width: SmallData.leafyWidth)
    for classWeight in [nil, .balanced, [0: 0.25, 2: 3]] as [ClassWeight?] {
      let weighted = classWeight == .balanced ? dataset : try dataset.withSampleWeights(Self.weights(201))
      for set in InstructionSet.supported {
        let fit = SmallFit(
          layers: [.dense(SmallFit.firstUnits, activation: .sigmoid), .dense(50)],
          options: FitSection(epochs: 2, batchSize: batchSize, classWeight: classWeight),
          set: set)
        let expected = try fit.run(weighted, workers: 1)
        #expect(expected.state.weights.allSatisfy { $0.isFinite })
        for workers in [2, 3, 5, 8, 13] { #expect(try fit.run(weighted, workers: workers) == expected, "\(workers) workers") }
        #expect(try SmallFit(layers: fit.layers, options: FitSection(epochs: 2, batchSize: batchSize), set: set).run(dataset, workers: 1) != expected)
      }
    }
  }

  /// All rows counting 2 is twice the rate of plain gradient descent, and twice the loss; the metrics stay. Powers of two, so to the bit.
  @Test(arguments: [Loss.sparseCategoricalCrossentropy(fromLogits: true), .meanSquaredError, .categoricalHinge, .poisson])
  func twiceTheWeightIsTwiceTheGradient(_ loss: Loss) throws {
    let dataset = try SmallData.floats(75)
    let isSparse = loss.question == .oneOfMany && loss != .categoricalHinge
    func run(rate: Double, weight: Float?, classWeight: ClassWeight? = nil) throws -> SmallFit.Result {
      var fit = SmallFit(
        layers: [.dense(4, activation: .softplus)], optimizer: .sgd(learningRate: .constant(rate)), loss: loss, encoding: isSparse ? .classes : .oneHot,
        options: FitSection(epochs: 2, batchSize: 32, classWeight: classWeight))
      fit.validates = false
      return try fit.run(try weight.map { try dataset.withSampleWeights([Float](repeating: $0, count: 75)) } ?? dataset, workers: 3)
    }
    let plain = try run(rate: 0.25, weight: nil)
    let figures = plain.figures.map { $0.map(Double.init(bitPattern:)) }
    for weighted in [
      try run(rate: 0.125, weight: 2), try run(rate: 0.125, weight: nil, classWeight: [0: 2, 1: 2, 2: 2, 3: 2]),
      try run(rate: 0.125, weight: 4, classWeight: [0: 0.5, 1: 0.5, 2: 0.5, 3: 0.5]),
    ] {
      #expect(weighted.state.weights == plain.state.weights)
      #expect(weighted.figures.map { $0.map(Double.init(bitPattern:)) } == figures.map { [2 * $0[0], $0[1]] })
    }
    #expect(try run(rate: 0.25, weight: 1) == plain)
  }

  /// scikit-learn's formula over the training rows: 6 rows of 3 classes that have some, of 4 that are known.
  @Test func balancedWeightsAreThoseOfTheRows() throws {
    let features = seededFloats(6 * SmallData.width, seed: 9)
    let dataset = try Dataset(floats: features, width: SmallData.width, labels: [0, 0, 0, 1, 1, 3])
    func fit(_ classWeight: ClassWeight?, _ dataset: Dataset) throws -> SmallFit.Result {
      var fit = SmallFit(options: FitSection(epochs: 3, batchSize: 4, classWeight: classWeight))
      fit.validates = false
      return try fit.run(dataset, workers: 2)
    }
    let balanced = try fit(.balanced, dataset)
    #expect(balanced == (try fit([0: 6.0 / 9, 1: 1, 3: 2], dataset)))
    #expect(balanced == (try fit(nil, dataset.withSampleWeights([Float(6.0 / 9), Float(6.0 / 9), Float(6.0 / 9), 1, 1, 2]))))
    #expect(balanced != (try fit(nil, dataset)))
  }

  /// Vectors are of the class of their largest number, and a single number is one.
  @Test func targetsOfEachKindHaveClasses() throws {
    let dataset = try SmallData.floats(40)
    let classWeight: ClassWeight = [1: 3, 2: 0]
    func run(_ dataset: Dataset, _ encoding: DataSection.Targets, units: Int) throws -> SmallFit.Result {
      try SmallFit(
        layers: [.dense(units)], loss: .meanSquaredError, encoding: encoding, options: FitSection(epochs: 2, batchSize: 16, classWeight: classWeight)
      ).run(dataset, workers: 2)
    }
    #expect(try run(dataset, .oneHot, units: 4) == run(dataset.withOneHotTargets(), .classes, units: 4))
    #expect(try run(dataset, .value, units: 1) == run(dataset.withValueTargets(), .classes, units: 1))
  }

  /// Sample weights count in the validation's loss, class weights do not; neither counts in a metric.
  @Test func whatCountsInTheValidation() throws {
    let dataset = try SmallData.floats(40)
    let fit = SmallFit(options: FitSection(epochs: 1, batchSize: 16, classWeight: .balanced))
    let compiled = try fit.compiled(dataset)
    let state = compiled.initialState(seed: 5)
    func evaluation(_ dataset: Dataset) throws -> [Double] {
      try evaluate(compiled, state: state, dataset: dataset, crew: try crew(2)).figures.map(\.value)
    }
    let (plain, weighted) = (try evaluation(dataset), try evaluation(dataset.withSampleWeights([Float](repeating: 0.5, count: 40))))
    #expect(weighted == [plain[0] / 2, plain[1]])
    let unlearned = SmallFit(optimizer: .sgd(learningRate: 1e-30), options: fit.options)
    let figures = try unlearned.run(dataset, workers: 2).figures[0].map(Double.init(bitPattern:))
    #expect(abs(figures[2] - plain[0]) < 1e-6 && figures[3] == plain[1] && abs(figures[0] - plain[0]) > 1e-4)
  }

  @Test(
    arguments: [
      ([4: 1], "fit.class_weight.4: there is no class 4; the training data have 0 to 3"),
      ([1: 1, 7: 2], "fit.class_weight.7: there is no class 7; the training data have 0 to 3"),
    ] as [(ClassWeight, String)]) func unknownClassesAreRefused(_ classWeight: ClassWeight, _ line: String) throws
  {
    let fit = SmallFit(options: FitSection(classWeight: classWeight))
    let failure = #expect(throws: Failure.self) { try fit.fitting(try SmallData.floats(40), workers: 1) }
    #expect(failure?.description == line && failure?.kind == .badData)
  }

  @Test func targetsThatAreNoClassesAreRefused() throws {
    let dataset = try Dataset(rows: [[1], [2], [3]], values: [1, 0.5, 2])
    let fit = SmallFit(layers: [.dense(1)], loss: .meanSquaredError, options: FitSection(classWeight: .balanced))
    let failure = #expect(throws: Failure.self) { try fit.fitting(dataset, workers: 1) }
    #expect(failure?.description == "fit.class_weight: the target of row 1 is 0.5; expected class numbers, 0 to 65535")
  }
}
