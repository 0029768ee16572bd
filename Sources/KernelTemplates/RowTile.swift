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
/// A struct of stored vectors, because the compiler keeps those in registers, where it spills an `InlineArray`. `RowPair` doubles a tile, so that
/// one source gives every height: 8 rows are `RowPair<RowPair<RowPair<OneRow<Row>>>>`.
public protocol RowTile {
  associatedtype Row: TileRow
  /// A tile of half as many rows.
  associatedtype Half: RowTile where Half.Row == Row
  /// A pointer for each row.
  associatedtype Starts: RowStarts
  static var rows: Int { get }
  /// All zero.
  init()
  /// Row r from source + r · stride.
  init(loading source: UnsafePointer<Float>, stride: Int)
  /// Row r from source + numbers[r] · stride.
  init(loading numbers: UnsafePointer<UInt32>, of source: UnsafePointer<Float>, stride: Int)
  /// Adds factors[r][k] × row to row r, `factors` being where the rows of factors start.
  mutating func add(_ factors: Starts, at k: Int, times row: Row)
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

/// Where some rows of a matrix start, one pointer each.
///
/// The pointers are kept from the compiler's sight: it knows that they are a stride apart, and would rather add that up at every use than keep eight
/// registers, which costs a tile's loop a sixth of its speed.
public protocol RowStarts {
  static var rows: Int { get }
  init(_ first: UnsafePointer<Float>, stride: Int)
}

@frozen public struct OneStart: RowStarts {
  @usableFromInline let pointer: UnsafePointer<Float>

  @inlinable @inline(__always) public static var rows: Int { 1 }
  @inlinable @inline(__always) public init(_ first: UnsafePointer<Float>, stride: Int) { pointer = vector_opaque(first) }
}

@frozen public struct StartPair<Half: RowStarts>: RowStarts {
  @usableFromInline let upper: Half
  @usableFromInline let lower: Half

  @inlinable @inline(__always) public static var rows: Int { 2 * Half.rows }

  @inlinable @inline(__always) public init(_ first: UnsafePointer<Float>, stride: Int) {
    upper = Half(first, stride: stride)
    lower = Half(first + Half.rows * stride, stride: stride)
  }
}

@frozen public struct OneRow<Row: TileRow>: RowTile {
  public typealias Half = OneRow<Row>
  public typealias Starts = OneStart
  @usableFromInline var row: Row

  @inlinable @inline(__always) public static var rows: Int { 1 }
  @inlinable @inline(__always) public init() { row = Row() }
  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>, stride: Int) { row = Row(loading: source) }

  @inlinable @inline(__always) public init(loading numbers: UnsafePointer<UInt32>, of source: UnsafePointer<Float>, stride: Int) {
    row = Row(loading: source + Int(numbers[0]) * stride)
  }

  @inlinable @inline(__always) public mutating func add(_ factors: OneStart, at k: Int, times other: Row) { row.add(factors.pointer[k], times: other) }
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

@frozen public struct RowPair<Half: RowTile>: RowTile {
  public typealias Row = Half.Row
  public typealias Starts = StartPair<Half.Starts>
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

  @inlinable @inline(__always) public init(loading numbers: UnsafePointer<UInt32>, of source: UnsafePointer<Float>, stride: Int) {
    upper = Half(loading: numbers, of: source, stride: stride)
    lower = Half(loading: numbers + Half.rows, of: source, stride: stride)
  }

  @inlinable @inline(__always) public mutating func add(_ factors: StartPair<Half.Starts>, at k: Int, times row: Row) {
    upper.add(factors.upper, at: k, times: row)
    lower.add(factors.lower, at: k, times: row)
  }

  @inlinable @inline(__always) public mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times row: Row) {
    upper.add(factors, stride: stride, times: row)
    lower.add(factors + Half.rows * stride, stride: stride, times: row)
  }

  @inlinable @inline(__always) public func feed<Sums: RowTile>(_ sums: inout Sums, _ factors: UnsafePointer<Float>, stride: Int) where Sums.Row == Row {
    upper.feed(&sums, factors, stride: stride)
    lower.feed(&sums, factors + Half.rows, stride: stride)
  }

  @inlinable @inline(__always) public mutating func add(_ other: UnsafePointer<Float>, stride: Int) {
    upper.add(other, stride: stride)
    lower.add(other + Half.rows * stride, stride: stride)
  }

  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>, stride: Int) {
    upper.store(destination, stride: stride)
    lower.store(destination + Half.rows * stride, stride: stride)
  }

  @inlinable @inline(__always) public func store(_ numbers: UnsafePointer<UInt32>, of destination: UnsafeMutablePointer<Float>, stride: Int) {
    upper.store(numbers, of: destination, stride: stride)
    lower.store(numbers + Half.rows, of: destination, stride: stride)
  }

  @inlinable @inline(__always) public func add(to numbers: UnsafePointer<UInt32>, of sums: UnsafeMutablePointer<Float>, stride: Int) {
    upper.add(to: numbers, of: sums, stride: stride)
    lower.add(to: numbers + Half.rows, of: sums, stride: stride)
  }
}

public typealias TwoRows<Row: TileRow> = RowPair<OneRow<Row>>
public typealias FourRows<Row: TileRow> = RowPair<TwoRows<Row>>
public typealias EightRows<Row: TileRow> = RowPair<FourRows<Row>>
