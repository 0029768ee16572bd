import RunConfig

extension Metric {
  /// Every metric, with Keras's options and with others.
  public static let every: [Metric] = [
    .accuracy, .binaryAccuracy(), .binaryAccuracy(threshold: 0.3), .categoricalAccuracy, .sparseCategoricalAccuracy, .topKCategoricalAccuracy(),
    .topKCategoricalAccuracy(k: 2), .sparseTopKCategoricalAccuracy(), .sparseTopKCategoricalAccuracy(k: 3), .precision(),
    .precision(thresholds: 0.2, classID: 1), .recall(), .recall(topK: 2), .recall(thresholds: 0.4, topK: 3, classID: 0), .f1Score(),
    .f1Score(average: .macro), .f1Score(average: .weighted, threshold: 0.5), .fbetaScore(average: .micro, beta: 2), .fbetaScore(beta: 0.5, threshold: 0.4),
    .auc(), .auc(fromLogits: true), .auc(curve: .pr, numThresholds: 20, multiLabel: true), .auc(curve: .prGain, summationMethod: .majoring),
    .auc(curve: .pr, summationMethod: .minoring, fromLogits: true), .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .r2Score(),
    .r2Score(classAggregation: nil), .r2Score(classAggregation: .varianceWeightedAverage, numRegressors: 3),
  ]

  /// Those that go with a network whose last layer is `last`, and `loss`.
  public static func fitting(_ last: Dense, _ loss: Loss) -> [Metric] {
    every.filter { metric in
      let section = CompileSection(optimizer: .sgd(), loss: loss, metrics: [metric])
      return (try? section.checkMetrics(outputs: last.units, activation: last.activation)) != nil
    }
  }
}
