import Dispatch

/// Does `first` on this thread and meanwhile `second` on another one; returns what both gave.
///
/// - Throws: the failure of `first`; or, when it has none, that of `second`. So the caller hears what it would hear if they came one after the other.
public func together<First, Second: Sendable>(
  _ first: () throws(Failure) -> First, _ second: @escaping @Sendable () throws(Failure) -> Second
) throws(Failure) -> (First, Second) {
  let slot = Slot<Second>()
  let group = DispatchGroup()
  // A serial queue of its own has a thread of its own, whatever the number of cores.
  DispatchQueue(label: "lockstep.together").async(group: group) { slot.result = outcome(of: second) }
  let here = outcome(of: first)
  group.wait()
  return (try here.get(), try slot.result!.get())
}

private func outcome<Value>(of body: () throws(Failure) -> Value) -> Result<Value, Failure> {
  do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
}

/// `@unchecked Sendable`: one thread writes, and the other reads when it has waited for the first to end.
private final class Slot<Value: Sendable>: @unchecked Sendable {
  var result: Result<Value, Failure>?
}
