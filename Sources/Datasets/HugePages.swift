import Dispatch
import Glibc

/// Memory in pages of 2 MiB, where the system has them.
///
/// Rows are visited in random order, so a large table of them is read at a new page nearly every time. Of ordinary pages, of 4 KiB, the processor
/// remembers too few, and looks each one up in memory before it can read: for the labels of ten million rows that took longer than a layer of the network.
package enum HugePages {
  package static let byteCount = 1 << 21

  /// Asks that the huge pages that lie wholly in `bytes` be such, of memory that nobody has touched yet. A part of one stays ordinary: the rest would be
  /// memory for nothing. A system without huge pages refuses, which is no harm.
  package static func advise(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    let start = base.alignedUp(toMultipleOf: byteCount)
    let end = (base + bytes.count).alignedDown(toMultipleOf: byteCount)
    if start < end { madvise(start, end - start, MADV_HUGEPAGE) }
  }

  /// Has another thread take the pages of `bytes`, which begins at one, from the system, from the first to the last, while the caller begins to write to
  /// them. The system clears each page for whoever comes first: a run of one epoch of MNIST, 0.2 s, was a twentieth shorter when that was not the writer.
  ///
  /// - Returns: what to wait for before the memory is given back; nil where that is not worth a thread. A system that cannot do it (before Linux 5.14)
  ///   leaves all to the writer.
  package static func takeAhead(_ bytes: UnsafeMutableRawBufferPointer) -> DispatchGroup? {
    guard bytes.count >= 4 * byteCount, let base = bytes.baseAddress else { return nil }
    let (address, count) = (UInt(bitPattern: base), bytes.count)
    let group = DispatchGroup()
    DispatchQueue.global(qos: .userInitiated).async(group: group) {
      for offset in stride(from: 0, to: count, by: byteCount) {
        let page = UnsafeMutableRawPointer(bitPattern: address + UInt(offset))
        guard madvise(page, min(byteCount, count - offset), MADV_POPULATE_WRITE) == 0 else { return }
      }
    }
    return group
  }
}
