/// Some rows of a product, one vector of columns wide, that live in registers.
///
/// A struct of stored vectors, because the compiler keeps those in registers, where it spills an `InlineArray`. `RowPair` doubles a tile,
/// so that one source gives every height: 8 rows are `RowPair<RowPair<RowPair<OneRow>>>`.
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

@frozen public struct OneRow: RowTile {
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

public typealias TwoRows = RowPair<OneRow>
public typealias FourRows = RowPair<TwoRows>
public typealias EightRows = RowPair<FourRows>
