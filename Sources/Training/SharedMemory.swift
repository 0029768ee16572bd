/// Whole numbers that workers count in, each in a part of its own.
///
/// `@unchecked Sendable`: each worker changes its own part; the coordinator reads after the run.
final class SharedCounters: @unchecked Sendable {
  let base: UnsafeMutablePointer<Int>

  init(count: Int) {
    base = .allocate(capacity: count)
    base.initialize(repeating: 0, count: count)
  }

  deinit { base.deallocate() }
}

/// A buffer that workers write disjoint parts of.
///
/// `@unchecked Sendable`: each worker writes its own rows; the coordinator reads after the run.
struct SharedPointer: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>

  init(_ base: UnsafeMutablePointer<Float>) { self.base = base }
}
