import CHwloc
import Failures
import Glibc

extension TopologyHandle {
  /// Binds the calling thread to `cpus` (ascending), and reads the binding back.
  package func bindThread(to cpus: [Int]) -> BindingOutcome {
    // hwloc allocates a bit for each number below the one asked for, so a wild number must not reach it.
    if let missing = cpus.first(where: { !(0...largestCPU).contains($0) }) { return .refused(reason: "this system has no CPU \(missing)") }
    let wanted = CPUBitmap(cpus)
    guard hwloc_set_cpubind(pointer, wanted.pointer, Self.thisThread) == 0 else {
      return .refused(reason: "the system refused CPU \(CPUList(cpus)): \(systemErrorText(errno))")
    }
    guard let actual = threadBinding() else { return .refused(reason: "the binding to CPU \(CPUList(cpus)) cannot be read back") }
    return actual == cpus ? .bound : .refused(reason: "asked for CPU \(CPUList(cpus)), but the thread is bound to \(CPUList(actual))")
  }

  /// The CPUs the calling thread may run on, ascending; nil when they cannot be read.
  func threadBinding() -> [Int]? {
    let actual = CPUBitmap()
    guard hwloc_get_cpubind(pointer, actual.pointer, Self.thisThread) == 0 else { return nil }
    return actual.numbers
  }

  private static let thisThread = Int32(HWLOC_CPUBIND_THREAD.rawValue)

  private var largestCPU: Int { presentCPUs.last ?? 0 }
}
