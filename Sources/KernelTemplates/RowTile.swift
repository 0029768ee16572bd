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
  /// left + right, in this order.
  static func + (left: Self, right: Self) -> Self
}

@frozen public struct SingleVector<Level>: TileRow {
  @usableFromInline var values: Vector

  @inlinable @inline(__always) public static var columns: Int { 16 }
  @inlinable @inline(__always) public init() { values = Vector() }
  @inlinable @inline(__always) init(_ values: Vector) { self.values = values }
  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>) { values = source.vector }
  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>) { destination.vector = values }
  @inlinable @inline(__always) public mutating func add(_ factor: Float, times row: Self) { values = multiplyAdd(splat(factor), row.values, values) }
  @inlinable @inline(__always) public static func + (left: Self, right: Self) -> Self { Self(left.values + right.values) }
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

  @inlinable @inline(__always) public static func + (left: Self, right: Self) -> Self { Self(left.left + right.left, left.right + right.right) }
}

/// Some rows of a product that live in registers.
///
/// A struct of stored vectors, because the compiler keeps those in registers, where it spills an `InlineArray`. `RowPair` puts one tile on another, so
/// that one source gives every height: 12 rows are `RowPair<EightRows<Row>, FourRows<Row>>`.
public protocol RowTile {
  associatedtype Row: TileRow
  /// A tile of fewer rows, to go on with where a whole one does not fit; half of one of 2, 4 or 8 rows.
  associatedtype Upper: RowTile where Upper.Row == Row
  static var rows: Int { get }
  /// Lets `work` take the rows from `first` to `end`: tile by tile, what is left with `Upper`, and so on.
  static func cover(_ first: Int, _ end: Int, _ work: some RowWork<Row>)
  /// All zero.
  init()
  /// Row r from source + r · stride.
  init(loading source: UnsafePointer<Float>, stride: Int)
  /// Row r from source + numbers[r] · stride.
  init(loading numbers: UnsafePointer<UInt32>, of source: UnsafePointer<Float>, stride: Int)
  /// Adds factors[r · stride] × row to row r.
  mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times row: Row)
  /// Adds to row s of `sums` the chain factors[s · stride] × row 0, + factors[s · stride + 1] × row 1, ….
  func feed<Sums: RowTile>(_ sums: inout Sums, _ factors: UnsafePointer<Float>, stride: Int) where Sums.Row == Row
  /// Adds the tile at `other`, left operand first.
  mutating func add(_ other: UnsafePointer<Float>, stride: Int)
  /// Writes row r to destination + r · stride.
  func store(_ destination: UnsafeMutablePointer<Float>, stride: Int)
  /// Writes row r to destination + numbers[r] · stride.
  func store(_ numbers: UnsafePointer<UInt32>, of destination: UnsafeMutablePointer<Float>, stride: Int)
  /// Adds row r to the row at sums + numbers[r] · stride, that one as the left operand.
  func add(to numbers: UnsafePointer<UInt32>, of sums: UnsafeMutablePointer<Float>, stride: Int)
}

extension RowTile {
  @inlinable @inline(__always) static var columns: Int { Row.columns }
  /// Floats in the tile.
  @inlinable @inline(__always) static var floats: Int { rows * Row.columns }
}

/// What is done to rows, as many at a time as a tile has.
public protocol RowWork<Row> {
  associatedtype Row: TileRow
  /// Takes the `Tile.rows` rows from `row` on.
  func take<Tile: RowTile>(_: Tile.Type, at row: Int) where Tile.Row == Row
}

extension RowTile {
  /// As many whole tiles as there are from `first` to `end`; returns the row after them.
  @inlinable @inline(__always) static func coverWhole(_ first: Int, _ end: Int, _ work: some RowWork<Row>) -> Int {
    var row = first
    while row + rows <= end {
      work.take(Self.self, at: row)
      row += rows
    }
    return row
  }
}

@frozen public struct OneRow<Row: TileRow>: RowTile {
  public typealias Upper = OneRow<Row>
  @usableFromInline var row: Row

  @inlinable @inline(__always) public static var rows: Int { 1 }

  @inlinable @inline(__always) public static func cover(_ first: Int, _ end: Int, _ work: some RowWork<Row>) { _ = coverWhole(first, end, work) }

  @inlinable @inline(__always) public init() { row = Row() }
  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>, stride: Int) { row = Row(loading: source) }

  @inlinable @inline(__always) public init(loading numbers: UnsafePointer<UInt32>, of source: UnsafePointer<Float>, stride: Int) {
    row = Row(loading: source + Int(numbers[0]) * stride)
  }

  @inlinable @inline(__always) public mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times other: Row) { row.add(factors[0], times: other) }

  @inlinable @inline(__always) public func feed<Sums: RowTile>(_ sums: inout Sums, _ factors: UnsafePointer<Float>, stride: Int) where Sums.Row == Row {
    sums.add(factors, stride: stride, times: row)
  }

  @inlinable @inline(__always) public mutating func add(_ other: UnsafePointer<Float>, stride: Int) { row = Row(loading: other) + row }
  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>, stride: Int) { row.store(destination) }

  @inlinable @inline(__always) public func store(_ numbers: UnsafePointer<UInt32>, of destination: UnsafeMutablePointer<Float>, stride: Int) {
    row.store(destination + Int(numbers[0]) * stride)
  }

  @inlinable @inline(__always) public func add(to numbers: UnsafePointer<UInt32>, of sums: UnsafeMutablePointer<Float>, stride: Int) {
    let place = sums + Int(numbers[0]) * stride
    (Row(loading: place) + row).store(place)
  }
}

@frozen public struct RowPair<Upper: RowTile, Lower: RowTile>: RowTile where Upper.Row == Lower.Row {
  public typealias Row = Upper.Row
  @usableFromInline var upper: Upper
  @usableFromInline var lower: Lower

  @inlinable @inline(__always) public static var rows: Int { Upper.rows + Lower.rows }

  @inlinable @inline(__always) public static func cover(_ first: Int, _ end: Int, _ work: some RowWork<Row>) {
    let rest = coverWhole(first, end, work)
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

  @inlinable @inline(__always) public init(loading numbers: UnsafePointer<UInt32>, of source: UnsafePointer<Float>, stride: Int) {
    upper = Upper(loading: numbers, of: source, stride: stride)
    lower = Lower(loading: numbers + Upper.rows, of: source, stride: stride)
  }

  @inlinable @inline(__always) public mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times row: Row) {
    upper.add(factors, stride: stride, times: row)
    lower.add(factors + Upper.rows * stride, stride: stride, times: row)
  }

  @inlinable @inline(__always) public func feed<Sums: RowTile>(_ sums: inout Sums, _ factors: UnsafePointer<Float>, stride: Int) where Sums.Row == Row {
    upper.feed(&sums, factors, stride: stride)
    lower.feed(&sums, factors + Upper.rows, stride: stride)
  }

  @inlinable @inline(__always) public mutating func add(_ other: UnsafePointer<Float>, stride: Int) {
    upper.add(other, stride: stride)
    lower.add(other + Upper.rows * stride, stride: stride)
  }

  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>, stride: Int) {
    upper.store(destination, stride: stride)
    lower.store(destination + Upper.rows * stride, stride: stride)
  }

  @inlinable @inline(__always) public func store(_ numbers: UnsafePointer<UInt32>, of destination: UnsafeMutablePointer<Float>, stride: Int) {
    upper.store(numbers, of: destination, stride: stride)
    lower.store(numbers + Upper.rows, of: destination, stride: stride)
  }

  @inlinable @inline(__always) public func add(to numbers: UnsafePointer<UInt32>, of sums: UnsafeMutablePointer<Float>, stride: Int) {
    upper.add(to: numbers, of: sums, stride: stride)
    lower.add(to: numbers + Upper.rows, of: sums, stride: stride)
  }
}

public typealias TwoRows<Row: TileRow> = RowPair<OneRow<Row>, OneRow<Row>>
public typealias FourRows<Row: TileRow> = RowPair<TwoRows<Row>, TwoRows<Row>>
public typealias SixRows<Row: TileRow> = RowPair<FourRows<Row>, TwoRows<Row>>
public typealias EightRows<Row: TileRow> = RowPair<FourRows<Row>, FourRows<Row>>
public typealias TwelveRows<Row: TileRow> = RowPair<EightRows<Row>, FourRows<Row>>
