/// What a worker does in a step. It waits one to three times; gradients (`backward`) and updates (`reduce`) take turns, block by block.
public enum Phase: Int, CaseIterable, Sendable {
  /// Taking the inputs out of the data.
  case gather
  /// Through the layers.
  case forward
  /// The loss, and its gradient.
  case loss
  /// Back through the layers.
  case backward
  /// At a barrier, for the others.
  case wait
  /// Summing the gradients of a stripe, and the optimizer's step.
  case reduce
  /// With the other ranks, and waiting for those that have not come as far: of processes that train together.
  case exchange

  /// Those that there are: a process that trains alone exchanges nothing.
  public static func all(ofRanks: Bool) -> [Phase] { ofRanks ? allCases : allCases.filter { $0 != .exchange } }
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
  /// `worker` has nothing to do until the other ranks have come, too.
  func exchanges(_ worker: Int)
}

extension PhaseMeter {
  /// Does nothing.
  @inline(__always) public func waits(_ worker: Int) {}
  /// Does nothing.
  @inline(__always) public func exchanges(_ worker: Int) {}
}

/// Measures nothing: for benchmarks.
public struct Unmetered: PhaseMeter {
  /// A meter that costs nothing.
  public init() {}
  /// Does nothing.
  @inline(__always) public func begin(_ worker: Int) {}
  /// Does nothing.
  @inline(__always) public func end(_ phase: Phase, _ worker: Int) {}
}
