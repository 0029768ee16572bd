/// gradient = Σ over slices of (x rows of the slice)ᵀ · (dz rows of the slice), where x is (rows, inputs), dz is (rows, columns) and
/// gradient is (inputs, columns).
///
/// Each slice is one chain of multiply-adds over its rows in order, starting from zero. The slices are added in the fixed tree of
/// `SliceTree`: neighbours first, then pairs of neighbours, and so on. A tile of the gradient stays in registers for all of that; half-done
/// sums of the tree wait in `scratch`, which stays in the first-level cache. So short slices cost a few additions, and no pass over memory.
///
/// `sliceRows` rows a slice, the last may be shorter. `scratch` holds `weightGradientScratch` floats.
@inlinable @inline(__always)
public func weightGradientTemplate<Shape: TileShape>(
  _: Shape.Type, _ x: Matrix, _ dz: Matrix, into gradient: Matrix, rows: Int, sliceRows: Int, inputs: Int, columns: Int, scratch: UnsafeMutablePointer<Float>
) {
  var column = 0
  while Shape.isTwoVectorsWide, column + 32 <= columns {
    gradientPanel(
      Columns2<Shape.Tall>.self, Columns2<OneRow>.self, x, Matrix(dz.base + column, stride: dz.stride),
      into: Matrix(gradient.base + column, stride: gradient.stride), rows, sliceRows, inputs, scratch)
    column += 32
  }
  while column < columns {
    gradientPanel(
      Columns1<Shape.Tall>.self, Columns1<OneRow>.self, x, Matrix(dz.base + column, stride: dz.stride),
      into: Matrix(gradient.base + column, stride: gradient.stride), rows, sliceRows, inputs, scratch)
    column += 16
  }
}

/// One tile's width of columns through all inputs.
@inlinable @inline(__always)
func gradientPanel<Tall: GradientTile, Single: GradientTile>(
  _: Tall.Type, _: Single.Type, _ x: Matrix, _ dz: Matrix, into gradient: Matrix, _ rows: Int, _ sliceRows: Int, _ inputs: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  var input = 0
  while input + Tall.inputs <= inputs {
    gradientTile(Tall.self, Matrix(x.base + input, stride: x.stride), dz, into: gradient.row(input), gradient.stride, rows, sliceRows, scratch)
    input += Tall.inputs
  }
  while input < inputs {
    gradientTile(Single.self, Matrix(x.base + input, stride: x.stride), dz, into: gradient.row(input), gradient.stride, rows, sliceRows, scratch)
    input += 1
  }
}

/// Floats of scratch that `weightGradientTemplate` needs: a tile of 8 rows × 32 columns for each level of a tree over up to 2^15 slices.
@inlinable @inline(__always) public var weightGradientScratch: Int { 16 * 8 * 32 }

/// A tile of the gradient through all rows: chains within slices, the tree between them.
@inlinable @inline(__always)
func gradientTile<Tile: GradientTile>(
  _: Tile.Type, _ x: Matrix, _ dz: Matrix, into out: UnsafeMutablePointer<Float>, _ outStride: Int, _ rows: Int, _ sliceRows: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  var tile = Tile()
  var slice = 0
  var begin = 0
  while true {
    let end = min(begin + sliceRows, rows)
    for row in begin..<end { tile.accumulate(x.row(row), dz.row(row)) }
    // The stack of half-done sums holds one sum of 2^level slices for each set bit of `slice`. Those of its trailing ones are this sum's
    // complete neighbours; after the last slice every remaining one is.
    var level = 0
    var waiting = slice
    while waiting != 0 {
      if waiting & 1 == 1 {
        tile.add(scratch + level * Tile.floats)
      } else if end < rows {
        break
      }
      waiting >>= 1
      level += 1
    }
    if end == rows { break }
    tile.save(scratch + level * Tile.floats)
    tile = Tile()
    slice += 1
    begin = end
  }
  tile.store(out, stride: outStride)
}

/// A tile of the gradient: some inputs × one or two vectors of columns, in registers.
@usableFromInline protocol GradientTile {
  /// Inputs in the tile.
  static var inputs: Int { get }
  /// Floats in the tile.
  static var floats: Int { get }
  init()
  /// Adds x[0 ..< inputs] × dz for one row.
  mutating func accumulate(_ x: UnsafePointer<Float>, _ dz: UnsafePointer<Float>)
  /// Adds a saved tile.
  mutating func add(_ saved: UnsafePointer<Float>)
  /// Writes the tile densely.
  func save(_ place: UnsafeMutablePointer<Float>)
  /// Writes the tile into the gradient.
  func store(_ out: UnsafeMutablePointer<Float>, stride: Int)
}

@frozen @usableFromInline struct Columns1<Tile: RowTile>: GradientTile {
  @usableFromInline var sums: Tile

  @inlinable @inline(__always) static var inputs: Int { Tile.rows }
  @inlinable @inline(__always) static var floats: Int { Tile.rows * 16 }
  @inlinable @inline(__always) init() { sums = Tile() }
  @inlinable @inline(__always) mutating func accumulate(_ x: UnsafePointer<Float>, _ dz: UnsafePointer<Float>) { sums.accumulate(x, stride: 1, dz.vector) }
  @inlinable @inline(__always) mutating func add(_ saved: UnsafePointer<Float>) { sums.add(saved, stride: 16) }
  @inlinable @inline(__always) func save(_ place: UnsafeMutablePointer<Float>) { sums.store(place, stride: 16) }
  @inlinable @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, stride: Int) { sums.store(out, stride: stride) }
}

@frozen @usableFromInline struct Columns2<Tile: RowTile>: GradientTile {
  @usableFromInline var left: Tile
  @usableFromInline var right: Tile

  @inlinable @inline(__always) static var inputs: Int { Tile.rows }
  @inlinable @inline(__always) static var floats: Int { Tile.rows * 32 }

  @inlinable @inline(__always) init() {
    left = Tile()
    right = Tile()
  }

  @inlinable @inline(__always) mutating func accumulate(_ x: UnsafePointer<Float>, _ dz: UnsafePointer<Float>) {
    left.accumulate(x, stride: 1, dz.vector)
    right.accumulate(x, stride: 1, (dz + 16).vector)
  }

  @inlinable @inline(__always) mutating func add(_ saved: UnsafePointer<Float>) {
    left.add(saved, stride: 32)
    right.add(saved + 16, stride: 32)
  }

  @inlinable @inline(__always) func save(_ place: UnsafeMutablePointer<Float>) { store(place, stride: 32) }

  @inlinable @inline(__always) func store(_ out: UnsafeMutablePointer<Float>, stride: Int) {
    left.store(out, stride: stride)
    right.store(out + 16, stride: stride)
  }
}
