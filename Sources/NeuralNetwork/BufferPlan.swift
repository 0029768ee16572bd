import KernelTemplates

/// Cuts one allocation into cache-line aligned parts. Whoever takes parts does so twice: from `counting`, which only counts them, and then from the memory.
struct BufferPlan {
  private let base: UnsafeMutablePointer<Float>
  /// Floats taken so far.
  private(set) var count = 0

  init(_ memory: borrowing AlignedBuffer) { base = memory.base }

  private init() { base = UnsafeMutablePointer(bitPattern: 64)! }

  /// Its parts must not be read or written.
  static var counting: BufferPlan { BufferPlan() }

  mutating func floats(_ floats: Int) -> UnsafeMutablePointer<Float> {
    defer { count += paddedToVector(floats) }
    return base + count
  }

  /// As many numbers of another type of four bytes.
  mutating func numbers<Number>(_ count: Int, _: Number.Type) -> UnsafeMutablePointer<Number> {
    UnsafeMutableRawPointer(floats(count)).bindMemory(to: Number.self, capacity: count)
  }

  mutating func matrix(rows: Int, columns: Int) -> Matrix { Matrix(floats(rows * columns), rows: rows, columns: columns) }
}
