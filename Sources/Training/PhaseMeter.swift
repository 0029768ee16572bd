/// What a worker does in a step, in order; it waits twice.
public enum Phase: Int, CaseIterable, Sendable {
  case gather, forward, loss, backward, wait, reduce
}

/// Is told by every worker where its phases end. `StepLoop` is compiled for each meter, so one that does nothing costs nothing.
public protocol PhaseMeter: Sendable {
  /// `worker` is about to take an epoch's first step.
  func begin(_ worker: Int)
  /// What `worker` did since its last call was `phase`. A step of several passes has as many gathers, forwards, losses and backwards.
  func end(_ phase: Phase, _ worker: Int)
}

/// Measures nothing: for training.
public struct Unmetered: PhaseMeter {
  public init() {}
  @inline(__always) public func begin(_ worker: Int) {}
  @inline(__always) public func end(_ phase: Phase, _ worker: Int) {}
}
