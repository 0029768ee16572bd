import Datasets
import Failures
import RunConfig
import Training

/// What `fit` returns: one record an epoch.
public struct History: Equatable, Sendable {
  /// An entry an epoch, the first epoch first.
  public let records: [EpochRecord]

  /// One figure over the epochs: `history["val_loss"]`. Empty when there is no such figure.
  public subscript(name: String) -> [Double] { records.compactMap { $0[name] } }
}

extension Sequential {
  /// 3. Fit: `epochs` passes over `data` in steps of `batchSize` rows, on every core.
  ///
  /// Targets that are class numbers go to the loss as Keras would take them; `Dataset.withOneHotTargets()` and `withValueTargets()` make
  /// other ones of them.
  ///
  /// - Parameters:
  ///   - data: the rows to train on.
  ///   - epochs: passes over them.
  ///   - batchSize: rows of a step.
  ///   - placement: what the threads are bound to.
  ///   - validationData: evaluated after each epoch; its figures have `val_` before their names, and its sample weights count.
  ///   - shuffle: a new order of the rows each epoch, from the model's seed.
  ///   - classWeight: what a row counts in the loss because of its class: `.balanced`, or `[0: 1, 1: 2.5]`. Not in the validation's.
  ///   - sampleWeight: one number a row of `data`: what it counts in the loss, in place of `data.sampleWeights`. Times its class's, where both are given.
  ///   - initialEpoch: epochs that an earlier fit has trained; `epochs` is the number of the last one.
  ///   - stepsPerEpoch: an epoch ends after so many steps, and the next one goes on where it ended; what is left of a pass over the rows is an epoch of its own.
  ///   - validationSteps: so many batches of `validationData` are looked at; nil for all.
  ///   - validationFreq: `validationData` are looked at after every so many epochs.
  ///   - diagnostics: notes in each record how large weights, gradients and updates are, and what the layers give.
  ///   - callbacks: what happens between epochs because of a figure; at most one of each kind.
  ///   - customCallbacks: of one's own; asked in this order.
  ///   - workers: how many threads; no number of them changes a bit of the result.
  ///   - observer: hears of each epoch; the default prints a line an epoch, with a bar on a terminal.
  /// - Throws: `Failure` when the model is not compiled, or data, network and loss do not go together.
  @discardableResult
  public func fit(
    _ data: Dataset, epochs: Int = 1, batchSize: Int = 32, validationData: Dataset? = nil, shuffle: Bool = true, classWeight: ClassWeight? = nil,
    sampleWeight: [Float]? = nil, initialEpoch: Int = 0, stepsPerEpoch: Int? = nil, validationSteps: Int? = nil, validationFreq: Int = 1,
    diagnostics: Bool = false, callbacks: [Callback] = [], customCallbacks: [any FitCallback] = [], workers: WorkerCount = .auto, placement: Placement = .cores,
    observer: some FitObserver = ProgressDisplay.standard()
  ) throws(Failure) -> History {
    let compiled = try requireCompiled("fit")
    for (index, callback) in callbacks.enumerated() { try callback.check(index: index) }
    try classWeight?.check()
    let training = if let sampleWeight { try data.withSampleWeights(sampleWeight) } else { data }
    if !isAdapted, data.width == network.inputs {
      network.adapt(&state.weights, to: data)
      isAdapted = true
    }
    let fitting = try Fitting(
      compiled, state: state, training: training, validation: validationData,
      options: FitSection(
        epochs: epochs, batchSize: batchSize, shuffle: shuffle, classWeight: classWeight, initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch,
        validationSteps: validationSteps, validationFreq: validationFreq, diagnostics: diagnostics, callbacks: callbacks), seed: seed,
      crew: try Crew(EngineSection(workers: workers, placement: placement)))
    let board = try TensorBoardLog(
      callbacks, compiled, training: training, validation: validationData, encoding: .classes, text: network.summary + "\n")
    var observer = TensorBoardLogging(board, observer: CSVLogging(try CSVLog(callbacks), observer: observer))
    // A model whose weights come from a file has no epochs behind it, but those that are said to be.
    let firstEpoch = max(epochsDone, initialEpoch)
    let progress = try fitting.run(firstEpoch: firstEpoch, callbacks: customCallbacks, observer: &observer)
    state = fitting.result(progress)
    epochsDone = firstEpoch + progress.records.count
    return History(records: progress.records)
  }

  /// Loss and metrics on `data`, and the confusion matrix where the task is to tell classes apart.
  ///
  /// - Throws: `Failure` when the model is not compiled, or data, network and loss do not go together.
  public func evaluate(_ data: Dataset, workers: WorkerCount = .auto, placement: Placement = .cores) throws(Failure) -> Evaluation {
    try Training.evaluate(
      try requireCompiled("evaluate"), state: state, dataset: data, crew: try Crew(EngineSection(workers: workers, placement: placement)))
  }

  /// All that can be told of the model on `data`: what `evaluate` says, a confidence interval, each class, calibration, the surest mistakes, and thresholds.
  ///
  /// - Throws: `Failure` as `evaluate`, or when thresholds are asked of a model whose outputs are not yes or no.
  public func examine(
    _ data: Dataset, _ questions: Examination.Questions = Examination.Questions(), workers: WorkerCount = .auto, placement: Placement = .cores
  ) throws(Failure) -> Examination {
    try Training.examine(
      try requireCompiled("examine"), state: state, dataset: data, questions: questions,
      crew: try Crew(EngineSection(workers: workers, placement: placement)))
  }

  /// The outputs for each row of `data`: probabilities where the last activation gives them, logits where it is linear.
  ///
  /// - Throws: `Failure` when the width is not the network's.
  public func predict(_ data: Dataset, workers: WorkerCount = .auto, placement: Placement = .cores) throws(Failure) -> [[Float]] {
    let compiled = compiled ?? CompiledNetwork(network: network, compile: CompileSection(optimizer: .sgd(), loss: .meanSquaredError))
    let crew = try Crew(EngineSection(workers: workers, placement: placement))
    let outputs = try Training.predict(compiled, state: state, store: data.store, scale: data.scale, crew: crew)
    return data.rows.map { row in Array(outputs[Int(row) * network.outputs..<(Int(row) + 1) * network.outputs]) }
  }
}
