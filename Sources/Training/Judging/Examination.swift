import Datasets
import Failures
import NeuralNetwork
import RunConfig

/// All that `lockstep evaluate` tells of a network on data it does not learn from.
public struct Examination: Sendable {
  /// What an examination is to look at.
  public struct Questions: Sendable {
    /// The most mistakes to list.
    public var mistakes: Int
    /// Resamples for the confidence interval; 0 for none, nil for 1,000, or fewer where there are more than a million rows: a billion draws take some seconds.
    public var resamples: Int?
    /// What thresholds are wanted for; nil for none.
    public var policy: ThresholdPolicy?
    /// Seeds the resamples.
    public var seed: UInt64

    /// - Parameters:
    ///   - mistakes: how many of the surest are listed.
    ///   - resamples: for the confidence interval; nil for the usual number, 0 for none.
    ///   - policy: what thresholds are to give; nil for no thresholds.
    ///   - seed: what resamples are drawn from.
    public init(mistakes: Int = 10, resamples: Int? = nil, policy: ThresholdPolicy? = nil, seed: UInt64 = 1) {
      self.mistakes = mistakes
      self.resamples = resamples
      self.policy = policy
      self.seed = seed
    }
  }

  /// A wrong answer.
  public struct Mistake: Equatable, Sendable {
    /// Counted in the rows that were evaluated, from 0.
    public let row: Int
    /// The row's number in the files or arrays that the data came from, from 0.
    public let sourceRow: Int
    /// The right class.
    public let truth: Int
    /// The class that was answered.
    public let answer: Int
    /// As in `Answers.confidences`.
    public let confidence: Float
  }

  /// Loss, metrics and confusion matrix.
  public let evaluation: Evaluation
  /// What was answered for each row.
  public let answers: Answers
  /// Of the share of right answers, or where answers are no classes, of the loss; nil where none was asked for.
  public let interval: ConfidenceInterval?
  /// The figure that `interval` is about.
  public let intervalFigure: String
  /// Of each class, or of each output that answers yes or no for itself; nil where answers are numbers.
  public let classes: ClassReport?
  /// Nil where the network gives no probabilities of classes.
  public let calibration: Calibration?
  /// The mistakes of which the network is surest, the surest first, of equally sure ones the first row first.
  public let mistakes: [Mistake]
  /// For each output the threshold that was asked for, or nil where none can be had; empty where none was asked for.
  public let thresholds: [ThresholdChoice?]
}

/// Examines `state` on `dataset`.
///
/// - Throws: `Failure` when data and network do not go together, thresholds are asked of a network whose outputs are not yes or no, or from a worker.
public func examine(
  _ compiled: CompiledNetwork, state: ModelState, dataset: Dataset, encoding: DataSection.Targets = .classes, questions: Examination.Questions, crew: Crew
) throws(Failure) -> Examination {
  let loss = compiled.compile.loss
  if questions.policy != nil, loss.question != .yesOrNo, loss.question != .side {
    throw Failure(.badData, at: "compile.loss", "a threshold is for outputs that answer yes or no, as with binary_crossentropy; \(loss.name) has none")
  }
  let examiner = try Examiner(compiled, state: state, dataset: dataset, encoding: encoding, crew: crew)
  let evaluation = try examiner.evaluation()
  let isAboutClasses = evaluation.confusion != nil
  let isAboutLabels = !isAboutClasses && loss.question != .quantity
  let answers = try examiner.answers(wantsScores: questions.policy != nil || isAboutLabels)
  let isRight = answers.isRight
  let resamples = questions.resamples ?? max(100, min(1000, 1_000_000_000 / dataset.count))
  let values = isAboutClasses ? isRight.map { $0 ? Float(1) : 0 } : answers.losses
  // Scores are probabilities, or numbers whose sign is the answer.
  let labels = isAboutLabels ? ClassReport(scores: answers.scores, truths: answers.labels, threshold: loss.question == .side ? 0 : 0.5) : nil
  return Examination(
    evaluation: evaluation, answers: answers,
    interval: resamples > 0 ? ConfidenceInterval(meanOf: values, resamples: resamples, seed: questions.seed) : nil,
    intervalFigure: isAboutClasses ? "accuracy" : "loss", classes: evaluation.confusion.map(ClassReport.init(confusion:)) ?? labels,
    calibration: isAboutClasses && loss.givesProbabilities ? Calibration(confidences: answers.confidences, isRight: isRight) : nil,
    mistakes: answers.surestMistakes(questions.mistakes, rows: dataset.rows),
    thresholds: questions.policy.map { policy in zip(answers.scores, answers.labels).map { ThresholdChoice(policy, scores: $0, truths: $1) } } ?? [])
}

extension Answers {
  /// - Parameter rows: of the data set, in order.
  func surestMistakes(_ most: Int, rows: [UInt32]) -> [Examination.Mistake] {
    let wrong = isRight.indices.filter { truths[$0] != answers[$0] }
    let order = wrong.sorted { (confidences[$1], $0) < (confidences[$0], $1) }
    return order.prefix(most).map { row in
      Examination.Mistake(row: row, sourceRow: Int(rows[row]), truth: Int(truths[row]), answer: Int(answers[row]), confidence: confidences[row])
    }
  }
}
