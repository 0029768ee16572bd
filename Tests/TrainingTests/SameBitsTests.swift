import Datasets
import Kernels
import RunConfig
import Testing
import Training

/// The promise: the same weights, moments and losses to the bit on any number of workers and from run to run, and on AVX2 as on AVX-512.
@Suite(.serialized) struct SameBitsTests {
  static let workerCounts = [2, 3, 4, 5, 8, 13]

  private static func expectSameOnAllWorkers(_ fit: SmallFit, _ dataset: Dataset, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let expected = try fit.run(dataset, workers: 1)
    #expect(expected.state.weights.allSatisfy { $0.isFinite }, sourceLocation: sourceLocation)
    for workers in workerCounts {
      let found = try fit.run(dataset, workers: workers)
      #expect(found.state.weights == expected.state.weights, "weights of \(workers) workers", sourceLocation: sourceLocation)
      #expect(found.state == expected.state, "moments and step of \(workers) workers", sourceLocation: sourceLocation)
      #expect(found.figures == expected.figures, "figures of \(workers) workers", sourceLocation: sourceLocation)
    }
  }

  /// 201 rows: a last batch of 1 row for 100, 5 for 7, 9 for 32; 250 is larger than the data, and 1 leaves all but one worker without work.
  @Test(arguments: [1, 7, 32, 100, 200, 250])
  func anyNumberOfWorkersForEachBatchSize(_ batchSize: Int) throws {
    for set in InstructionSet.supported {
      let fit = SmallFit(options: FitSection(epochs: batchSize == 1 ? 1 : 2, batchSize: batchSize), set: set)
      try Self.expectSameOnAllWorkers(fit, try SmallData.bytes(201, width: SmallData.leafyWidth))
    }
  }

  @Test(arguments: Optimizer.every)
  func anyNumberOfWorkersForEachOptimizer(_ optimizer: Optimizer) throws {
    for set in InstructionSet.supported {
      try Self.expectSameOnAllWorkers(SmallFit(optimizer: optimizer, set: set), try SmallData.floats(97))
    }
  }

  /// The norm is that of the whole batch's gradient, also where it comes in several sections.
  @Test(arguments: [Optimizer.Clipping.clipnorm(0.02), .globalClipnorm(0.02)]) func normsOverSeveralSections(_ clipping: Optimizer.Clipping) throws {
    let dataset = try SmallData.bytes(1500, width: SmallData.leafyWidth)
    let fit = SmallFit(optimizer: .sgd(learningRate: 0.1, clipping: clipping), options: FitSection(epochs: 2, batchSize: 1400))
    try Self.expectSameOnAllWorkers(fit, dataset)
    var free = fit
    free.optimizer = .sgd(learningRate: 0.1)
    #expect(try fit.run(dataset, workers: 1) != free.run(dataset, workers: 1), "the limit is reached")
  }

  /// Several chunks of rows, and several sections.
  @Test(arguments: [600, 1500])
  func anyNumberOfWorkersForLargeBatches(_ batchSize: Int) throws {
    let fit = SmallFit(options: FitSection(epochs: 2, batchSize: batchSize), set: InstructionSet.supported[0])
    try Self.expectSameOnAllWorkers(fit, try SmallData.bytes(1501, width: SmallData.leafyWidth))
  }

  /// A layer too wide to divide by its inputs: every worker is alone with its rows.
  @Test func anyNumberOfWorkersForAWideLayer() throws {
    let fit = SmallFit(layers: [.dense(400, activation: .relu), .dense(4, activation: .softmax)], set: InstructionSet.supported[0])
    try Self.expectSameOnAllWorkers(fit, try SmallData.bytes(75, width: SmallData.leafyWidth))
  }

  /// Each loss has sums of its own.
  @Test func anyNumberOfWorkersForOtherTargets() throws {
    let labels = SmallFit(
      layers: [.dense(5, activation: .relu, useBias: false), .dense(4, activation: .sigmoid)], loss: .binaryCrossentropy(), encoding: .oneHot,
      set: InstructionSet.supported[0])
    try Self.expectSameOnAllWorkers(labels, try SmallData.bytes(75))
    let values = SmallFit(layers: [.dense(1)], loss: .meanSquaredError, encoding: .value, set: InstructionSet.supported[0])
    try Self.expectSameOnAllWorkers(values, try SmallData.floats(75))
  }

  /// Workers with much, little and nothing to do, and who take turns in that: new passes, partial sums, stripes, barriers of fewer.
  @Test(arguments: [32, 200, 600])
  func anySharesOfABatch(_ batchSize: Int) throws {
    let fit = SmallFit(options: FitSection(epochs: 2, batchSize: batchSize), set: InstructionSet.supported[0])
    let dataset = try SmallData.bytes(1201, width: SmallData.leafyWidth)
    let expected = try fit.run(dataset, workers: 1)
    for weights in [[1, 7], [5, 3], [0, 1], [1, 0], [0, 3, 0, 2], [1, 100, 1], [0, 0, 1, 0, 9]] {
      let found = try fit.run(dataset, workers: weights.count) { $0.divide(by: Shares(weights)) }
      #expect(found == expected, "shares of \(weights)")
    }
  }

  /// Shares that change from epoch to epoch, on one and the same fit.
  @Test func sharesThatChange() throws {
    let fit = SmallFit(options: FitSection(epochs: 1, batchSize: 600), set: InstructionSet.supported[0])
    let dataset = try SmallData.bytes(1201, width: SmallData.leafyWidth)
    let changes = [[1, 1, 1], [0, 1, 0], [5, 20, 7], [1, 0, 2], [3, 2, 1]].map(Shares.init)
    let expected = try fit.fitting(dataset, workers: 1)
    let found = try fit.fitting(dataset, workers: 3)
    for (epoch, shares) in changes.enumerated() {
      found.divide(by: shares)
      #expect(found.sliceCounts == shares.ranges(of: 75).map(\.count))
      #expect(try found.trainEpoch(epoch, meter: Unmetered()).sums == expected.trainEpoch(epoch, meter: Unmetered()).sums)
      #expect(found.state == expected.state, "shares of \(shares.weights)")
    }
  }

  /// Windows of no length end after every step, so the engine tries one division after the other, whatever it measures.
  @Test(arguments: [2, 5])
  func sharesThatAreMeasured(_ workers: Int) throws {
    let fit = SmallFit(options: FitSection(epochs: 20, batchSize: 100), set: InstructionSet.supported[0])
    let dataset = try SmallData.bytes(1050, width: SmallData.leafyWidth)
    #expect(try fit.run(dataset, workers: workers, prepare: { $0.balance(every: 0) }) == fit.run(dataset, workers: 1))
  }

  @Test(arguments: InstructionSet.supported)
  func runToRun(_ set: InstructionSet) throws {
    let fit = SmallFit(set: set)
    let dataset = try SmallData.bytes(130)
    #expect(try fit.run(dataset, workers: 3) == fit.run(dataset, workers: 3))
  }

  @Test(.enabled(if: InstructionSet.supported.contains(.avx512), "this CPU has no AVX-512"), arguments: Optimizer.every)
  func avx512GivesTheBitsOfAVX2(_ optimizer: Optimizer) throws {
    for dataset in [try SmallData.bytes(130, width: SmallData.leafyWidth), try SmallData.floats(130)] {
      #expect(try SmallFit(optimizer: optimizer, set: .avx512).run(dataset, workers: 2) == SmallFit(optimizer: optimizer, set: .avx2).run(dataset, workers: 3))
    }
  }

  /// The comparisons above must be able to fail: other seeds and orders give other bits.
  @Test func theOrderOfRowsMatters() throws {
    let dataset = try SmallData.bytes(130)
    let shuffled = try SmallFit().run(dataset, workers: 1)
    #expect(try SmallFit(options: FitSection(epochs: 2, batchSize: 32, shuffle: false)).run(dataset, workers: 1).state.weights != shuffled.state.weights)
  }
}
