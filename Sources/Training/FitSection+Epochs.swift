import Failures
import RunConfig

extension FitSection {
  /// Epochs that the model has behind it after these: the number of the last one.
  func epochs(behind records: [EpochRecord]) -> Int { initialEpoch + records.count }

  /// Whether a fit ends behind these epochs: they are all, or it stops early.
  package func isOver(after records: [EpochRecord]) -> Bool {
    epochs(behind: records) >= epochs || callbacks.earlyStopping.map { StoppingRule($0, after: records).stops } ?? false
  }

  /// Whether a fit with diagnostics times the phases of this epoch: of the first, and then of every eighth, so that it costs next to nothing.
  func timesPhases(epoch: Int) -> Bool { (epoch - initialEpoch) % 8 == 1 }

  /// - Throws: `Failure` (bad data) naming the number that is too small.
  func check() throws(Failure) {
    for (key, value, least) in [
      ("initial_epoch", initialEpoch, 0), ("epochs", epochs, 1), ("batch_size", batchSize, 1), ("steps_per_epoch", stepsPerEpoch ?? 1, 1),
      ("validation_steps", validationSteps ?? 1, 1), ("validation_freq", validationFreq, 1),
    ] where value < least {
      throw Failure(.badData, at: "fit.\(key)", "expected at least \(least), found \(value)")
    }
    guard epochs > initialEpoch else {
      throw Failure(.badData, at: "fit.epochs", "expected more than fit.initial_epoch, \(initialEpoch), found \(epochs)")
    }
  }
}
