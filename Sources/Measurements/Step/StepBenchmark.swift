import Datasets
import Failures
import NeuralNetwork
import Ranks
import RunConfig
import Training

/// A config made ready to be timed: its data read once, then a fresh start for every crew.
struct BenchmarkedRun {
  let configuration: RunConfiguration
  let training: Dataset
  let compiled: CompiledNetwork
  private let state: ModelState

  /// - Throws: `Failure` for anything that would stop the training too.
  init(_ configuration: RunConfiguration) throws(Failure) {
    self.configuration = configuration
    training = try RunData(configuration.data, seed: configuration.seed).training
    compiled = CompiledNetwork(network: try Network(inputs: training.width, layers: configuration.model.layers), compile: configuration.compile)
    state = try compiled.startingState(configuration, training: training)
  }

  /// As `TrainingRun` makes it, but with short epochs where the network is large: `longestEpoch` rows at most.
  func fitting(_ crew: Crew) throws(Failure) -> Fitting {
    try Fitting(
      compiled, state: state, training: training, validation: nil, encoding: configuration.data.targets, options: configuration.fit,
      seed: configuration.seed, crew: crew, rowsPerEpoch: Self.longestEpoch(parameters: compiled.network.parameterCount, batchSize: configuration.fit.batchSize)
    )
  }

  /// Whole batches whose multiply-adds (three for each parameter and row) a slow core does in a few seconds; at least four.
  static func longestEpoch(parameters: Int, batchSize: Int) -> Int {
    let batches = 20_000_000_000 / (3 * parameters * batchSize)
    return max(batches, 4) * batchSize
  }
}

extension StepReport {
  /// Trains epoch after epoch of `configuration`, in turns without a meter (for the rate) and with one (for the phases). Its `fit.epochs` does not count.
  ///
  /// - Parameters:
  ///   - ranks: the processes that train together, all of which measure now, each with a report of its own workers; nil for this one alone.
  ///   - budget: seconds and pairs of epochs.
  /// - Throws: `Failure` for anything that would stop the training too.
  public static func measure(
    _ configuration: RunConfiguration, ranks: Ranks? = nil, budget: TimeBudget = TimeBudget(seconds: 2, samples: 3)
  ) throws(Failure) -> StepReport {
    let run = try BenchmarkedRun(configuration)
    let crew = try Crew(configuration.engine, ranks: ranks)
    try ranks?.checkSame(configuration, [run.training], crew)
    let before = PrivateMemory.bytes
    let fitting = try run.fitting(crew)
    let clock = PhaseClock(workers: crew.pool.count)
    _ = try fitting.timeEpoch(0)  // brings code and data into the caches
    var (plain, metered): ([Double], [Double]) = ([], [])
    var epoch = 1
    let begin = now()
    repeat {
      plain.append(try fitting.timeEpoch(epoch))
      metered.append(try fitting.timeEpoch(epoch + 1, clock: clock))
      epoch += 2
    } while ranks.agreed(metered.count < budget.samples || now() - begin < budget.seconds)
    let after = PrivateMemory.bytes

    let rows = Double(fitting.rowsPerEpoch)
    let steps = fitting.stepsPerEpoch * metered.count
    let batchSize = configuration.fit.batchSize
    return StepReport(
      run: RunWords(configuration, crew), ranks: ranks.map { StepReport.Ranking($0, fitting) }, slices: BatchPlan.slices(batchSize), stepsMeasured: steps,
      stepSeconds: Spread(plain.map { $0 / Double(fitting.stepsPerEpoch) }),
      samplesPerSecond: Spread(plain.map { rows / $0 }), meteredSamplesPerSecond: Spread(metered.map { rows / $0 }),
      sliceCounts: fitting.sliceCounts,
      phases: (0..<crew.pool.count).map { worker in Phase.allCases.map { clock.seconds($0, worker: worker) / Double(steps) } },
      parameters: run.compiled.network.parameterCount, memory: fitting.memory, privateBytes: after,
      privateGrowth: before.flatMap { before in after.map { $0 - before } }, warnings: crew.warnings(batchSize: batchSize))
  }
}

/// What a run is called in reports.
public struct RunWords: Equatable, Sendable {
  public let name: String
  public let batchSize: Int
  public let workers: Int
  public let placement: String
  public let instructionSet: String

  package init(_ configuration: RunConfiguration, _ crew: Crew) {
    name = configuration.name
    batchSize = configuration.fit.batchSize
    workers = crew.pool.count
    placement = "\(crew.plan.strategy)"
    instructionSet = crew.instructionSet.rawValue
  }
}

extension StepReport.Ranking {
  fileprivate init(_ ranks: Ranks, _ fitting: Fitting) {
    let traffic = fitting.trafficPerStep ?? (0, 0)
    self.init(rank: ranks.rank, count: ranks.count, library: ranks.library, sentBytes: traffic.sent, receivedBytes: traffic.received)
  }
}
