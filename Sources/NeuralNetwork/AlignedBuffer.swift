import Failures
import Glibc

/// A zeroed buffer of floats, aligned to a 64-byte cache line; freed with its owner.
///
/// Not copyable, so it has one owner, and freeing it twice cannot be written. Its pages are first touched, and so placed in a NUMA node's
/// memory, by the thread that writes to them first: the kernel hands out zero pages lazily.
public struct AlignedBuffer: ~Copyable {
  /// The first number, at a multiple of 64 bytes; valid while the buffer lives.
  public let base: UnsafeMutablePointer<Float>
  /// Numbers.
  public let count: Int

  /// Room for `count` floats, all zero.
  ///
  /// - Throws: `Failure` (internal error) when the system has no memory left.
  public init(count: Int) throws(Failure) {
    precondition(count >= 0, "AlignedBuffer(count: \(count))")
    let bytes = max(64, (count * MemoryLayout<Float>.stride + 63) & ~63)
    // A fresh anonymous mapping is zero without being touched; `calloc` promises no alignment.
    let mapped = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
      throw Failure(.internalError, "out of memory: \(bytes) bytes asked for")
    }
    base = mapped.bindMemory(to: Float.self, capacity: count)
    self.count = count
  }

  /// Writes a zero to every page.
  func touch() {
    for index in stride(from: 0, to: count, by: 1024) { base[index] = 0 }
  }

  deinit {
    munmap(base, max(64, (count * MemoryLayout<Float>.stride + 63) & ~63))
  }
}
