import Failures

extension CompileSection {
  /// Whether each metric can be told from what the network gives and the loss is asked with.
  ///
  /// - Parameters:
  ///   - outputs: of the network.
  ///   - activation: its last layer's.
  /// - Throws: `Failure` (bad data) at the metric, with advice.
  public func checkMetrics(outputs: Int, activation: Activation) throws(Failure) {
    for (index, metric) in metrics.enumerated() {
      guard let advice = metric.misfit(outputs: outputs, activation: activation, loss: loss) else { continue }
      throw Failure(.badData, at: "compile.metrics[\(index)]", advice)
    }
  }
}

extension Metric {
  /// Why the metric does not go with the network and loss; nil where it does.
  fileprivate func misfit(outputs: Int, activation: Activation, loss: Loss) -> String? {
    var isSparse = false
    if case .sparseCategoricalCrossentropy = loss { isSparse = true }
    switch self {
    case .accuracy: return nil
    case .sparseCategoricalAccuracy, .sparseTopKCategoricalAccuracy:
      guard isSparse else { return "\(name) is for class numbers, and \(loss.name) has a target an output; use \(name.dropFirst("sparse_".count))" }
      return rangeMisfit(outputs)
    default:
      if isSparse { return "\(name) compares each output with a target of its own, and \(loss.name) has class numbers; \(sparseAdvice)" }
      return rangeMisfit(outputs) ?? probabilityMisfit(activation)
    }
  }

  private var sparseAdvice: String {
    switch self {
    case .categoricalAccuracy, .topKCategoricalAccuracy: "use sparse_\(name)"
    default: "use categorical_crossentropy with data.targets \"one_hot\""
    }
  }

  private func rangeMisfit(_ outputs: Int) -> String? {
    switch self {
    case .categoricalAccuracy where outputs == 1, .topKCategoricalAccuracy where outputs == 1:
      "\(name) is about the largest of several outputs, found 1 output; use binary_accuracy"
    case .topKCategoricalAccuracy(let k) where k >= outputs, .sparseTopKCategoricalAccuracy(let k) where k >= outputs:
      "the \(k) largest of \(outputs) outputs always hold the right one; set k below \(outputs)"
    case .precision(_, let k?, _) where k > outputs, .recall(_, let k?, _) where k > outputs: "top_k is \(k), and there are \(outputs) outputs"
    case .precision(_, _, let id?) where id >= outputs, .recall(_, _, let id?) where id >= outputs: "class_id is \(id); expected 0 to \(outputs - 1)"
    case .f1Score(_, nil) where outputs == 1, .fbetaScore(_, _, nil) where outputs == 1:
      "without a threshold the largest output of a row counts, found 1 output; set threshold to 0.5"
    default: nil
    }
  }

  private func probabilityMisfit(_ activation: Activation) -> String? {
    guard case .auc(_, _, _, _, let fromLogits) = self else { return nil }
    let isProbability = [.sigmoid, .softmax, .hardSigmoid].contains(activation)
    if fromLogits, isProbability { return "the last layer's \(activation.name) already gives probabilities; set from_logits to false" }
    if !fromLogits, !isProbability {
      return "the last layer's '\(activation.name)' gives no probabilities, over which the thresholds are spread; set from_logits to true"
    }
    return nil
  }

  /// Whether it counts answers, of which there are none where targets are real numbers.
  var isAboutClasses: Bool {
    switch self {
    case .accuracy, .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .r2Score: false
    default: true
    }
  }
}
