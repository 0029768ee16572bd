import Glibc

/// A block of read-only memory that is not Swift's own: a mapped file, or bytes that were inflated or copied.
///
/// The block lives as long as this object; whoever keeps `start` keeps the object too (`ByteRows` does). Nobody writes to it after `init`,
/// which is what makes it `Sendable`.
///
/// A mapped file that another program shortens while it is mapped ends the process with SIGBUS on the next touch of a lost page. Checking
/// sizes beforehand cannot prevent that; replacing a file by `rename`, as careful writers do, is harmless, because the old one stays mapped.
package final class ByteRegion: @unchecked Sendable {
  let start: UnsafeRawPointer
  let count: Int
  private let isMapped: Bool

  /// The first `count` bytes of the open file `descriptor`, mapped; nil, with `errno` set, when the system refuses. `count` must be above 0.
  init?(mapping descriptor: Int32, count: Int) {
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else { return nil }
    start = UnsafeRawPointer(address)
    self.count = count
    isMapped = true
  }

  /// A block of `count` bytes, above 0, in huge pages if it is large, that `fill` writes; nil where there is no memory for it, or `fill` returns false.
  convenience init?(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Bool) {
    var block: UnsafeMutableRawPointer?
    guard posix_memalign(&block, count < HugePages.byteCount ? 16 : HugePages.byteCount, count) == 0, let block else { return nil }
    let bytes = UnsafeMutableRawBufferPointer(start: block, count: count)
    HugePages.advise(bytes)
    guard fill(bytes) else {
      free(block)
      return nil
    }
    self.init(adopting: block, count: count)
  }

  /// Takes over `count` bytes that `malloc` gave (as `UnsafeMutableRawPointer.allocate` does for alignments up to 16).
  init(adopting block: UnsafeMutableRawPointer, count: Int) {
    start = UnsafeRawPointer(block)
    self.count = count
    isMapped = false
  }

  /// A copy of `bytes`.
  convenience init(copying bytes: [UInt8]) {
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 16)
    block.copyMemory(from: bytes, byteCount: bytes.count)
    self.init(adopting: block, count: bytes.count)
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: start), count)
    } else {
      free(UnsafeMutableRawPointer(mutating: start))
    }
  }

  /// The bytes; valid while the region lives.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
