/// The features of a set of examples, as they came: immutable, shared by every `Dataset` that picks rows of it.
///
/// Layout: row-major `[count, width]`, nothing between rows. Bytes stay bytes (a quarter of the memory of floats); a worker turns them into
/// scaled floats as it gathers a row.
public final class ExampleStore: Sendable {
  /// Where the numbers are.
  public enum Features: Sendable {
    /// Unsigned bytes, in a mapped file or in memory of the store's own.
    case bytes(ByteRows)
    /// Floats, row-major `[count, width]`, all finite.
    case floats([Float])
  }

  /// Rows; at least 1 and at most `UInt32.max`, so that a row number fits 32 bits.
  public let count: Int
  /// Features a row; at least 1.
  public let width: Int
  /// The dimensions of an example, as far as its file tells: `[28, 28]` for a digit of 28 rows and columns. Their product is `width`.
  public let shape: [Int]
  /// `count * width` numbers.
  public let features: Features

  init(count: Int, width: Int, shape: [Int]? = nil, features: Features) {
    self.count = count
    self.width = width
    self.shape = shape ?? [width]
    self.features = features
  }

  /// A copy of one row as floats, unscaled. For looking at single examples; workers gather from `features` themselves.
  ///
  /// - Parameter row: must be in 0 ..< `count`.
  public func row(_ row: Int) -> [Float] {
    precondition(0..<count ~= row, "row \(row) of \(count)")
    let span = row * width..<(row + 1) * width
    switch features {
    case .bytes(let rows): return span.map { Float(rows.base[$0]) }
    case .floats(let values): return Array(values[span])
    }
  }
}

/// A handle on row-major bytes.
///
/// Who keeps `base` alive: this value, through the region it holds. So it is valid for as long as any copy of the handle, or the
/// `ExampleStore` it came from, lives; do not keep the bare pointer longer. The bytes never change, so threads may share them.
public struct ByteRows: @unchecked Sendable {
  /// The first byte of row 0.
  public let base: UnsafePointer<UInt8>
  /// All rows together, in bytes.
  public let byteCount: Int
  private let owner: ByteRegion

  /// The `byteCount` bytes of `region` from `offset` on.
  init(_ region: ByteRegion, offset: Int = 0, byteCount: Int) {
    precondition(offset >= 0 && byteCount > 0 && byteCount <= region.count - offset, "\(byteCount) bytes at \(offset) of \(region.count)")
    owner = region
    base = region.start.advanced(by: offset).assumingMemoryBound(to: UInt8.self)
    self.byteCount = byteCount
  }

  /// Byte `index`, checked; kernels read `base` instead.
  subscript(index: Int) -> UInt8 {
    precondition(0..<byteCount ~= index, "byte \(index) of \(byteCount)")
    return base[index]
  }
}
