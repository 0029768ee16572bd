import Datasets
import Failures
import NeuralNetwork
import RunConfig

/// A run before its first step: what will be trained on what, and what is likely to go wrong.
public struct Checkup: Equatable, Sendable {
  /// Every layer as it was written, and what it does.
  public let layers: [Layer]
  /// The sizes of every layer, in the same order.
  public let summaries: [LayerSummary]
  /// Numbers in an example.
  public let inputs: Int
  /// Those that gradients change, and those that they do not: means and variances.
  public let parameters: Int
  /// Numbers that the network keeps and no gradient changes: means and variances.
  public let otherParameters: Int
  /// What is made small.
  public let loss: Loss
  /// The activation of the last layer.
  public let outputActivation: Activation
  /// The rows to train on.
  public let training: DataSummary
  /// The rows to validate; nil for none.
  public let validation: DataSummary?
  /// Rows a step.
  public let batchSize: Int
  /// Steps an epoch.
  public let stepsPerEpoch: Int
  /// Epochs in all.
  public let epochs: Int
  /// Of the engine; the data come on top.
  public let memory: MemoryUse
  /// Of the inputs of all rows, in memory or in a mapped file.
  public let dataBytes: Int
  /// Errors first.
  public let findings: [Finding]

  /// The loss of one who gives all answers the same probability; nil for losses that are not about probabilities.
  public var lossByGuessing: Double? {
    switch (loss, loss.ownActivation) {
    case (.binaryFocalCrossentropy, _): nil
    case (_, .sigmoid?): ExactFunctions.logarithm(2)
    case (_, .softmax?): ExactFunctions.logarithm(Double(summaries.last?.outputs ?? 1))
    default: nil
    }
  }
}

extension Checkup {
  /// Looks at a run before it is trained. Everything that training would refuse is thrown as training throws it; what would train and should not is among the
  /// findings.
  ///
  /// - Parameters:
  ///   - compiled: the network, its loss and its metrics.
  ///   - training: the rows to train on.
  ///   - validation: the rows that are judged; nil for none.
  ///   - options: epochs, batch size and what else a fit is told.
  ///   - seed: of the run.
  ///   - crew: who computes.
  ///   - state: where training would start.
  ///   - encoding: what becomes of class numbers on their way to the loss.
  ///   - labels: what class numbers stand for, where some were picked.
  ///   - workers: how many were asked for by number.
  ///   - hasInitialWeights: whether `state` is not what initialisers make.
  /// - Throws: `Failure` when data, network and loss do not go together, or there is not enough memory.
  public static func look(
    at compiled: CompiledNetwork, state: ModelState, training: Dataset, validation: Dataset?, encoding: DataSection.Targets = .classes, labels: [Int]? = nil,
    options: FitSection, seed: UInt64, workers: Int? = nil, hasInitialWeights: Bool = false, crew: Crew
  ) throws(Failure) -> Checkup {
    let fitting = try Fitting(
      compiled, state: state, training: training, validation: validation, encoding: encoding, options: options, seed: seed, crew: crew)
    let run = CheckedRun(
      compiled: compiled, training: DataSummary(training, compiled.network), validation: validation.map { DataSummary($0, compiled.network) },
      encoding: encoding, labels: labels, batchSize: options.batchSize, workers: workers, hasInitialWeights: hasInitialWeights)
    let shared = validation.flatMap { rowsShared(by: training, and: $0) } ?? 0
    var bytes = training.store.byteCount
    if let validation, validation.store !== training.store { bytes += validation.store.byteCount }
    return Checkup(
      layers: compiled.network.description, summaries: compiled.network.layerSummaries, inputs: compiled.network.inputs,
      parameters: compiled.network.parameterCount, otherParameters: compiled.network.otherCount, loss: compiled.compile.loss,
      outputActivation: run.outputActivation, training: run.training, validation: run.validation, batchSize: options.batchSize,
      stepsPerEpoch: fitting.stepsPerEpoch, epochs: options.epochs, memory: fitting.memory, dataBytes: bytes,
      findings: Rules.findings(run) + Rules.sharedRows(shared))
  }
}

extension ExampleStore {
  fileprivate var byteCount: Int {
    switch features {
    case .bytes: count * width
    case .floats: 4 * count * width
    }
  }
}
