import Datasets
import Failures
import Kernels
import NeuralNetwork
import RunConfig
import TestSupport
import Training

/// A small fit, and what came of it.
struct SmallFit {
  static let firstUnits = 9
  var layers: [Layer] = [.dense(firstUnits, activation: .sigmoid), .dense(17, activation: .tanh), .dense(4)]
  var optimizer: Optimizer = .adam(learningRate: 0.01)
  var loss: Loss = .sparseCategoricalCrossentropy(fromLogits: true)
  var metrics: [Metric] = [.accuracy]
  var encoding: DataSection.Targets = .classes
  var options = FitSection(epochs: 2, batchSize: 32)
  var set: InstructionSet = .portable
  var validates = true

  struct Result: Equatable {
    var state: ModelState
    /// Loss and metrics of each epoch, as bits.
    var figures: [[UInt64]]
  }

  /// Trains on `workers` unpinned workers.
  ///
  /// - Parameter prepare: what to do with the fit before it trains.
  func run(_ dataset: Dataset, workers: Int, prepare: (Fitting) throws -> Void = { _ in }) throws -> Result {
    let fitting = try fitting(dataset, workers: workers)
    try prepare(fitting)
    var observer = SilentObserver()
    let progress = try fitting.run(observer: &observer)
    return Result(state: fitting.result(progress), figures: progress.records.map { $0.figures.map(\.value.bitPattern) })
  }

  func fitting(_ dataset: Dataset, workers: Int) throws -> Fitting {
    let compiled = try compiled(dataset)
    return try Fitting(
      compiled, state: compiled.initialState(seed: 5), training: dataset, validation: validates ? dataset : nil, encoding: encoding, options: options, seed: 5,
      crew: try crew(workers, set))
  }

  func compiled(_ dataset: Dataset) throws -> CompiledNetwork {
    CompiledNetwork(
      network: try Network(inputs: dataset.width, layers: layers),
      compile: CompileSection(optimizer: optimizer, loss: loss, metrics: metrics))
  }
}

/// `workers` threads that go where they like and all take part, on the kernels of `set`.
func crew(_ workers: Int, _ set: InstructionSet = InstructionSet.supported[0]) throws -> Crew {
  try Crew(EngineSection(workers: .exactly(workers), placement: .none, balance: .even), environment: ["LOCKSTEP_ISA": set.rawValue])
}

/// Shows nothing. It counts, because ThreadSanitizer takes all observers without a size for one variable.
struct SilentObserver: FitObserver {
  private(set) var epochs = 0

  mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {}
  mutating func stepsDone(_ steps: Int) {}
  mutating func epochEnded(_ record: EpochRecord) { epochs += 1 }
}

/// Stops a fit once so many pauses have come, and keeps its state of that moment; with a negative number, never.
struct Stopper: FitObserver {
  var pausesLeft: Int
  private(set) var state: ModelState?

  init(pausesLeft: Int) { self.pausesLeft = pausesLeft }

  mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {}
  mutating func stepsDone(_ steps: Int) {}
  mutating func epochEnded(_ record: EpochRecord) {}
  mutating func paused(_ moment: FitMoment) -> Bool {
    pausesLeft -= 1
    if pausesLeft == 0 { state = moment.state }
    return pausesLeft != 0
  }
}

/// Seeded examples of four classes.
enum SmallData {
  static let width = 19
  /// Enough inputs for the first layer to have four leaves, which workers divide among themselves; of `width` there is one.
  static let leafyWidth = 259

  static func labels(_ rows: Int) -> [Int] { seededBytes(rows, seed: 12).map { Int($0) % 4 } }

  static func bytes(_ rows: Int, width: Int = width) throws -> Dataset {
    try Dataset(bytes: seededBytes(rows * width, seed: 11), width: width, labels: labels(rows))
  }

  static func floats(_ rows: Int) throws -> Dataset { try Dataset(floats: seededFloats(rows * width, seed: 13), width: width, labels: labels(rows)) }
}
