/// A figure reported beside the loss, with Keras's names, defaults and formulas. y are targets, p the model's outputs; with a loss `from_logits` these are the
/// logits, as in Keras. Formulas: `NeuralNetwork/Metrics/`.
public enum Metric: Equatable, Sendable {
  /// The share of right answers. As in Keras the word is resolved from the shapes: one output → binary (threshold 0.5);
  /// class-number targets → sparse categorical; otherwise categorical (the largest output against the largest target).
  case accuracy
  /// The share of outputs of which y is 1 exactly where p is above the threshold.
  case binaryAccuracy(threshold: Double = 0.5)
  /// The share of rows whose largest output is at their largest target.
  case categoricalAccuracy
  /// The share of rows whose largest output is their class's.
  case sparseCategoricalAccuracy
  /// The share of rows in which fewer than k outputs are above that at the largest target.
  case topKCategoricalAccuracy(k: Int = 5)
  /// The share of rows in which fewer than k outputs are above their class's.
  case sparseTopKCategoricalAccuracy(k: Int = 5)
  /// Of all p above the threshold, the share whose y is not 0. With `topK` only the k largest of a row count as above, whatever their size unless there is a
  /// threshold, too; with `classID` only that output counts. No threshold is 0.5.
  case precision(thresholds: Double? = nil, topK: Int? = nil, classID: Int? = nil)
  /// Of all y that are not 0, the share whose p is above the threshold. Options as for `precision`.
  case recall(thresholds: Double? = nil, topK: Int? = nil, classID: Int? = nil)
  /// The harmonic mean of precision and recall, an output each or averaged. Without a threshold an output counts as above where it is a row's largest.
  case f1Score(average: Average? = nil, threshold: Double? = nil)
  /// The same with recall weighted by β².
  case fbetaScore(average: Average? = nil, beta: Double = 1, threshold: Double? = nil)
  /// The area under a curve through `numThresholds` evenly spaced thresholds, of all outputs together or, with `multiLabel`, the mean of each one's.
  /// `fromLogits`: p are logits, and their sigmoid is taken.
  case auc(
    curve: Curve = .roc, numThresholds: Int = 200, summationMethod: SummationMethod = .interpolation, multiLabel: Bool = false, fromLogits: Bool = false)
  /// mean of |y−p|.
  case meanAbsoluteError
  /// mean of (y−p)².
  case meanSquaredError
  /// √ mean of (y−p)².
  case rootMeanSquaredError
  /// 1 − Σ(y−p)² / Σ(y−ȳ)² of each output, and then their mean. With `numRegressors` r, adjusted: 1 − (1−R²)·(n−1)/(n−r−1).
  case r2Score(classAggregation: Aggregation? = .uniformAverage, numRegressors: Int = 0)

  /// How the F-scores of several outputs become one: of all together, their mean, or their mean by the number of targets. None: an output each.
  public enum Average: String, CaseIterable, Sendable {
    /// All rows alike.
    case micro
    /// All classes alike.
    case macro
    /// Classes by their rows.
    case weighted
  }

  /// What the area is under: true by false positive rate, precision by recall, or the gains of both (Flach and Kull, "Precision-recall-gain curves", 2015).
  public enum Curve: String, CaseIterable, Sendable {
    /// True by false positive rate.
    case roc = "ROC"
    /// Precision by recall.
    case pr = "PR"
    /// The gains of both.
    case prGain = "PRGAIN"
  }

  /// The height between two thresholds: their mean (for precision by recall Davis and Goadrich's interpolation, 2006), the lower, or the higher.
  public enum SummationMethod: String, CaseIterable, Sendable {
    /// Along a straight line.
    case interpolation
    /// With the lower of its ends.
    case minoring
    /// With the higher of its ends.
    case majoring
  }

  /// How the R² of several outputs become one. None: an output each.
  public enum Aggregation: String, CaseIterable, Sendable {
    /// All outputs alike.
    case uniformAverage = "uniform_average"
    /// Outputs by the variance of their targets.
    case varianceWeightedAverage = "variance_weighted_average"
  }
}

extension Metric {
  /// The words of a metric's `type`.
  enum TypeWord: String, CaseIterable {
    case accuracy
    case binaryAccuracy = "binary_accuracy"
    case categoricalAccuracy = "categorical_accuracy"
    case sparseCategoricalAccuracy = "sparse_categorical_accuracy"
    case topKCategoricalAccuracy = "top_k_categorical_accuracy"
    case sparseTopKCategoricalAccuracy = "sparse_top_k_categorical_accuracy"
    case precision, recall
    case f1Score = "f1_score"
    case fbetaScore = "fbeta_score"
    case auc
    case meanAbsoluteError = "mean_absolute_error"
    case meanSquaredError = "mean_squared_error"
    case rootMeanSquaredError = "root_mean_squared_error"
    case r2Score = "r2_score"
  }

  var word: TypeWord {
    switch self {
    case .accuracy: .accuracy
    case .binaryAccuracy: .binaryAccuracy
    case .categoricalAccuracy: .categoricalAccuracy
    case .sparseCategoricalAccuracy: .sparseCategoricalAccuracy
    case .topKCategoricalAccuracy: .topKCategoricalAccuracy
    case .sparseTopKCategoricalAccuracy: .sparseTopKCategoricalAccuracy
    case .precision: .precision
    case .recall: .recall
    case .f1Score: .f1Score
    case .fbetaScore: .fbetaScore
    case .auc: .auc
    case .meanAbsoluteError: .meanAbsoluteError
    case .meanSquaredError: .meanSquaredError
    case .rootMeanSquaredError: .rootMeanSquaredError
    case .r2Score: .r2Score
    }
  }

  /// Keras's string for the metric.
  public var name: String { word.rawValue }

  /// Whether it gives a number an output of the network and not one in all.
  public var isPerOutput: Bool {
    switch self {
    case .f1Score(nil, _), .fbetaScore(nil, _, _), .r2Score(nil, _): true
    default: false
    }
  }
}

extension [Metric] {
  /// What each metric's figures are called in the history of a network with `outputs` outputs. As in Keras a second metric of a name is `auc_1`; where a metric
  /// gives a number an output, the figures are `f1_score[0]`, `f1_score[1]`, ….
  public func figureNames(outputs: Int) -> [[String]] {
    var seen: [String: Int] = [:]
    return map { metric in
      let earlier = seen[metric.name, default: 0]
      seen[metric.name] = earlier + 1
      let name = earlier == 0 ? metric.name : "\(metric.name)_\(earlier)"
      return metric.isPerOutput && outputs > 1 ? (0..<outputs).map { "\(name)[\($0)]" } : [name]
    }
  }
}
