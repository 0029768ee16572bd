/// Everything a run is made of: the three calls (define, compile, fit), the data before them and the machine behind them.
///
/// A value with every default filled in. It is read from JSON5 by `RunConfiguration(file:overrides:)`, and written as `config.json`
/// into the run directory; the written form parses back to an equal value.
public struct RunConfiguration: Equatable, Sendable {
  /// The run's name; also the default run directory's, `runs/<name>`.
  public var name: String
  /// Seeds the initial weights, the shuffles and the validation split.
  public var seed: UInt64
  /// Which examples, and how they reach the network.
  public var data: DataSection
  /// The network's layers.
  public var model: ModelSection
  /// How the network is trained: optimizer, loss and metrics.
  public var compile: CompileSection
  /// How long it is trained, and in which steps.
  public var fit: FitSection
  /// The machine's share; it changes the speed, never the result.
  public var engine: EngineSection

  /// - Parameters:
  ///   - name: of the run, and of its folder in `runs`.
  ///   - seed: what weights, order and noise are drawn from.
  ///   - data: what it learns from.
  ///   - model: the layers.
  ///   - compile: the loss, the optimizer and the metrics.
  ///   - fit: how long and in what steps it learns.
  ///   - engine: how the machine is used.
  public init(
    name: String, seed: UInt64 = 1, data: DataSection, model: ModelSection, compile: CompileSection, fit: FitSection = FitSection(),
    engine: EngineSection = EngineSection()
  ) {
    self.name = name
    self.seed = seed
    self.data = data
    self.model = model
    self.compile = compile
    self.fit = fit
    self.engine = engine
  }
}

/// Which examples, and how they reach the network.
public struct DataSection: Equatable, Sendable {
  /// What inputs can be divided by: 1 / scale, by which the kernels multiply, and 255 / scale, the largest quotient of a byte, are normal numbers in single
  /// precision. (2⁻¹²⁰ and 2¹²⁶ would do; these are rounder.)
  public static let scales: ClosedRange<Float> = 1e-36...1e37

  /// What the network is asked to say about a label.
  public enum Targets: String, CaseIterable, Sendable {
    /// The class number.
    case classes
    /// One output a class, 1 for the label's and 0 for the others; also for several independent sigmoids.
    case oneHot = "one_hot"
    /// The label itself as a real number (regression).
    case value
  }

  /// Which examples are kept aside to measure on.
  public enum Validation: Equatable, Sendable {
    /// No validation.
    case none
    /// This share of the rows, chosen by the seed; `stratified` keeps each class's share.
    case fraction(Double, stratified: Bool = false)
    /// The source's test part: the folder's `t10k-…` files, the arrays for it, or the file at its `testPath`.
    case test
  }

  /// Where the examples come from.
  public var source: Source
  /// Only these labels, renumbered 0, 1, … in the order given; nil for all.
  public var classes: [Int]?
  /// What the network is asked to say about a label.
  public var targets: Targets
  /// Inputs are divided by this as they are gathered; must be in `scales`.
  public var scale: Double
  /// Which examples are kept aside to measure on.
  public var validation: Validation
  /// An IDX file of one number a training row, before classes are picked and rows kept aside: what the row counts in the loss (Keras's `sample_weight`); nil: each
  /// counts 1.
  public var sampleWeight: String?
  /// The same for the rows of `validation` `.test`.
  public var validationSampleWeight: String?

  /// - Parameters:
  ///   - source: where the examples come from.
  ///   - classes: the labels to keep, in the order of their class numbers; nil for all.
  ///   - targets: what the network is asked to say about a label.
  ///   - scale: what every input is divided by.
  ///   - validation: which examples are kept aside.
  ///   - sampleWeight: an IDX file with a weight for each training row; nil for none.
  ///   - validationSampleWeight: the same for the validation rows.
  public init(
    source: Source, classes: [Int]? = nil, targets: Targets = .classes, scale: Double = 255, validation: Validation = .none, sampleWeight: String? = nil,
    validationSampleWeight: String? = nil
  ) {
    self.sampleWeight = sampleWeight
    self.validationSampleWeight = validationSampleWeight
    self.source = source
    self.classes = classes
    self.targets = targets
    self.scale = scale
    self.validation = validation
  }
}

/// 1. Define.
public struct ModelSection: Equatable, Sendable {
  /// From the inputs to the outputs; at least one.
  public var layers: [Layer]
  /// A safetensors file to start from, instead of the initialisers.
  public var initialWeights: String?

  /// - Parameters:
  ///   - layers: from the inputs to the outputs.
  ///   - initialWeights: a safetensors file to begin with; nil for the initializers.
  public init(layers: [Layer], initialWeights: String? = nil) {
    self.layers = layers
    self.initialWeights = initialWeights
  }
}

/// 2. Compile.
public struct CompileSection: Equatable, Sendable {
  /// How a step changes the weights.
  public var optimizer: Optimizer
  /// What a step makes smaller.
  public var loss: Loss
  /// What is reported beside the loss.
  public var metrics: [Metric]

  /// - Parameters:
  ///   - optimizer: what makes steps of gradients.
  ///   - loss: what is made small.
  ///   - metrics: what is measured beside it.
  public init(optimizer: Optimizer, loss: Loss, metrics: [Metric] = []) {
    self.optimizer = optimizer
    self.loss = loss
    self.metrics = metrics
  }
}

/// 3. Fit.
public struct FitSection: Equatable, Sendable {
  /// The number of the last epoch; at least 1. Mostly the number of passes over the training rows.
  public var epochs: Int
  /// Rows a step; at least 1. The last batch of an epoch holds what is left.
  public var batchSize: Int
  /// A new seeded order of the rows each epoch.
  public var shuffle: Bool
  /// Stops at the step in which a loss or weight becomes NaN or infinite (Keras's callback `TerminateOnNaN`).
  public var terminateOnNaN: Bool
  /// What a row counts in the loss because of its class; nil: every row the same. Validation is not weighted so, as in Keras.
  public var classWeight: ClassWeight?
  /// Epochs before the first one here, which an earlier run has trained: the first has number `initialEpoch` + 1, and shuffles go on from there.
  public var initialEpoch: Int
  /// An epoch ends after so many steps, and the next one goes on where it ended; what is left of a pass over the rows is an epoch of its own. Nil, and what is
  /// more than a pass has: an epoch is a pass.
  public var stepsPerEpoch: Int?
  /// Validation looks at the first so many batches of its rows only; nil: at all.
  public var validationSteps: Int?
  /// The validation data are looked at after every so many epochs; at least 1.
  public var validationFreq: Int
  /// Notes for each epoch how large weights, gradients and updates are, and what the layers give (`lockstep inspect`).
  public var diagnostics: Bool
  /// What happens between epochs because of a figure; at most one of each kind.
  public var callbacks: [Callback]
  /// When what was learned is saved on the way.
  public var checkpoint: CheckpointSection

  /// - Parameters:
  ///   - epochs: passes over the training rows.
  ///   - batchSize: rows a step.
  ///   - shuffle: whether rows come in another order in each epoch.
  ///   - terminateOnNaN: whether a number that is not finite ends the run.
  ///   - classWeight: what a row counts because of its class.
  ///   - initialEpoch: epochs that an earlier run has trained.
  ///   - stepsPerEpoch: nil for all rows.
  ///   - validationSteps: nil for all rows.
  ///   - validationFreq: epochs from one validation to the next.
  ///   - diagnostics: whether layers are looked at.
  ///   - callbacks: what else is done after each epoch.
  ///   - checkpoint: when the state is saved.
  public init(
    epochs: Int = 1, batchSize: Int = 32, shuffle: Bool = true, terminateOnNaN: Bool = true, classWeight: ClassWeight? = nil, initialEpoch: Int = 0,
    stepsPerEpoch: Int? = nil, validationSteps: Int? = nil, validationFreq: Int = 1, diagnostics: Bool = false, callbacks: [Callback] = [],
    checkpoint: CheckpointSection = CheckpointSection()
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.terminateOnNaN = terminateOnNaN
    self.classWeight = classWeight
    self.initialEpoch = initialEpoch
    self.stepsPerEpoch = stepsPerEpoch
    self.validationSteps = validationSteps
    self.validationFreq = validationFreq
    self.diagnostics = diagnostics
    self.callbacks = callbacks
    self.checkpoint = checkpoint
  }
}

/// When a run is saved on its way, so that `--resume` can go on from there. Whatever is set here, it is also saved at its end and when a signal interrupts it.
public struct CheckpointSection: Equatable, Sendable {
  /// After every so many epochs; nil: epochs do not matter.
  public var everyEpochs: Int?
  /// Whenever so many seconds have passed since the last time, in the middle of an epoch too; nil: time does not matter.
  public var everySeconds: Double?
  /// How many of the newest are kept; at least 1.
  public var keep: Int
  /// The figure by which the best epoch is kept, too, such as "val_loss" or "val_accuracy" (Keras's word); nil for none.
  public var monitor: String?

  /// - Parameters:
  ///   - everyEpochs: nil for none by epochs.
  ///   - everySeconds: nil for none by time.
  ///   - keep: how many are kept, at least 1.
  ///   - monitor: the figure whose best epoch is kept, too; nil for none.
  public init(everyEpochs: Int? = nil, everySeconds: Double? = 60, keep: Int = 2, monitor: String? = nil) {
    self.everyEpochs = everyEpochs
    self.everySeconds = everySeconds
    self.keep = keep
    self.monitor = monitor
  }
}

/// The machine. Nothing here changes a bit of the result.
public struct EngineSection: Equatable, Sendable {
  /// How many workers step through each mini-batch.
  public var workers: WorkerCount
  /// Where the workers go.
  public var placement: Placement
  /// How each mini-batch is divided among them.
  public var balance: Balance
  /// When no worker has come further for so many seconds, a warning says what each is at.
  public var stallSeconds: Double
  /// When another rank has kept this one waiting for so many seconds, all of them end.
  public var rankTimeoutSeconds: Double

  /// - Parameters:
  ///   - workers: threads that train.
  ///   - placement: which CPUs they are pinned to.
  ///   - balance: how rows are divided among them.
  ///   - stallSeconds: when a warning says what each is at.
  ///   - rankTimeoutSeconds: when ranks that wait for another one end.
  public init(
    workers: WorkerCount = .auto, placement: Placement = .cores, balance: Balance = .measured, stallSeconds: Double = 30, rankTimeoutSeconds: Double = 120
  ) {
    self.workers = workers
    self.placement = placement
    self.balance = balance
    self.stallSeconds = stallSeconds
    self.rankTimeoutSeconds = rankTimeoutSeconds
  }
}
