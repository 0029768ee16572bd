import CVectorMath

/// Sixteen floats: one register with AVX-512, two with AVX2, four with SSE. Every kernel is written in these, whatever the CPU.
public typealias Vector = SIMD16<Float>

/// The number of floats in a `Vector`; rows of every matrix are padded to a multiple of it.
@inlinable @inline(__always) public var vectorWidth: Int { 16 }

/// `count` rounded up to a whole number of vectors.
@inlinable @inline(__always) public func paddedToVector(_ count: Int) -> Int { (count + 15) & ~15 }

/// A matrix of floats in panels of 32 columns, one after the other, each row-major; the last may be 16 wide. Up to 32 columns it is the same as
/// row-major. It lies inside a buffer that the caller owns and keeps alive.
///
/// A kernel takes one panel at a time, and finds it in one piece: no row of it lies a multiple of 4,096 bytes from the next, where a cache has few
/// places, and few pages hold it.
@frozen public struct Matrix {
  public let base: UnsafeMutablePointer<Float>
  /// Rows there is room for: so far apart lie the panels.
  public let rows: Int
  /// A multiple of 16.
  public let columns: Int
  /// The row that is number 0 here.
  @usableFromInline let firstRow: Int

  @inlinable @inline(__always) public init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.init(base, rows: rows, columns: columns, firstRow: 0)
  }

  @inlinable @inline(__always) init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, firstRow: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
    self.firstRow = firstRow
  }

  /// The matrix from row `row` on.
  @inlinable @inline(__always) public func from(_ row: Int) -> Matrix { Matrix(base, rows: rows, columns: columns, firstRow: firstRow + row) }

  /// As many rows to make room for that panels of at least `rows` rows do not lie a multiple of 4,096 bytes apart: a tile reads the same rows of
  /// several panels at once, and a first-level cache has eight places for what lies so. With 128 rows, 10 % of a product's time went into that.
  @inlinable public static func spacedRows(_ rows: Int) -> Int { (rows + 31) / 32 * 32 + 8 }

  /// Where element (row, column) of such a matrix lies, counted in floats from its base.
  @inlinable public static func index(row: Int, column: Int, rows: Int, columns: Int) -> Int {
    let panel = column & ~31
    return panel * rows + row * min(32, columns - panel) + column - panel
  }

  /// The matrix from `column` on, as far as its panel reaches.
  @inlinable @inline(__always) public func panel(at column: Int) -> Panel {
    let panel = column & ~31
    let stride = min(32, columns - panel)
    return Panel(base + panel * rows + firstRow * stride + (column - panel), stride: stride)
  }

  /// Where element (row, column) lies.
  @inlinable @inline(__always) public func place(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> { panel(at: column).row(row) }

  @inlinable @inline(__always) public subscript(row: Int, column: Int) -> Float {
    get { place(row, column)[0] }
    nonmutating set { place(row, column)[0] = newValue }
  }
}

/// Some columns of one panel of a matrix: row *r* starts at `base + r * stride`.
@frozen public struct Panel {
  public let base: UnsafeMutablePointer<Float>
  /// Floats from one row to the next: 16 or 32.
  public let stride: Int

  @inlinable @inline(__always) public init(_ base: UnsafeMutablePointer<Float>, stride: Int) {
    self.base = base
    self.stride = stride
  }

  @inlinable @inline(__always) public func row(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * stride }

  /// The panel that lies so many floats behind this one.
  @inlinable @inline(__always) public func moved(by floats: Int) -> Panel { Panel(base + floats, stride: stride) }
}

extension UnsafePointer<Float> {
  /// The sixteen floats at `self`, any alignment.
  @inlinable @inline(__always) var vector: Vector { UnsafeRawPointer(self).loadUnaligned(as: Vector.self) }
}

extension UnsafeMutablePointer<Float> {
  /// The sixteen floats at `self`, any alignment.
  @inlinable @inline(__always) var vector: Vector {
    get { UnsafeRawPointer(self).loadUnaligned(as: Vector.self) }
    nonmutating set { UnsafeMutableRawPointer(self).storeBytes(of: newValue, as: Vector.self) }
  }
}

/// x·y + z in one rounding, where the CPU level has it.
@inlinable @inline(__always) func multiplyAdd(_ x: Vector, _ y: Vector, _ z: Vector) -> Vector { vector_multiply_add(x, y, z) }

/// All lanes `value`.
@inlinable @inline(__always) func splat(_ value: Float) -> Vector { Vector(repeating: value) }

/// Brings the cache line at `address` into the first-level cache, to be used within the next thousand cycles. Where there is no memory, nothing happens:
/// what lies ahead of the last of something may be asked for.
@inlinable @inline(__always) func prefetchLineNear(_ address: UnsafeRawPointer) { vector_prefetch_near(address) }

/// Brings the cache line at `address` into the second-level cache.
@inlinable @inline(__always) public func prefetchLine(_ address: UnsafeRawPointer) { vector_prefetch(address) }
