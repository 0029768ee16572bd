/// The tile heights of one CPU level. All give the same bits; they differ in how many registers they fill.
public protocol TileShape {
  /// The main tile of a product.
  associatedtype Tall: RowTile
  /// Two vectors of columns side by side (enough registers), or one.
  static var isTwoVectorsWide: Bool { get }
}

/// AVX-512: 8 rows × 2 vectors = 16 accumulators of 32 registers.
public enum WideTile: TileShape {
  public typealias Tall = EightRows
  @inlinable @inline(__always) public static var isTwoVectorsWide: Bool { true }
}

/// AVX2: 4 rows × 1 vector (2 registers each) = 8 accumulators of 16 registers.
public enum NarrowTile: TileShape {
  public typealias Tall = FourRows
  @inlinable @inline(__always) public static var isTwoVectorsWide: Bool { false }
}

/// SSE: 2 rows × 1 vector (4 registers each) = 8 accumulators of 16 registers.
public enum SmallTile: TileShape {
  public typealias Tall = TwoRows
  @inlinable @inline(__always) public static var isTwoVectorsWide: Bool { false }
}

/// out = x · w, where x is (rows, inner), w is (inner, columns), out is (rows, columns); columns is a multiple of 16.
///
/// Each output is one chain of multiply-adds over `inner` in rising order, starting from zero, whatever the tile: so every tile gives the
/// same bits.
@inlinable @inline(__always)
public func multiplyTemplate<Shape: TileShape>(_: Shape.Type, _ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int, inner: Int, columns: Int) {
  var row = 0
  while row + Shape.Tall.rows <= rows {
    multiplyRows(Shape.self, Shape.Tall.self, x.row(row), x.stride, w, out.row(row), out.stride, inner, columns)
    row += Shape.Tall.rows
  }
  while row < rows {
    multiplyRows(Shape.self, OneRow.self, x.row(row), x.stride, w, out.row(row), out.stride, inner, columns)
    row += 1
  }
}

/// One tile's height of rows through all columns.
@inlinable @inline(__always)
func multiplyRows<Shape: TileShape, Tile: RowTile>(
  _: Shape.Type, _: Tile.Type, _ x: UnsafePointer<Float>, _ xStride: Int, _ w: Matrix, _ out: UnsafeMutablePointer<Float>, _ outStride: Int, _ inner: Int,
  _ columns: Int
) {
  var column = 0
  if Shape.isTwoVectorsWide {
    while column + 32 <= columns {
      var left = Tile()
      var right = Tile()
      var weights = UnsafePointer(w.base + column)
      for k in 0..<inner {
        left.accumulate(x + k, stride: xStride, weights.vector)
        right.accumulate(x + k, stride: xStride, (weights + 16).vector)
        weights += w.stride
      }
      left.store(out + column, stride: outStride)
      right.store(out + column + 16, stride: outStride)
      column += 32
    }
  }
  while column < columns {
    var sums = Tile()
    var weights = UnsafePointer(w.base + column)
    for k in 0..<inner {
      sums.accumulate(x + k, stride: xStride, weights.vector)
      weights += w.stride
    }
    sums.store(out + column, stride: outStride)
    column += 16
  }
}
