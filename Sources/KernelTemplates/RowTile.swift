import CVectorMath

/// One row of a tile: one or two vectors that live in registers.
///
/// `Level`, in the types below, is a type of the module that compiles the tile. It is used nowhere, but it is part of every symbol's name, so that
/// code specialised for one CPU level can never be taken for another's by the linker.
public protocol TileRow {
  /// Floats in the row: 16 or 32.
  static var columns: Int { get }
  /// All zero.
  init()
  init(loading source: UnsafePointer<Float>)
  func store(_ destination: UnsafeMutablePointer<Float>)
  /// Adds factor × row, as one fused multiply-add a lane.
  mutating func add(_ factor: Float, times row: Self)
}

@frozen public struct SingleVector<Level>: TileRow {
  @usableFromInline var values: Vector

  @inlinable @inline(__always) public static var columns: Int { 16 }
  @inlinable @inline(__always) public init() { values = Vector() }
  @inlinable @inline(__always) init(_ values: Vector) { self.values = values }
  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>) { values = source.vector }
  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>) { destination.vector = values }
  @inlinable @inline(__always) public mutating func add(_ factor: Float, times row: Self) { values = multiplyAdd(splat(factor), row.values, values) }
}

@frozen public struct VectorPair<Level>: TileRow {
  @usableFromInline var left: Vector
  @usableFromInline var right: Vector

  @inlinable @inline(__always) public static var columns: Int { 32 }

  @inlinable @inline(__always) public init() {
    left = Vector()
    right = Vector()
  }

  @inlinable @inline(__always) init(_ left: Vector, _ right: Vector) {
    self.left = left
    self.right = right
  }

  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>) {
    left = source.vector
    right = (source + 16).vector
  }

  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>) {
    destination.vector = left
    (destination + 16).vector = right
  }

  @inlinable @inline(__always) public mutating func add(_ factor: Float, times row: Self) {
    let factors = splat(factor)
    left = multiplyAdd(factors, row.left, left)
    right = multiplyAdd(factors, row.right, right)
  }

}

/// Some rows of a product that live in registers.
///
/// A struct of stored vectors, because the compiler keeps those in registers, where it spills an `InlineArray`. `RowPair` puts one tile on another, so
/// that one source gives every height: 12 rows are `RowPair<EightRows<Row>, FourRows<Row>>`.
public protocol RowTile {
  associatedtype Row: TileRow
  static var rows: Int { get }
  /// Lets `work` take the rows from `first` to `end`: tile by tile, and what is left with smaller tiles.
  static func cover(_ first: Int, _ end: Int, _ work: some RowWork)
  /// All zero.
  init()
  /// Row r from source + r · stride.
  init(loading source: UnsafePointer<Float>, stride: Int)
  /// Adds factors[r · stride] × row to row r.
  mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times row: Row)
  /// Writes row r to destination + r · stride.
  func store(_ destination: UnsafeMutablePointer<Float>, stride: Int)
  /// Row r from row rows[r] of `source`.
  init(loading source: Panel, rows: UnsafePointer<UInt32>)
  /// Writes row r to row rows[r] of `destination`.
  func store(_ destination: Panel, rows: UnsafePointer<UInt32>)
  /// Adds, one after the other, factors[s · stride + r] × row r to row s of `sums`.
  func addProducts<Sums: RowTile>(to sums: inout Sums, _ factors: UnsafePointer<Float>, stride: Int) where Sums.Row == Row
}

extension RowTile {
  @inlinable @inline(__always) static var columns: Int { Row.columns }
  /// Floats in the tile.
  @inlinable @inline(__always) static var floats: Int { rows * Row.columns }
}

/// What is done to rows, as many at a time as a tile has.
public protocol RowWork {
  /// Takes the `Tile.rows` rows from `row` on.
  func take<Tile: RowTile>(_: Tile.Type, at row: Int)
}

extension RowTile {
  /// As many whole tiles as there are from `first` to `end`; returns the row after them.
  @inlinable @inline(__always) static func coverWhole(_ first: Int, _ end: Int, _ work: some RowWork) -> Int {
    var row = first
    while row + rows <= end {
      work.take(Self.self, at: row)
      row += rows
    }
    return row
  }
}

@frozen public struct OneRow<Row: TileRow>: RowTile {
  @usableFromInline var row: Row

  @inlinable @inline(__always) public static var rows: Int { 1 }

  @inlinable @inline(__always) public static func cover(_ first: Int, _ end: Int, _ work: some RowWork) { _ = coverWhole(first, end, work) }

  @inlinable @inline(__always) public init() { row = Row() }
  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>, stride: Int) { row = Row(loading: source) }

  @inlinable @inline(__always) public mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times other: Row) { row.add(factors[0], times: other) }
  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>, stride: Int) { row.store(destination) }
  @inlinable @inline(__always) public init(loading source: Panel, rows: UnsafePointer<UInt32>) { row = Row(loading: source.row(Int(rows[0]))) }
  @inlinable @inline(__always) public func store(_ destination: Panel, rows: UnsafePointer<UInt32>) { row.store(destination.row(Int(rows[0]))) }

  @inlinable @inline(__always)
  public func addProducts<Sums: RowTile>(to sums: inout Sums, _ factors: UnsafePointer<Float>, stride: Int) where Sums.Row == Row {
    sums.add(factors, stride: stride, times: row)
  }
}

@frozen public struct RowPair<Upper: RowTile, Lower: RowTile>: RowTile where Upper.Row == Lower.Row {
  public typealias Row = Upper.Row
  @usableFromInline var upper: Upper
  @usableFromInline var lower: Lower

  @inlinable @inline(__always) public static var rows: Int { Upper.rows + Lower.rows }

  @inlinable @inline(__always) public static func cover(_ first: Int, _ end: Int, _ work: some RowWork) {
    // Where a lower part would be left, two upper parts take the place of a whole and a lower one: a tile of 4 (or 2) rows has too few independent
    // chains to keep the multiply-add units busy.
    let wouldLeaveLower = end - first >= rows && (end - first) % rows == Lower.rows && 2 * Upper.rows == rows + Lower.rows
    let rest = coverWhole(first, wouldLeaveLower ? end - rows : end, work)
    if rest < end { Upper.cover(rest, end, work) }
  }

  @inlinable @inline(__always) public init() {
    upper = Upper()
    lower = Lower()
  }

  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>, stride: Int) {
    upper = Upper(loading: source, stride: stride)
    lower = Lower(loading: source + Upper.rows * stride, stride: stride)
  }

  @inlinable @inline(__always) public mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times row: Row) {
    upper.add(factors, stride: stride, times: row)
    lower.add(factors + Upper.rows * stride, stride: stride, times: row)
  }

  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>, stride: Int) {
    upper.store(destination, stride: stride)
    lower.store(destination + Upper.rows * stride, stride: stride)
  }

  @inlinable @inline(__always) public init(loading source: Panel, rows: UnsafePointer<UInt32>) {
    upper = Upper(loading: source, rows: rows)
    lower = Lower(loading: source, rows: rows + Upper.rows)
  }

  @inlinable @inline(__always) public func store(_ destination: Panel, rows: UnsafePointer<UInt32>) {
    upper.store(destination, rows: rows)
    lower.store(destination, rows: rows + Upper.rows)
  }

  @inlinable @inline(__always)
  public func addProducts<Sums: RowTile>(to sums: inout Sums, _ factors: UnsafePointer<Float>, stride: Int) where Sums.Row == Row {
    upper.addProducts(to: &sums, factors, stride: stride)
    lower.addProducts(to: &sums, factors + Upper.rows, stride: stride)
  }
}

public typealias TwoRows<Row: TileRow> = RowPair<OneRow<Row>, OneRow<Row>>
public typealias FourRows<Row: TileRow> = RowPair<TwoRows<Row>, TwoRows<Row>>
public typealias SixRows<Row: TileRow> = RowPair<FourRows<Row>, TwoRows<Row>>
public typealias EightRows<Row: TileRow> = RowPair<FourRows<Row>, FourRows<Row>>
public typealias TwelveRows<Row: TileRow> = RowPair<EightRows<Row>, FourRows<Row>>
