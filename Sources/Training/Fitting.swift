import Datasets
import Failures
import NeuralNetwork
import RandomStreams
import RunConfig

/// What a fit tells while it goes on.
public protocol FitObserver {
  /// The epoch's first step is about to be taken.
  mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int)
  /// About ten times a second.
  mutating func stepsDone(_ steps: Int)
  /// - Throws: `Failure` to end the fit.
  mutating func epochEnded(_ record: EpochRecord) throws(Failure)
  /// Between two steps, about ten times a second, while no worker runs; and after each epoch, when all is told of it. False ends the fit here; one that is
  /// made with the moment's progress and state goes on as if nothing had happened.
  ///
  /// - Throws: `Failure` to end the fit.
  mutating func paused(_ moment: FitMoment) throws(Failure) -> Bool
  /// The fit ends before its last epoch, for the reason that is said.
  mutating func stoppedEarly(_ reason: String)
  /// No worker has come further for long, as far as `report` says. The fit goes on waiting.
  mutating func stalled(_ report: String)
}

extension FitObserver {
  public mutating func stoppedEarly(_ reason: String) {}
  public mutating func stalled(_ report: String) {}
  public mutating func paused(_ moment: FitMoment) throws(Failure) -> Bool { true }
}

/// Where a fit stands between two steps.
public struct FitMoment {
  public let progress: FitProgress
  fileprivate let engine: Engine

  /// A copy of weights and moments as they are now.
  public var state: ModelState { engine.state }
}

/// Training for some epochs: the order of the rows, one `Engine.train` an epoch, the validation after it.
///
/// Making one checks everything and takes all memory; `run` then only trains.
public struct Fitting {
  private let compiled: CompiledNetwork
  private let training: Examples
  private let validation: Examples?
  private let options: FitSection
  private let seed: UInt64
  private let engine: Engine
  private let trace: PhaseTrace
  private let stallSeconds: Double
  /// Rows trained on in an epoch.
  package let rowsPerEpoch: Int

  /// - Parameters:
  ///   - state: where to start from.
  ///   - encoding: what becomes of class numbers on their way to the loss.
  ///   - seed: of the shuffles.
  ///   - rowsPerEpoch: an epoch ends after this many rows, for a benchmark; nil, and what is more than there are, for all.
  /// - Throws: `Failure` when data, network and loss do not go together, or there is not enough memory.
  public init(
    _ compiled: CompiledNetwork, state: ModelState, training: Dataset, validation: Dataset?, encoding: DataSection.Targets = .classes, options: FitSection,
    seed: UInt64, crew: Crew, rowsPerEpoch: Int? = nil
  ) throws(Failure) {
    guard options.epochs > 0 else { throw Failure(.badData, at: "fit.epochs", "expected at least 1, found \(options.epochs)") }
    guard options.batchSize > 0 else { throw Failure(.badData, at: "fit.batch_size", "expected at least 1, found \(options.batchSize)") }
    guard options.validationFreq > 0 else { throw Failure(.badData, at: "fit.validation_freq", "expected at least 1, found \(options.validationFreq)") }
    try compiled.check(options.callbacks, validates: validation != nil)
    let objective = try compiled.objective(for: training, encoding: encoding)
    let compiled = try compiled.seeing(training, name: "training data")
    self.compiled = compiled
    self.options = options
    self.seed = seed
    self.training = try Examples(training, compiled, objective, name: "training data")
    if let validation { self.validation = try Examples(validation, compiled, objective, name: "validation data") } else { self.validation = nil }
    trace = PhaseTrace(workers: crew.pool.count)
    stallSeconds = crew.stallSeconds
    self.rowsPerEpoch = min(rowsPerEpoch ?? training.count, training.count)
    engine = try Engine(
      pool: crew.pool, kernels: crew.instructionSet.kernels, network: compiled.network, objective: objective, optimizer: compiled.rule, state: state,
      trainingRows: self.rowsPerEpoch, batchSize: options.batchSize, countsAccuracy: compiled.countsAccuracy, seed: seed, balance: crew.balance,
      terminatesOnNaN: options.terminateOnNaN)
  }

  /// Trains. Returns how far it came: to the last epoch, unless the observer ended it; `state` holds what was learned.
  ///
  /// - Parameters:
  ///   - start: where an earlier fit of the same data and options stopped; the state given to `init` is of that moment.
  ///   - firstEpoch: epochs that the model has behind it, so that the shuffles go on and do not start again.
  ///   - longest: at most so many steps from one pause to the next; nil: as many as take about a tenth of a second.
  /// - Throws: `Failure` from a worker or the observer.
  public func run(
    from start: FitProgress = FitProgress(), firstEpoch: Int = 0, longest: Int? = nil, observer: inout some FitObserver
  ) throws(Failure) -> FitProgress {
    var progress = start
    var stopping = options.callbacks.earlyStopping.map { StoppingRule($0, after: start.records) }
    var plateau = plateau(after: start.records)
    while progress.records.count < options.epochs, stopping?.stops != true {
      let number = progress.records.count + 1
      observer.epochBegan(number, of: options.epochs, steps: engine.stepsPerEpoch)
      guard try finishEpoch(&progress, firstEpoch, longest, &observer) else { return progress }
      var figures = compiled.figures(progress.epoch.sums, progress.epoch.metrics)
      if let validation, number % options.validationFreq == 0 {
        let (sums, metrics) = try engine.evaluate(validation.source, rows: validation.rows)
        figures += compiled.figures(sums, metrics, prefix: "val_")
      }
      if let plateau { figures.append(EpochRecord.Figure("learning_rate", plateau.rate)) }
      let record = EpochRecord(epoch: number, figures: figures, seconds: progress.seconds, samplesPerSecond: Double(rowsPerEpoch) / progress.seconds)
      progress.records.append(record)
      stopping?.see(record)
      if stopping?.bestEpoch == number, options.callbacks.earlyStopping?.restoreBestWeights == true { progress.bestWeights = engine.state.weights }
      plateau?.see(record)
      if let plateau { engine.set(learningRate: plateau.rate) }
      (progress.epoch, progress.seconds) = (EpochProgress(), 0)
      try observer.epochEnded(record)
      guard try observer.paused(FitMoment(progress: progress, engine: engine)) else { return progress }
    }
    if let stopping, stopping.stops { observer.stoppedEarly(stopping.words) }
    return progress
  }

  /// The rate that a reduction on a plateau has come to; nil without one.
  private func plateau(after records: [EpochRecord]) -> PlateauRule? {
    guard let callback = options.callbacks.reduceLROnPlateau, case .constant(let rate) = compiled.compile.optimizer.learningRate else { return nil }
    let rule = PlateauRule(callback, rate: rate, after: records)
    engine.set(learningRate: rule.rate)
    return rule
  }

  /// What was learned by a fit that came so far: the weights of the best epoch, where they are wanted back.
  public func result(_ progress: FitProgress) -> ModelState {
    var state = engine.state
    if let best = progress.bestWeights { state.weights = best }
    return state
  }

  /// Trains to the end of the epoch in which `progress` stands, or until the observer ends the fit; then returns false.
  private func finishEpoch(_ progress: inout FitProgress, _ firstEpoch: Int, _ longest: Int?, _ observer: inout some FitObserver) throws(Failure) -> Bool {
    let earlier = progress.seconds
    let begin = ContinuousClock().now
    var goesOn = true
    var watch = StallWatch(limit: stallSeconds)
    // Both closures change the observer, one after the other.
    try withUnsafeMutablePointer(to: &observer) { observer throws(Failure) in
      do throws(Failure) {
        try engine.train(
          training.source, order: order(firstEpoch + progress.records.count), from: progress.epoch, meter: trace, longest: longest
        ) {
          observer.pointee.stepsDone($0)
          if let report = watch.look(trace) { observer.pointee.stalled(report) }
        } pause: { epoch throws(Failure) in
          progress.epoch = epoch
          progress.seconds = earlier + (ContinuousClock().now - begin) / .seconds(1)
          goesOn = try observer.pointee.paused(FitMoment(progress: progress, engine: engine))
          return goesOn
        }
      } catch let failure where failure.place.hasPrefix("step ") {
        throw failure.inside("epoch \(progress.records.count + 1)")
      }
    }
    return goesOn
  }

  /// The rows of an epoch (from 0), in its order.
  private func order(_ epoch: Int) -> [UInt32] {
    var order = epochOrder(training.rows, epoch: epoch, seed: seed, shuffle: options.shuffle)
    order.removeLast(order.count - rowsPerEpoch)
    return order
  }

  /// Trains for epoch `epoch` (from 0) and nothing else. Returns the sums over its rows, and the wall time of shuffle and steps.
  ///
  /// - Throws: `Failure` from a worker.
  package func trainEpoch(_ epoch: Int, meter: some PhaseMeter) throws(Failure) -> (sums: SliceSums, seconds: Double) {
    let clock = ContinuousClock()
    let begin = clock.now
    var sums = SliceSums()
    try engine.train(training.source, order: order(epoch), meter: meter, longest: engine.stepsPerEpoch) { progress in
      sums = progress.sums
      return true
    }
    return (sums, (clock.now - begin) / .seconds(1))
  }

  /// As above, with a clock that times the phases, or none. Not generic, so that other rooms get the compiled loop too.
  package func timeEpoch(_ epoch: Int, clock: PhaseClock? = nil) throws(Failure) -> Double {
    if let clock { try trainEpoch(epoch, meter: clock).seconds } else { try trainEpoch(epoch, meter: Unmetered()).seconds }
  }

  /// Divides the batches by `shares` from now on, until the balance finds others.
  ///
  /// - Throws: `Failure` when there is not enough memory.
  package func divide(by shares: Shares) { engine.divide(by: shares) }

  /// Divides the batches by what is measured from now on, in windows of `seconds`, whatever the crew's balance.
  package func balance(every seconds: Double) { engine.balance(every: seconds) }

  /// Slices of a whole batch that each worker takes at present.
  package var sliceCounts: [Int] { engine.sliceCounts }

  /// Steps of an epoch.
  package var stepsPerEpoch: Int { engine.stepsPerEpoch }

  /// The private memory that the fit takes, the data apart.
  package var memory: MemoryUse { engine.memory }

  /// The weights and moments as they are now.
  public var state: ModelState { engine.state }
}

/// The rows in the order of epoch `epoch` (from 0): shuffled by the seed and the epoch alone.
package func epochOrder(_ rows: [UInt32], epoch: Int, seed: UInt64, shuffle: Bool) -> [UInt32] {
  guard shuffle else { return rows }
  // A copy, but in huge pages: a shuffle touches a random one with every row.
  var order = [UInt32](unsafeUninitializedCapacity: rows.count) { copy, count in
    HugePages.advise(UnsafeMutableRawBufferPointer(copy))
    count = copy.initialize(fromContentsOf: rows)
  }
  var generator = CounterGenerator(seed: seed, stream: Stream.shuffle(epoch: epoch))
  generator.shuffle(&order)
  return order
}
