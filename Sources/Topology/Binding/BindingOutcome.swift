/// What came of binding a thread.
public enum BindingOutcome: Equatable, Sendable {
  /// The thread is bound; the binding was read back and is the one asked for.
  case bound
  /// The system did not take the binding; the thread runs where the system lets it. The reason is one line for a warning.
  case refused(reason: String)
  /// Nothing was tried, because the machine is not this system.
  case skipped
}

/// The CPUs a thread might run on before it was bound.
public struct SavedBinding: Equatable, Sendable {
  /// The CPU numbers, ascending; nil when there was nothing to read.
  public let cpus: [Int]?

  package init(cpus: [Int]?) { self.cpus = cpus }
}
