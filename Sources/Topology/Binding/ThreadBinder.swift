import Failures

// @unchecked: an hwloc topology may be read from many threads at once as long as nobody changes it (hwloc manual, "Thread Safety"). This one is loaded in
// `init` and only read by the binding calls; the compiler cannot see that through the C pointer.

/// Binds threads to CPUs of this system, reads the binding back, and undoes it.
///
/// Made for the machine of a plan: for one that is not this system every call is skipped. Each call is meant to run once a thread, not once a step.
public final class ThreadBinder: @unchecked Sendable {
  /// The topology of this system; nil when the plan's machine is another one.
  private let topology: TopologyHandle?

  /// A binder for threads placed on `machine`.
  ///
  /// - Throws: `.internalError` when hwloc cannot read this system.
  public init(for machine: MachineTopology) throws(Failure) {
    topology = machine.isThisSystem ? try TopologyHandle.load(.environment, .cpusOnly) : nil
  }

  /// Binds the calling thread to `cpu`, an operating system's number, and reads the binding back.
  public func bindCurrentThread(to cpu: Int) -> BindingOutcome {
    topology?.bindThread(to: [cpu]) ?? .skipped
  }

  /// Binds the calling thread to `cpus` together, and reads the binding back. Threads and processes that it starts from then on are bound to them, too.
  public func bindCurrentThread(to cpus: [Int]) -> BindingOutcome {
    topology?.bindThread(to: cpus) ?? .skipped
  }

  /// The CPUs the calling thread may run on now, to be handed to `restore(_:)`.
  public func currentThreadBinding() -> SavedBinding {
    SavedBinding(cpus: topology?.threadBinding() ?? nil)
  }

  /// Lets the calling thread run on the CPUs of `saved` again, and reads the binding back.
  @discardableResult
  public func restore(_ saved: SavedBinding) -> BindingOutcome {
    guard let cpus = saved.cpus else { return .skipped }
    return topology?.bindThread(to: cpus) ?? .skipped
  }
}
