import Datasets
import Failures
import Kernels
import NeuralNetwork
import Ranks
import RunConfig

/// A run from a config: data, network, threads and directory, made ready in that order, so that whatever is wrong is said before a file is
/// written.
public struct TrainingRun {
  /// What becomes of the run directory.
  public enum Start: Sendable {
    /// A new run, in `output` or the first free `runs/<name>`.
    case new
    /// A new run, which replaces the one in `output` when it is done.
    case overwrite
    /// The run in `output`, or the last of `runs/<name>`, goes on from its newest checkpoint; where there is none, as `new`.
    case resume
  }

  /// How a run ended.
  public enum Ending {
    /// What was reached on the validation data, or on the training data where there is none.
    case finished(Evaluation)
    /// Between two steps, as it was asked to; what was reached lies in `checkpoint`.
    case interrupted(at: FitProgress, checkpoint: String)
  }

  /// What was asked for.
  public let configuration: RunConfiguration
  /// The rows.
  public let data: RunData
  /// The layers with their loss and optimizer.
  public let compiled: CompiledNetwork
  /// The threads.
  public let crew: Crew
  /// Where it is saved.
  public let directory: RunDirectory
  /// Where the run goes on; nil for one that begins.
  public let resumed: FitProgress?
  /// What is likely to go wrong, though it can be trained.
  public let findings: [Finding]
  private let fingerprints: [DataFingerprint]
  private let fitting: Fitting
  /// Bytes that were in the file of a `csv_logger` before the run; nil where no checkpoint says it.
  private let logStart: Int?
  private let locks: [RunLock]

  /// Whether this process keeps the files: the first of several does.
  package var writes: Bool { crew.ranks?.isFirst ?? true }

  /// - Parameters:
  ///   - configuration: the whole config.
  ///   - start: anew, over an earlier run, or where it stopped.
  ///   - output: the run directory.
  ///   - ranks: the processes that train together, all of which make their run now; nil for this one alone. Rank 0 writes the directory, and all read it.
  ///   - warn: takes what the user should know and can live with, in one line.
  /// - Throws: `Failure` for anything that stands in the way.
  public init(
    _ configuration: RunConfiguration, output: String?, start: Start, ranks: Ranks? = nil, warn: (String) -> Void
  ) throws(Failure) {
    self.configuration = configuration
    let writes = ranks?.isFirst ?? true
    // The first puts the folder in order, and the others read it then.
    if !writes { _ = ranks?.any(false) }
    let found = start == .resume ? try RunDirectory.find(output: output, name: configuration.name) : nil
    var earlier: EarlierRun?
    if let found { earlier = try EarlierRun(found, configuration, locks: writes, warn: warn) }
    if writes { _ = ranks?.any(false) }
    if start == .resume, found == nil { warn("\(output ?? "runs/\(configuration.name)") holds no run to resume; a new one begins") }
    let state: ModelState
    let saved = earlier?.checkpoint?.state
    ((data, compiled, state), crew) = try together(
      { () throws(Failure) in
        let data = try RunData(configuration.data, seed: configuration.seed)
        let network = try Network(inputs: data.training.width, layers: configuration.model.layers)
        let compiled = CompiledNetwork(network: network, compile: configuration.compile)
        if let saved { return (data, compiled, saved) }
        return (data, compiled, try compiled.startingState(configuration, training: data.training))
      }, { () throws(Failure) in try Crew(configuration.engine, ranks: ranks) })
    fingerprints = [DataFingerprint(data.training)] + (data.validation.map { [DataFingerprint($0)] } ?? [])
    logStart = earlier?.checkpoint?.logStart
    try earlier?.check(configuration, fingerprints)
    try earlier?.check(weights: compiled.network.arenaCount)
    try ranks?.checkSame(configuration, fingerprints, crew)
    try ranks?.checkSame(start: state, earlier?.checkpoint?.progress)
    earlier?.warn(ofOtherBitsOn: crew.instructionSet, warn)
    fitting = try Fitting(
      compiled, state: state, training: data.training, validation: data.validation, encoding: configuration.data.targets, options: configuration.fit,
      seed: configuration.seed, crew: crew)
    findings = Rules.findings(CheckedRun(configuration, data, compiled))
    try findings.refuse()
    if let earlier {
      try earlier.check(fitting)
      (directory, locks) = (earlier.directory, earlier.locks)
      resumed = earlier.checkpoint?.progress ?? FitProgress()
      if writes {
        try directory.write(configuration)
        try directory.write(resumed!.records)
      }
    } else {
      directory = writes ? try RunDirectory.choose(output: output, name: configuration.name, overwrite: start == .overwrite) : .unwritten
      locks = writes ? try directory.begin(configuration) : []
      resumed = nil
    }
  }

  /// Trains, writing the run directory as `RunDirectory` tells.
  ///
  /// - Parameters:
  ///   - observer: hears of each epoch.
  ///   - isInterrupted: asked about ten times a second; true ends the run behind its next step, with a checkpoint.
  ///   - warn: as for `init`: a checkpoint that could not be written, for example, which is tried again later.
  /// - Throws: `Failure` from a worker, the observer, or the disk.
  public func train(
    observer: some FitObserver, isInterrupted: @escaping () -> Bool = { false }, warn: @escaping (String) -> Void
  ) throws(Failure) -> Ending {
    let earlier = resumed?.records ?? []
    // At once, so that a run which is killed behind its last step has it, too; and again at the end, with what was measured.
    if !configuration.fit.isOver(after: earlier) { note(through: configuration.fit.epochs, after: earlier, phases: nil, warn) }
    let callbacks = writes ? configuration.fit.callbacks : []
    let log = try CSVLog(callbacks, start: logStart, after: resumed?.records ?? [])
    // What was in the file must be known to a run that goes on, even if this one never comes to its first checkpoint.
    if crew.ranks.agreed(log?.appends == true && logStart == nil) {
      do throws(Failure) { try save(resumed ?? FitProgress(), fitting.state, logStart: log?.start) } catch { warn("no checkpoint: \(error); the run goes on") }
    }
    let board = try TensorBoardLog(
      callbacks, compiled, training: data.training, validation: data.validation, encoding: configuration.data.targets,
      text: configuration.resolvedJSON())
    var keeper = RunKeeper(
      self, logStart: log?.start, observer: TensorBoardLogging(board, observer: CSVLogging(log, observer: observer)), isInterrupted: isInterrupted, warn: warn)
    let progress: FitProgress
    do throws(Failure) { progress = try fitting.run(from: resumed ?? FitProgress(), observer: &keeper) } catch {
      guard writes, error.kind == .badData, let last = directory.checkpoints.newestFile else { throw error }
      throw Failure(error.kind, at: error.place, "\(error.message); the checkpoint before that is \(last)")
    }
    if let checkpoint = keeper.interruption { return .interrupted(at: progress, checkpoint: checkpoint) }
    let result = fitting.result(progress)
    if writes { try directory.write(compiled.network, weights: result.weights) }
    if !keeper.historyIsWritten { try directory.write(progress.records) }
    if progress.records.count > earlier.count {
      note(through: configuration.fit.epochs(behind: progress.records), after: earlier, phases: fitting.phaseSeconds, warn)
    }
    // For one who wants more epochs.
    do throws(Failure) { try save(progress, fitting.state, logStart: log?.start) } catch { warn("no checkpoint of the end: \(error)") }
    if writes { try directory.takePlace() }
    return .finished(
      try evaluate(compiled, state: result, dataset: data.validation ?? data.training, encoding: configuration.data.targets, crew: crew))
  }

  /// Writes down what trains the epochs behind `earlier`, up to number `last`.
  private func note(through last: Int, after earlier: [EpochRecord], phases: [[Double]]?, _ warn: (String) -> Void) {
    let first = configuration.fit.epochs(behind: earlier) + 1
    let epochs = first...max(first, last)
    let timed = epochs.filter(configuration.fit.timesPhases)
    let phases = timed.isEmpty ? nil : phases
    let ranks = crew.ranks.map { $0.parts(workers: crew.pool.count, traffic: fitting.trafficPerStep, phases: phases) }
    guard writes else { return }
    let machine = RunMachine(crew, epochs: epochs, phases: phases, timedEpochs: timed, ranks: ranks)
    do throws(Failure) { try directory.write(machine) } catch { warn("\(error)") }
  }

  /// - Parameter logStart: bytes that were in the file of a `csv_logger` before the run.
  func checkpoint(_ progress: FitProgress, _ state: ModelState, logStart: Int?) -> Checkpoint {
    Checkpoint(
      configuration: configuration, data: fingerprints, progress: progress, state: state, logStart: logStart, isFused: crew.instructionSet.isFused)
  }

  /// Writes a checkpoint and returns its path.
  @discardableResult
  func save(_ progress: FitProgress, _ state: ModelState, logStart: Int?) throws(Failure) -> String {
    guard writes else { return "" }
    return try directory.checkpoints.write(checkpoint(progress, state, logStart: logStart), compiled.network, keep: configuration.fit.checkpoint.keep)
  }
}

extension CompiledNetwork {
  /// Where a run of `configuration` starts: from its `initial_weights`, or from the initialisers.
  ///
  /// - Throws: `Failure` naming the file of weights and what is wrong with it.
  public func startingState(_ configuration: RunConfiguration, training: Dataset) throws(Failure) -> ModelState {
    guard let path = configuration.model.initialWeights else {
      var weights = network.initialArena(seed: configuration.seed)
      network.adapt(&weights, to: training)
      return freshState(weights: weights)
    }
    return freshState(weights: try loadWeights(network, from: path))
  }
}

/// The run that `--resume` found.
private struct EarlierRun {
  let directory: RunDirectory
  let locks: [RunLock]
  /// The newest that is whole; nil where the run was interrupted before its first.
  let checkpoint: Checkpoint?
  private let file: String

  /// - Parameter locks: whether it is this process that keeps others out.
  /// - Throws: `Failure` when another process is at it, or it was begun with another config.
  init(_ directory: RunDirectory, _ configuration: RunConfiguration, locks: Bool, warn: (String) -> Void) throws(Failure) {
    self.directory = directory
    self.locks = locks ? try directory.lock() : []
    if directory.path != directory.destination {
      warn("\(directory.path) goes on, which is to replace \(directory.destination); to go on with \(directory.destination) itself, remove that folder")
    }
    let found = try directory.checkpoints.newest(movesDamaged: locks, warn: warn)
    if found == nil { warn("\(directory.path) has no checkpoint; the run begins at its first step again") }
    checkpoint = found?.checkpoint
    file = found?.file ?? directory.configPath
    // Before the data are read, which may take long.
    if let checkpoint { try checkpoint.check(configuration, file: file) } else { try configuration.checkContinues(try directory.configuration(), file: file) }
  }

  func check(_ configuration: RunConfiguration, _ data: [DataFingerprint]) throws(Failure) {
    try checkpoint?.check(configuration, data, file: file)
  }

  /// - Parameter weights: of the network, in arena layout.
  func check(weights: Int) throws(Failure) {
    guard let state = checkpoint?.state, ([state.weights] + state.moments).contains(where: { $0.count != weights }) else { return }
    throw Failure(.badData, at: file, "the weights are not of the config's network on these data")
  }

  func warn(ofOtherBitsOn instructionSet: InstructionSet, _ warn: (String) -> Void) {
    checkpoint?.warn(ofOtherBitsOn: instructionSet, file: file, warn)
  }

  func check(_ fitting: Fitting) throws(Failure) {
    guard let progress = checkpoint?.progress else { return }
    let steps = fitting.steps(after: progress.records)
    guard progress.epoch.steps > steps else { return }
    throw Failure(.badData, at: file, "\(progress.epoch.steps) steps of an epoch are done, which has \(steps)")
  }
}
