import Failures
import Training

/// What came of a trial.
public struct TrialResult: Equatable, Sendable {
  public let trial: Trial
  /// The epochs that it trained; of one that failed, those before.
  public let records: [EpochRecord]
  /// Why it failed, with the kind of its exit code; nil for one that is done.
  public let failure: Failure?

  package init(trial: Trial, records: [EpochRecord], failure: Failure?) { (self.trial, self.records, self.failure) = (trial, records, failure) }

  /// The best epoch by `monitor`, of epochs that are equal the first; nil where the figure is never a number.
  public func best(by monitor: String) -> (value: Double, epoch: Int)? {
    var best: (value: Double, epoch: Int)?
    for record in records {
      guard let value = record[monitor], !value.isNaN, best.map({ isBetter(value, than: $0.value, by: monitor) }) ?? true else { continue }
      best = (value, record.epoch)
    }
    return best
  }

  /// Of training alone, over all epochs.
  public var seconds: Double { records.reduce(0) { $0 + $1.seconds } }
}
