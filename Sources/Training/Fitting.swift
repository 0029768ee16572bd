import Datasets
import Failures
import NeuralNetwork
import RandomStreams
import RunConfig

/// Training for some epochs: the order of the rows, one `Engine.train` an epoch, the validation after it.
///
/// Making one checks everything and takes all memory; `run` then only trains.
public struct Fitting {
  private let compiled: CompiledNetwork
  private let training: Examples
  private let validation: Examples?
  private let validationRows: [UInt32]
  private let options: FitSection
  private let seed: UInt64
  private let engine: Engine
  private let parts: EpochParts
  private let trace: PhaseTrace
  /// Nil where nobody asked for diagnostics.
  private let clock: PhaseClock?
  private let stallSeconds: Double
  private let rank: Int?
  /// Rows trained on in an epoch.
  package let rowsPerEpoch: Int

  /// - Parameters:
  ///   - compiled: the network, its loss and its metrics.
  ///   - training: the rows to train on.
  ///   - validation: the rows that are judged; nil for none.
  ///   - options: epochs, batch size and what else a fit is told.
  ///   - crew: who computes.
  ///   - state: where to start from.
  ///   - encoding: what becomes of class numbers on their way to the loss.
  ///   - seed: of the shuffles.
  ///   - rowsPerEpoch: an epoch ends after this many rows, for a benchmark; nil, and what is more than there are, for all.
  /// - Throws: `Failure` when data, network and loss do not go together, or there is not enough memory.
  public init(
    _ compiled: CompiledNetwork, state: ModelState, training: Dataset, validation: Dataset?, encoding: DataSection.Targets = .classes, options: FitSection,
    seed: UInt64, crew: Crew, rowsPerEpoch: Int? = nil
  ) throws(Failure) {
    try options.check()
    try compiled.check(options.callbacks, validates: validation != nil)
    let objective = try compiled.objective(for: training, encoding: encoding)
    let compiled = try compiled.seeing(training, name: "training data")
    self.compiled = compiled
    self.options = options
    self.seed = seed
    self.training = try Examples(training, compiled, objective, classWeight: options.classWeight, name: "training data")
    if let validation { self.validation = try Examples(validation, compiled, objective, name: "validation data") } else { self.validation = nil }
    let validationRows = self.validation?.rows ?? []
    self.validationRows =
      options.validationSteps.map { Array(validationRows.prefix(min($0, validationRows.count) * min(options.batchSize, validationRows.count))) }
      ?? validationRows
    trace = PhaseTrace(workers: crew.pool.count)
    clock = options.diagnostics ? PhaseClock(workers: crew.pool.count) : nil
    stallSeconds = crew.stallSeconds
    rank = crew.ranks?.rank
    self.rowsPerEpoch = min(rowsPerEpoch ?? training.count, training.count)
    engine = try Engine(
      pool: crew.pool, ranks: crew.ranks, kernels: crew.instructionSet.kernels, network: compiled.network, objective: objective, optimizer: compiled.rule,
      state: state, trainingRows: self.rowsPerEpoch, batchSize: options.batchSize, countsAccuracy: compiled.countsAccuracy, seed: seed, balance: crew.balance,
      diagnoses: options.diagnostics, terminatesOnNaN: options.terminateOnNaN)
    parts = EpochParts(stepsPerPass: engine.stepsPerPass, stepsPerEpoch: options.stepsPerEpoch)
  }

  /// Trains. Returns how far it came: to the last epoch, unless the observer or a callback ended it; `state` holds what was learned.
  ///
  /// - Parameters:
  ///   - observer: hears of each epoch and pause.
  ///   - start: where an earlier fit of the same data and options stopped; the state given to `init` is of that moment.
  ///   - firstEpoch: epochs that the model has behind it, so that the shuffles go on and do not start again; nil for `initial_epoch`.
  ///   - longest: at most so many steps from one pause to the next; nil: as many as take about a tenth of a second.
  ///   - callbacks: of one's own.
  /// - Throws: `Failure` from a worker, the observer or a callback.
  public func run(
    from start: FitProgress = FitProgress(), firstEpoch: Int? = nil, longest: Int? = nil, callbacks: [any FitCallback] = [], observer: inout some FitObserver
  ) throws(Failure) -> FitProgress {
    let callbacks = CallbackList(callbacks, FitControl(engine, compiled))
    var progress = start
    try callbacks.trainBegan()
    try train(&progress, firstEpoch ?? options.initialEpoch, longest, callbacks, &observer)
    try callbacks.trainEnded(progress.records.last)
    return progress
  }

  private func train(
    _ progress: inout FitProgress, _ firstEpoch: Int, _ longest: Int?, _ callbacks: CallbackList, _ observer: inout some FitObserver
  ) throws(Failure) {
    var stopping = options.callbacks.earlyStopping.map { StoppingRule($0, after: progress.records) }
    var plateau = plateau(after: progress.records)
    var order = PassOrder()
    while options.epochs(behind: progress.records) < options.epochs, stopping?.stops != true {
      let number = options.epochs(behind: progress.records) + 1
      try callbacks.epochBegan(number)
      observer.epochBegan(number, of: options.epochs, steps: parts.steps(progress.records.count).count)
      guard try finishEpoch(&progress, firstEpoch, longest, &order, callbacks, &observer) else { return }
      var figures = compiled.figures(progress.epoch.sums, progress.epoch.metrics)
      if let validation, number % options.validationFreq == 0 {
        let (sums, metrics) = try engine.evaluate(validation.source, rows: validationRows)
        figures += compiled.figures(sums, metrics, prefix: "val_")
      }
      if let rate = callbacks.control.takeChangedRate() { plateau?.rate = rate }
      if let plateau { figures.append(EpochRecord.Figure("learning_rate", plateau.rate)) }
      let record = EpochRecord(
        epoch: number, figures: figures, seconds: progress.seconds, samplesPerSecond: Double(progress.epoch.sums.count) / progress.seconds,
        diagnostics: try diagnostics(progress))
      progress.records.append(record)
      stopping?.see(record)
      if stopping?.bestEpoch == number, options.callbacks.earlyStopping?.restoreBestWeights == true { progress.bestWeights = engine.weights }
      plateau?.see(record)
      if let plateau { engine.set(learningRate: plateau.rate) }
      (progress.epoch, progress.seconds) = (EpochProgress(), 0)
      try callbacks.epochEnded(record)
      try observer.epochEnded(record)
      guard try observer.paused(FitMoment(progress: progress, engine: engine)) else { return }
      guard !callbacks.control.stopTraining else {
        progress.isOver = true
        return observer.stoppedEarly("stopped early: a callback asked for it")
      }
    }
    progress.isOver = true
    if let stopping, stopping.stops { observer.stoppedEarly(stopping.words) }
  }

  /// What there is to tell of the epoch that has ended; nil where nobody asked.
  private func diagnostics(_ progress: FitProgress) throws(Failure) -> EpochDiagnostics? {
    guard options.diagnostics, let norms = progress.epoch.norms else { return nil }
    // So few that it takes a hundredth of the epoch's time; the first, so that epochs compare.
    let rows = Array(training.rows.prefix(min(1024, max(64, training.rows.count / 64))))
    let step = engine.watchedStep(of: parts.steps(progress.records.count)) + 1
    return EpochDiagnostics(step: step, norms: norms, activities: try engine.survey(training.source, rows: rows).map(LayerActivity.init))
  }

  /// The rate that a reduction on a plateau has come to; nil without one.
  private func plateau(after records: [EpochRecord]) -> PlateauRule? {
    guard let callback = options.callbacks.reduceLROnPlateau, case .constant(let rate) = compiled.compile.optimizer.learningRate else { return nil }
    let rule = PlateauRule(callback, rate: rate, after: records)
    engine.set(learningRate: rule.rate)
    return rule
  }

  /// What was learned by a fit that came so far: behind the last epoch the average of the weights, where there is one; and rather than that the weights of the
  /// best epoch, where they are wanted back.
  public func result(_ progress: FitProgress) -> ModelState {
    var state = engine.state
    if let best = progress.bestWeights {
      state.weights = best
    } else if progress.isOver, let average = compiled.rule.average {
      state.setWeights(of: compiled.network, to: engine.moments(average))
    }
    return state
  }

  /// Trains to the end of the epoch in which `progress` stands, or to where a callback ends it. False when the observer ends the fit.
  private func finishEpoch(
    _ progress: inout FitProgress, _ firstEpoch: Int, _ longest: Int?, _ order: inout PassOrder, _ callbacks: CallbackList, _ observer: inout some FitObserver
  ) throws(Failure) -> Bool {
    let number = options.epochs(behind: progress.records) + 1
    let part = parts.steps(progress.records.count)
    let pass = firstEpoch + parts.pass(progress.records.count)
    let earlier = progress.seconds
    let begin = ContinuousClock().now
    var goesOn = true
    var watch = StallWatch(limit: stallSeconds, rank: rank)
    if order.pass != pass { order = PassOrder(pass: pass, rows: self.order(pass)) }
    // Asked to stop before the epoch, a fit ends behind its first step, as in Keras.
    let longest = callbacks.hearsBatches || callbacks.control.stopTraining ? 1 : longest
    if progress.epoch.steps < part.count { try callbacks.batchBegan(progress.epoch.steps, of: number) }
    // Both closures change the observer, one after the other.
    try withUnsafeMutablePointer(to: &observer) { observer throws(Failure) in
      func train(_ meter: some PhaseMeter) throws(Failure) {
        try engine.train(
          training.source, order: order.rows, part: part, from: progress.epoch, meter: meter, longest: longest
        ) {
          observer.pointee.stepsDone($0)
          if let report = watch.look(trace) { observer.pointee.stalled(report) }
        } pause: { epoch throws(Failure) in
          progress.epoch = epoch
          progress.seconds = earlier + (ContinuousClock().now - begin) / .seconds(1)
          if callbacks.hearsBatches { try callbacks.batchEnded(epoch.steps - 1, of: number, compiled.figures(epoch.sums, epoch.metrics)) }
          goesOn = try observer.pointee.paused(FitMoment(progress: progress, engine: engine))
          guard goesOn, !callbacks.control.stopTraining else { return false }
          if epoch.steps < part.count { try callbacks.batchBegan(epoch.steps, of: number) }
          return true
        }
      }
      do throws(Failure) {
        if let clock, options.timesPhases(epoch: number) { try train(TimedTrace(trace: trace, clock: clock)) } else { try train(trace) }
      } catch let failure where failure.place.hasPrefix("step ") {
        throw failure.inside("epoch \(number)")
      }
    }
    if part.upperBound == engine.stepsPerPass { order = PassOrder() }
    return goesOn
  }

  /// The rows of a pass (from 0), in its order.
  private func order(_ pass: Int) -> [UInt32] {
    var order = epochOrder(training.rows, epoch: pass, seed: seed, shuffle: options.shuffle)
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
    try engine.train(training.source, order: order(epoch), meter: meter, longest: engine.stepsPerPass) { progress in
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

  /// Steps of a pass over the rows: of an epoch, unless `steps_per_epoch` says otherwise.
  package var stepsPerEpoch: Int { engine.stepsPerPass }

  /// Steps of the epoch behind these.
  func steps(after records: [EpochRecord]) -> Int { parts.steps(records.count).count }

  /// For each worker the seconds that it has spent in each phase of the timed epochs so far, in the order of `Phase`; nil without diagnostics.
  var phaseSeconds: [[Double]]? {
    clock.map { clock in (0..<trace.workers).map { worker in Phase.allCases.map { clock.seconds($0, worker: worker) } } }
  }

  /// What this rank has sent and received a step, of which there was one; nil for a process that trains alone.
  package var trafficPerStep: (sent: Int, received: Int)? { engine.trafficPerStep }

  /// Seconds in which the ranks exchange what they do in so many steps with whole batches, each after a rest of so many seconds, with nothing computed beside it; nil
  /// for a process that trains alone. To be asked behind an epoch.
  package func timeExchange(steps: Int, rest: Double) throws(Failure) -> Double? { try engine.exchangeSeconds(steps: steps, rest: rest) }

  /// As `timeEpoch`, with nothing exchanged, by ranks that have trained an epoch.
  package func timeComputing(_ epoch: Int) throws(Failure) -> Double { try engine.withoutExchange { () throws(Failure) in try timeEpoch(epoch) } }

  /// What tells the weights, as they are now, from others.
  package var weightsChecksum: UInt64 { DataFingerprint.checksum(of: [engine.weights]) }

  /// The private memory that the fit takes, the data apart.
  package var memory: MemoryUse { engine.memory }

  /// The weights and moments as they are now. Of several ranks all must ask, and the first gets all moments, the others none.
  public var state: ModelState { engine.state }
}

/// The order of the pass that is under way, kept for its other epochs.
private struct PassOrder {
  var pass: Int?
  var rows: [UInt32] = []
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
