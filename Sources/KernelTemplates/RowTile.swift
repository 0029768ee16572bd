/// Some rows of a product, one vector of columns wide, that live in registers.
///
/// A struct of stored vectors, because the compiler keeps those in registers, where it spills an `InlineArray`. `RowPair` doubles a tile, so that
/// one source gives every height: 8 rows are `RowPair<RowPair<RowPair<OneRow<Level>>>>`.
///
/// `Level` is a type of the module that compiles the tile. It is used nowhere, but it is part of every symbol's name, so that code specialised
/// for one CPU level can never be taken for another's by the linker.
public protocol RowTile {
  /// Rows in the tile.
  static var rows: Int { get }
  /// All zero.
  init()
  /// The first vector of each row.
  init(loading source: UnsafePointer<Float>, stride: Int)
  /// Adds factors[r · stride] × vector to row r, as one fused multiply-add a lane.
  mutating func accumulate(_ factors: UnsafePointer<Float>, stride: Int, _ vector: Vector)
  /// Adds the tile at `other`, left operand first.
  mutating func add(_ other: UnsafePointer<Float>, stride: Int)
  /// Writes row r to destination + r · stride.
  func store(_ destination: UnsafeMutablePointer<Float>, stride: Int)
}

@frozen public struct OneRow<Level>: RowTile {
  @usableFromInline var sum: Vector

  @inlinable @inline(__always) public static var rows: Int { 1 }
  @inlinable @inline(__always) public init() { sum = Vector() }
  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>, stride: Int) { sum = source.vector }

  @inlinable @inline(__always) public mutating func accumulate(_ factors: UnsafePointer<Float>, stride: Int, _ vector: Vector) {
    sum = multiplyAdd(splat(factors[0]), vector, sum)
  }

  @inlinable @inline(__always) public mutating func add(_ other: UnsafePointer<Float>, stride: Int) { sum = other.vector + sum }
  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>, stride: Int) { destination.vector = sum }
}

@frozen public struct RowPair<Half: RowTile>: RowTile {
  @usableFromInline var upper: Half
  @usableFromInline var lower: Half

  @inlinable @inline(__always) public static var rows: Int { 2 * Half.rows }

  @inlinable @inline(__always) public init() {
    upper = Half()
    lower = Half()
  }

  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>, stride: Int) {
    upper = Half(loading: source, stride: stride)
    lower = Half(loading: source + Half.rows * stride, stride: stride)
  }

  @inlinable @inline(__always) public mutating func accumulate(_ factors: UnsafePointer<Float>, stride: Int, _ vector: Vector) {
    upper.accumulate(factors, stride: stride, vector)
    lower.accumulate(factors + Half.rows * stride, stride: stride, vector)
  }

  @inlinable @inline(__always) public mutating func add(_ other: UnsafePointer<Float>, stride: Int) {
    upper.add(other, stride: stride)
    lower.add(other + Half.rows * stride, stride: stride)
  }

  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>, stride: Int) {
    upper.store(destination, stride: stride)
    lower.store(destination + Half.rows * stride, stride: stride)
  }
}

public typealias TwoRows<Level> = RowPair<OneRow<Level>>
public typealias FourRows<Level> = RowPair<TwoRows<Level>>
public typealias EightRows<Level> = RowPair<FourRows<Level>>

/// Some rows of a product, one or two vectors of columns wide: the tile of both matrix kernels.
public protocol ColumnTile {
  static var rows: Int { get }
  /// 16 or 32.
  static var columns: Int { get }
  /// All zero.
  init()
  /// The tile that stands at `source`.
  init(loading source: UnsafePointer<Float>, stride: Int)
  /// Adds factors[r · stride] × the vectors at `vectors` to row r.
  mutating func accumulate(_ factors: UnsafePointer<Float>, stride: Int, _ vectors: UnsafePointer<Float>)
  /// Adds the tile at `other`, left operand first.
  mutating func add(_ other: UnsafePointer<Float>, stride: Int)
  /// Writes row r to destination + r · stride.
  func store(_ destination: UnsafeMutablePointer<Float>, stride: Int)
}

extension ColumnTile {
  /// Floats in the tile.
  @inlinable @inline(__always) static var floats: Int { rows * columns }
}

@frozen public struct Columns1<Tile: RowTile>: ColumnTile {
  @usableFromInline var sums: Tile

  @inlinable @inline(__always) public static var rows: Int { Tile.rows }
  @inlinable @inline(__always) public static var columns: Int { 16 }
  @inlinable @inline(__always) public init() { sums = Tile() }

  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>, stride: Int) { sums = Tile(loading: source, stride: stride) }

  @inlinable @inline(__always) public mutating func accumulate(_ factors: UnsafePointer<Float>, stride: Int, _ vectors: UnsafePointer<Float>) {
    sums.accumulate(factors, stride: stride, vectors.vector)
  }

  @inlinable @inline(__always) public mutating func add(_ other: UnsafePointer<Float>, stride: Int) { sums.add(other, stride: stride) }
  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>, stride: Int) { sums.store(destination, stride: stride) }
}

@frozen public struct Columns2<Tile: RowTile>: ColumnTile {
  @usableFromInline var left: Tile
  @usableFromInline var right: Tile

  @inlinable @inline(__always) public static var rows: Int { Tile.rows }
  @inlinable @inline(__always) public static var columns: Int { 32 }

  @inlinable @inline(__always) public init() {
    left = Tile()
    right = Tile()
  }

  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>, stride: Int) {
    left = Tile(loading: source, stride: stride)
    right = Tile(loading: source + 16, stride: stride)
  }

  @inlinable @inline(__always) public mutating func accumulate(_ factors: UnsafePointer<Float>, stride: Int, _ vectors: UnsafePointer<Float>) {
    left.accumulate(factors, stride: stride, vectors.vector)
    right.accumulate(factors, stride: stride, (vectors + 16).vector)
  }

  @inlinable @inline(__always) public mutating func add(_ other: UnsafePointer<Float>, stride: Int) {
    left.add(other, stride: stride)
    right.add(other + 16, stride: stride)
  }

  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>, stride: Int) {
    left.store(destination, stride: stride)
    right.store(destination + 16, stride: stride)
  }
}
