import NeuralNetwork
import RunConfig

extension RunConfiguration {
  /// The learning rate of the last step of each of a run's epochs.
  ///
  /// - Parameter rows: that it was trained on.
  public func learningRates(of records: [EpochRecord], rows: Int) -> [Double] {
    let parts = EpochParts(stepsPerPass: (rows + fit.batchSize - 1) / fit.batchSize, stepsPerEpoch: fit.stepsPerEpoch)
    var steps = 0
    return records.enumerated().map { index, record in
      steps += parts.steps(index).count
      return record["learning_rate"] ?? compile.optimizer.learningRate.value(step: max(0, steps - 1))
    }
  }
}
