import Synchronization

/// How many steps of an epoch are done: written by worker 0, read by the coordinator's display.
final class StepCounter: Sendable {
  private let steps = Atomic<Int>(0)

  var value: Int { steps.load(ordering: .relaxed) }
  func advance() { steps.wrappingAdd(1, ordering: .relaxed) }
  func reset(to value: Int) { steps.store(value, ordering: .relaxed) }
}
