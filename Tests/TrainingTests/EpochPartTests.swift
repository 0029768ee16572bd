import Datasets
import Failures
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: epochs of some steps are the passes cut up, and a fit that begins with a later epoch is the rest of a longer one; stopped anywhere, they go on.
@Suite struct EpochPartTests {
  private static let rows = 75

  private static func fit(_ options: FitSection) -> SmallFit { SmallFit(optimizer: .adam(learningRate: 0.01), options: options) }

  /// 5 steps a pass: 2, 2 and 1; 3 and 2; 5; and what is more than that.
  @Test(arguments: [(2, 3, [32, 32, 11]), (3, 2, [48, 27]), (5, 1, [75]), (99, 1, [75])])
  func partsOfAPassAreThePass(_ steps: Int, _ parts: Int, _ rows: [Int]) throws {
    let dataset = try SmallData.floats(Self.rows)
    let whole = try Self.fit(FitSection(epochs: 2, batchSize: 16)).run(dataset, workers: 1)
    let cut = Self.fit(FitSection(epochs: 2 * parts, batchSize: 16, stepsPerEpoch: steps))
    for workers in [1, 3] {
      let found = try cut.run(dataset, workers: workers)
      #expect(found.state == whole.state)
      #expect(found.figures.count == 2 * parts)
    }
    var counts = Rows()
    _ = try cut.fitting(dataset, workers: 2).run(longest: 1, observer: &counts)
    #expect(counts.rows == rows + rows)
    #expect(counts.steps == (rows + rows).map { ($0 + 15) / 16 })
  }

  /// Rows of each epoch, and the steps that were promised.
  private struct Rows: FitObserver {
    var rows: [Int] = []
    var steps: [Int] = []

    mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {
      self.steps.append(steps)
      rows.append(0)
    }
    mutating func stepsDone(_ steps: Int) {}
    mutating func epochEnded(_ record: EpochRecord) {}
    mutating func paused(_ moment: FitMoment) -> Bool {
      rows[rows.count - 1] = max(rows[rows.count - 1], moment.progress.epoch.sums.count)
      return true
    }
  }

  /// Behind each step, and behind each epoch.
  @Test func stoppedAnywhere() throws {
    let dataset = try SmallData.bytes(Self.rows, width: SmallData.leafyWidth).withSampleWeights(seededFloats(Self.rows, seed: 8, in: 0...3))
    var fit = Self.fit(
      FitSection(epochs: 7, batchSize: 16, classWeight: .balanced, initialEpoch: 3, stepsPerEpoch: 2, validationSteps: 2, validationFreq: 2))
    fit.metrics = [.accuracy, .auc(fromLogits: true), .meanSquaredError]
    (fit.loss, fit.encoding) = (.categoricalCrossentropy(fromLogits: true), .oneHot)
    let whole = try fit.run(dataset, workers: 1)
    #expect(whole.figures.map(\.count) == [8, 4, 8, 4])
    let compiled = try fit.compiled(dataset)
    // Steps of the epochs: 2, 2, 1, 2.
    for pauses in 1...11 {
      var stopper = Stopper(pausesLeft: pauses)
      let progress = try fit.fitting(dataset, workers: 2).run(longest: 1, observer: &stopper)
      let later = try Fitting(
        compiled, state: try #require(stopper.state), training: dataset, validation: dataset, encoding: fit.encoding, options: fit.options, seed: 5,
        crew: try crew(3, fit.set))
      var observer = SilentObserver()
      let end = try later.run(from: progress, observer: &observer)
      #expect(end.records.map(\.epoch) == [4, 5, 6, 7])
      #expect(SmallFit.Result(state: later.state, figures: end.records.map { $0.figures.map(\.value.bitPattern) }) == whole, "stopped at pause \(pauses)")
    }
  }

  /// The same epochs, numbers and shuffles as in one fit.
  @Test func laterEpochsAreTheRest() throws {
    let dataset = try SmallData.floats(Self.rows)
    let whole = try Self.fit(FitSection(epochs: 5, batchSize: 16)).run(dataset, workers: 1)
    let first = try Self.fit(FitSection(epochs: 2, batchSize: 16)).run(dataset, workers: 1)
    let fit = Self.fit(FitSection(epochs: 5, batchSize: 16, initialEpoch: 2))
    let rest = try Fitting(
      try fit.compiled(dataset), state: first.state, training: dataset, validation: dataset, options: fit.options, seed: 5, crew: try crew(2, fit.set))
    var observer = SilentObserver()
    let progress = try rest.run(observer: &observer)
    #expect(progress.records.map(\.epoch) == [3, 4, 5] && rest.state == whole.state)
    #expect(progress.words == "after epoch 5")
  }

  /// As many rows as there are where the steps ask for more.
  @Test func validationLooksAtTheFirstSteps() throws {
    let dataset = try SmallData.floats(Self.rows)
    func losses(_ steps: Int?, _ validation: [Int]) throws -> Double {
      let fit = Self.fit(FitSection(epochs: 1, batchSize: 16, validationSteps: steps))
      let part = try Dataset(rows: validation.map { dataset.store.row($0) }, labels: validation.map { SmallData.labels(Self.rows)[$0] })
      let fitting = try Fitting(
        try fit.compiled(dataset), state: try fit.compiled(dataset).initialState(seed: 5), training: dataset, validation: part, options: fit.options, seed: 5,
        crew: try crew(2, fit.set))
      var observer = SilentObserver()
      return try #require(try fitting.run(observer: &observer).records[0]["val_loss"])
    }
    let all = Array(0..<Self.rows)
    #expect(try losses(2, all) == losses(nil, Array(0..<32)))
    #expect(try losses(9, all) == losses(nil, all))
    #expect(try losses(Int.max, all) == losses(nil, all))
    #expect(try losses(2, all) != losses(nil, all))
  }

  @Test(arguments: [
    (FitSection(stepsPerEpoch: 0), "fit.steps_per_epoch: expected at least 1, found 0"),
    (FitSection(validationSteps: -1), "fit.validation_steps: expected at least 1, found -1"),
    (FitSection(initialEpoch: -1), "fit.initial_epoch: expected at least 0, found -1"),
    (FitSection(epochs: 3, initialEpoch: 3), "fit.epochs: expected more than fit.initial_epoch, 3, found 3"),
  ]) func impossibleEpochsAreRefused(_ options: FitSection, _ line: String) throws {
    let failure = #expect(throws: Failure.self) { try Self.fit(options).fitting(try SmallData.floats(9), workers: 1) }
    #expect(failure?.description == line && failure?.kind == .badData)
  }
}
