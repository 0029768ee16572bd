import Datasets
import Failures
import Foundation
import Interchange
import NeuralNetwork
import RunConfig

/// What a `tensorboard` callback writes. Layout and names are those of Keras's callback; what Keras has none of are gradients, pictures and the config.
public struct TensorBoardLog {
  private let options: TensorBoard
  private let compiled: CompiledNetwork
  /// Whose answers are looked at, and the file that has the pictures.
  private let judged: Dataset
  private let examples: Examples
  private let judgedPart: Part
  private var files: [Part: EventFile]

  private enum Part: String { case train, validation }

  /// Begins the files; nil without a `tensorboard` callback.
  ///
  /// - Parameters:
  ///   - callbacks: of the fit.
  ///   - compiled: the network, its loss and its metrics.
  ///   - training: the rows to train on.
  ///   - validation: the rows that are judged; nil for none.
  ///   - encoding: what becomes of class numbers.
  ///   - text: what is trained, in its own words.
  /// - Throws: `Failure` when data and network do not go together, or (input and output) with the system's words.
  public init?(
    _ callbacks: [Callback], _ compiled: CompiledNetwork, training: Dataset, validation: Dataset?, encoding: DataSection.Targets, text: String
  ) throws(Failure) {
    guard let options = callbacks.tensorBoard else { return nil }
    self.options = options
    self.compiled = compiled
    judged = validation ?? training
    judgedPart = validation == nil ? .train : .validation
    examples = try Examples(judged, compiled, try compiled.objective(for: judged, encoding: encoding), name: "\(judgedPart.rawValue) data")
    files = [.train: EventFile(folder: "\(options.logDir)/train"), .validation: EventFile(folder: "\(options.logDir)/validation")]
    let fence = "```\n\(text)```\n"
    try write([.text("config", fence)], step: 0, to: .train)
  }

  /// Writes what there is to tell of an epoch that has ended.
  mutating func write(_ record: EpochRecord, _ moment: FitMoment) throws(Failure) {
    // Keras counts epochs from 0.
    let step = record.epoch - 1
    var (train, validation): ([TensorBoardEvent.Content], [TensorBoardEvent.Content]) = ([], [])
    for figure in record.figures {
      if figure.name.hasPrefix("val_") {
        let name = figure.name.dropFirst(4)
        validation.append(.scalar("epoch_\(name)", figure.value))
        validation.append(.scalar("evaluation_\(name)_vs_iterations", figure.value))
      } else {
        train.append(.scalar("epoch_\(figure.name)", figure.value))
      }
    }
    if record["learning_rate"] == nil { train.append(.scalar("epoch_learning_rate", moment.engine.learningRate)) }
    if options.histogramFreq > 0, step % options.histogramFreq == 0 {
      train += histograms(moment)
      let pictures = try pictures(moment)
      if judgedPart == .train { train += pictures } else { validation += pictures }
    }
    try write(train, step: step, to: .train)
    try write(validation, step: step, to: .validation, iterations: moment.engine.step)
  }

  /// - Parameter iterations: the step of what is told by iterations.
  private mutating func write(_ contents: [TensorBoardEvent.Content], step: Int, to part: Part, iterations: Int = 0) throws(Failure) {
    guard !contents.isEmpty else { return }
    let time = Date().timeIntervalSince1970
    let events = contents.map { content in
      if case .scalar(let tag, _) = content, tag.hasSuffix("_vs_iterations") { return TensorBoardEvent(time: time, step: iterations, content) }
      return TensorBoardEvent(time: time, step: step, content)
    }
    try files[part]?.append(events)
  }

  /// Of all weights, and of the mean gradient of the epoch's last step.
  private func histograms(_ moment: FitMoment) -> [TensorBoardEvent.Content] {
    let weights = compiled.network.tensors(arena: moment.engine.weights).map { ("histogram", $0) }
    let gradients = compiled.network.tensors(arena: moment.engine.lastMeanGradient, trained: true).map { ("gradient/histogram", $0) }
    return (weights + gradients).map { what, tensor in
      .histogram("\(tensor.name.replacing(".", with: "/"))/\(what)", HistogramBucket.of(tensor.values))
    }
  }

  /// Where answers are classes: the confusion matrix, and the surest mistakes.
  private func pictures(_ moment: FitMoment) throws(Failure) -> [TensorBoardEvent.Content] {
    let answers = try moment.engine.answers(compiled, judged, examples, wantsScores: false)
    guard !answers.truths.isEmpty else { return [] }
    let classes = max(judged.classCount, compiled.network.outputs, 2)
    var matrix = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for (truth, answer) in zip(answers.truths, answers.answers) { matrix[Int(truth)][Int(answer)] += 1 }
    let mistakes = answers.surestMistakes(DigitSheet.most, rows: judged.rows)
    var contents: [TensorBoardEvent.Content] = [.image("confusion_matrix", confusionPicture(matrix))]
    if let shape = compiled.network.image ?? ImageShape(judged.store.shape), !mistakes.isEmpty {
      contents.append(.image("mistakes", DigitSheet(shape: shape, images: mistakes.map { judged.store.row($0.sourceRow) }).picture))
    }
    let lines = mistakes.map { "| \($0.row) | \($0.truth) | \($0.answer) | \(String(format: "%.3f", $0.confidence)) |\n" }
    contents.append(.text("mistakes_table", "| row | class | answer | confidence |\n| ---: | ---: | ---: | ---: |\n" + lines.joined()))
    return contents
  }
}

/// Writes each epoch into the files of a `tensorboard` callback behind the observer's own work, while no worker runs.
public struct TensorBoardLogging<Observer: FitObserver>: FitObserver {
  private var log: TensorBoardLog?
  private var observer: Observer
  private var ended: EpochRecord?

  /// - Parameters:
  ///   - observer: hears of each epoch before the log.
  ///   - log: nil to write nothing.
  public init(_ log: TensorBoardLog?, observer: Observer) { (self.log, self.observer) = (log, observer) }

  /// Passed on.
  public mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) { observer.epochBegan(epoch, of: epochs, steps: steps) }
  /// Passed on.
  public mutating func stepsDone(_ steps: Int) { observer.stepsDone(steps) }
  /// Passed on.
  public mutating func stoppedEarly(_ reason: String) { observer.stoppedEarly(reason) }
  /// Passed on.
  public mutating func stalled(_ report: String) { observer.stalled(report) }

  /// Writes the epoch's figures, then passes the record on.
  ///
  /// - Throws: `.inputOutput` when they cannot be written.
  public mutating func epochEnded(_ record: EpochRecord) throws(Failure) {
    ended = record
    try observer.epochEnded(record)
  }

  /// Writes histograms and pictures after the epochs that have them, then passes it on.
  ///
  /// - Throws: `.inputOutput` when they cannot be written.
  public mutating func paused(_ moment: FitMoment) throws(Failure) -> Bool {
    if let record = ended {
      ended = nil
      try log?.write(record, moment)
    }
    return try observer.paused(moment)
  }
}
