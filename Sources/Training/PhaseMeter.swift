/// What a worker does in a step. It waits one to three times; gradients (`backward`) and updates (`reduce`) take turns, block by block.
public enum Phase: Int, CaseIterable, Sendable {
  case gather, forward, loss, backward, wait, reduce
}

/// Is told by every worker where its phases end. `StepLoop` is compiled for each meter, so one that does nothing costs nothing.
public protocol PhaseMeter: Sendable {
  /// `worker` is about to take an epoch's first step.
  func begin(_ worker: Int)
  /// What `worker` did since its last call was `phase`. A worker alone with its rows has a gather, forward, loss and backward for each
  /// chunk of them.
  func end(_ phase: Phase, _ worker: Int)
  /// `worker` has nothing to do until the others have come, too.
  func waits(_ worker: Int)
}

extension PhaseMeter {
  @inline(__always) public func waits(_ worker: Int) {}
}

/// Measures nothing: for benchmarks.
public struct Unmetered: PhaseMeter {
  public init() {}
  @inline(__always) public func begin(_ worker: Int) {}
  @inline(__always) public func end(_ phase: Phase, _ worker: Int) {}
}
