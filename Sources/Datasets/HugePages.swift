import Glibc

/// Memory in pages of 2 MiB, where the system has them.
///
/// Rows are visited in random order, so a large table of them is read at a new page nearly every time. Of ordinary pages, of 4 KiB, the processor
/// remembers too few, and looks each one up in memory before it can read: for the labels of ten million rows that took longer than a layer of the network.
package enum HugePages {
  static let byteCount = 1 << 21

  /// Asks that the huge pages that lie wholly in `bytes` be such, of memory that nobody has touched yet. A part of one stays ordinary: the rest would be
  /// memory for nothing. A system without huge pages refuses, which is no harm.
  package static func advise(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    let start = base.alignedUp(toMultipleOf: byteCount)
    let end = (base + bytes.count).alignedDown(toMultipleOf: byteCount)
    if start < end { madvise(start, end - start, MADV_HUGEPAGE) }
  }
}
