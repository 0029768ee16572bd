import Failures
import NeuralNetwork

/// What a fit tells while it goes on.
public protocol FitObserver {
  /// The epoch's first step is about to be taken.
  mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int)
  /// About ten times a second.
  mutating func stepsDone(_ steps: Int)
  /// - Throws: `Failure` to end the fit.
  mutating func epochEnded(_ record: EpochRecord) throws(Failure)
  /// Between two steps, about ten times a second, while no worker runs; and after each epoch, when all is told of it. False ends the fit here; one that is
  /// made with the moment's progress and state (of several ranks that of the first) goes on as if nothing had happened.
  ///
  /// - Throws: `Failure` to end the fit.
  mutating func paused(_ moment: FitMoment) throws(Failure) -> Bool
  /// The fit ends before its last epoch, for the reason that is said.
  mutating func stoppedEarly(_ reason: String)
  /// No worker has come further for long, as far as `report` says. The fit goes on waiting.
  mutating func stalled(_ report: String)
}

extension FitObserver {
  /// Does nothing.
  public mutating func stoppedEarly(_ reason: String) {}
  /// Does nothing.
  public mutating func stalled(_ report: String) {}
  /// Goes on.
  public mutating func paused(_ moment: FitMoment) throws(Failure) -> Bool { true }
}

/// Where a fit stands between two steps.
public struct FitMoment {
  /// What is done so far.
  public let progress: FitProgress
  let engine: Engine

  /// A copy of weights and moments as they are now. Of several ranks all must ask, and the first gets all moments, the others none.
  public var state: ModelState { engine.state }
}
