import CHwloc

/// An hwloc bitmap of CPU numbers, freed exactly once.
package struct CPUBitmap: ~Copyable {
  package let pointer: hwloc_bitmap_t

  /// The empty set.
  package init() {
    guard let pointer = hwloc_bitmap_alloc() else { preconditionFailure("hwloc_bitmap_alloc: out of memory") }
    self.pointer = pointer
  }

  /// A set of `cpus`, each of which must be small enough for a bitmap of the machine (hwloc allocates one bit for each number up to the largest).
  package init(_ cpus: some Sequence<Int>) {
    self.init()
    for cpu in cpus { hwloc_bitmap_set(pointer, UInt32(cpu)) }
  }

  deinit { hwloc_bitmap_free(pointer) }

  /// The numbers in the set, ascending.
  var numbers: [Int] { Self.numbers(in: pointer) }

  /// The numbers in a bitmap that hwloc owns, ascending; none for NULL and for an infinite bitmap, which names no real CPU.
  static func numbers(in pointer: hwloc_const_bitmap_t?) -> [Int] {
    guard let pointer, hwloc_bitmap_last(pointer) >= 0 else { return [] }
    var numbers: [Int] = []
    var next = hwloc_bitmap_first(pointer)
    while next >= 0 {
      numbers.append(Int(next))
      next = hwloc_bitmap_next(pointer, next)
    }
    return numbers
  }
}
