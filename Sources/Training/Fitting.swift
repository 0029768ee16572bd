import Datasets
import Failures
import NeuralNetwork
import RandomStreams
import RunConfig

/// A network with what `compile` adds: everything that training needs but the data.
public struct CompiledNetwork: Sendable {
  public let network: Network
  public let compile: CompileSection

  public init(network: Network, compile: CompileSection) {
    self.network = network
    self.compile = compile
  }

  var rule: OptimizerRule { OptimizerRule(compile.optimizer) }
  var countsAccuracy: Bool { compile.metrics.contains(.accuracy) }

  /// The loss fitted to the network and to targets like those of `dataset`.
  ///
  /// - Throws: `Failure` with advice when they do not go together.
  public func objective(for dataset: Dataset, encoding: DataSection.Targets) throws(Failure) -> Objective {
    var width: Int?
    if case .vectors(_, let count) = dataset.targets { width = count }
    return try Objective(loss: compile.loss, network: network, encoding: encoding, vectorWidth: width)
  }

  /// Loss and metrics as Keras names and averages them.
  func figures(_ sums: SliceSums, prefix: String = "") -> [EpochRecord.Figure] {
    let rows = Double(sums.count)
    return [EpochRecord.Figure(prefix + "loss", sums.loss / rows)] + (countsAccuracy ? [EpochRecord.Figure(prefix + "accuracy", Double(sums.correct) / rows)] : [])
  }
}

/// The data of a fit or an evaluation, and how it reaches the network.
public struct FitData: Sendable {
  public var training: Dataset
  public var validation: Dataset?
  public var encoding: DataSection.Targets
  public var scale: Double

  public init(training: Dataset, validation: Dataset? = nil, encoding: DataSection.Targets = .classes, scale: Double = 1) {
    self.training = training
    self.validation = validation
    self.encoding = encoding
    self.scale = scale
  }
}

/// What a fit tells while it goes on.
public protocol FitObserver {
  /// The epoch's first step is about to be taken.
  mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int)
  /// About ten times a second.
  mutating func stepsDone(_ steps: Int)
  /// - Throws: `Failure` to end the fit.
  mutating func epochEnded(_ record: EpochRecord) throws(Failure)
}

/// Trains for some epochs: the order of the rows, one `Engine.train` an epoch, the validation after it.
///
/// - Parameters:
///   - state: where to start from; afterwards, where training ended, also when it ended with a failure between epochs.
///   - seed: of the shuffles.
///   - firstEpoch: epochs that the model has behind it, so that shuffles go on and do not start again.
/// - Returns: one record an epoch.
/// - Throws: `Failure` when data and network do not go together, or from a worker or the observer.
public func fit(
  _ compiled: CompiledNetwork, state: inout ModelState, data: FitData, options: FitSection, seed: UInt64, firstEpoch: Int = 0, crew: Crew,
  observer: inout some FitObserver
) throws(Failure) -> [EpochRecord] {
  let objective = try compiled.objective(for: data.training, encoding: data.encoding)
  func examples(_ dataset: Dataset, _ name: String) throws(Failure) -> Examples {
    try Examples(dataset, network: compiled.network, objective: objective, loss: compiled.compile.loss, scale: data.scale, name: name)
  }
  let training = try examples(data.training, "training data")
  let validation = if let dataset = data.validation { try examples(dataset, "validation data") } else { Examples?.none }
  let engine = try Engine(
    pool: crew.pool, kernels: crew.instructionSet.kernels, network: compiled.network, objective: objective, optimizer: compiled.rule, state: state,
    trainingRows: data.training.count, batchSize: options.batchSize, countsAccuracy: compiled.countsAccuracy)

  var records: [EpochRecord] = []
  let clock = ContinuousClock()
  for epoch in 1...options.epochs {
    let order = epochOrder(data.training.rows, epoch: firstEpoch + epoch - 1, seed: seed, shuffle: options.shuffle)
    observer.epochBegan(epoch, of: options.epochs, steps: engine.stepsPerEpoch)
    let begin = clock.now
    let sums = try engine.train(training.source, order: order) { observer.stepsDone($0) }
    let seconds = (clock.now - begin) / .seconds(1)
    var figures = compiled.figures(sums)
    if let validation {
      figures += compiled.figures(try engine.evaluate(validation.source, rows: validation.dataset.rows), prefix: "val_")
    }
    let record = EpochRecord(epoch: epoch, figures: figures, seconds: seconds, samplesPerSecond: Double(order.count) / seconds)
    records.append(record)
    try observer.epochEnded(record)
  }
  state = engine.state
  return withExtendedLifetime((training, validation)) { records }
}

/// The rows in the order of epoch `epoch` (from 0): shuffled by the seed and the epoch alone.
func epochOrder(_ rows: [UInt32], epoch: Int, seed: UInt64, shuffle: Bool) -> [UInt32] {
  guard shuffle else { return rows }
  var order = rows
  var generator = CounterGenerator(seed: seed, stream: Stream.shuffle(epoch: epoch))
  generator.shuffle(&order)
  return order
}
