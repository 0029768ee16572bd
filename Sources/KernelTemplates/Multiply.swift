/// The tile of one CPU level, declared by the module that compiles the templates for it. All tiles give the same bits; they differ in how many
/// registers they fill.
public protocol TileShape {
  /// The main tile of a product.
  associatedtype Tall: RowTile
  /// Two vectors of columns side by side (enough registers), or one.
  static var isTwoVectorsWide: Bool { get }
}

/// out = x · w, where x is (rows, inner), w is (inner, columns), out is (rows, columns); columns is a multiple of 16.
///
/// Each output is one chain of multiply-adds over `inner` in rising order, starting from zero, whatever the tile: so every tile gives the same bits.
///
/// A panel of w, as wide as the tile and `panelDepth` deep, stays in the first-level cache while all rows pass over it; between two panels a chain
/// waits in `out`.
@inlinable @inline(__always)
public func multiplyTemplate<Shape: TileShape>(_: Shape.Type, _ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int, inner: Int, columns: Int) {
  var first = 0
  repeat {
    let depth = min(panelDepth, inner - first)
    let xPanel = Matrix(x.base + first, stride: x.stride)
    var column = 0
    while column < columns {
      let wPanel = Matrix(w.row(first) + column, stride: w.stride)
      let outPanel = Matrix(out.base + column, stride: out.stride)
      if Shape.isTwoVectorsWide, column + 32 <= columns {
        multiplyPanel(Columns2<Shape.Tall>.self, Columns2<OneRow<Shape>>.self, xPanel, wPanel, into: outPanel, rows: rows, depth: depth, isFirst: first == 0)
        column += 32
      } else {
        multiplyPanel(Columns1<Shape.Tall>.self, Columns1<OneRow<Shape>>.self, xPanel, wPanel, into: outPanel, rows: rows, depth: depth, isFirst: first == 0)
        column += 16
      }
    }
    first += depth
  } while first < inner
}

/// Inputs in a panel: 128 rows of 32 floats are half of a first-level cache of 32 KB.
@inlinable @inline(__always) var panelDepth: Int { 128 }

/// All rows over one panel of w.
@inlinable @inline(__always)
func multiplyPanel<Tall: ColumnTile, Single: ColumnTile>(
  _: Tall.Type, _: Single.Type, _ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int, depth: Int, isFirst: Bool
) {
  var row = 0
  while row + Tall.rows <= rows {
    multiplyTile(Tall.self, x.row(row), x.stride, w, into: out.row(row), out.stride, depth, isFirst)
    row += Tall.rows
  }
  while row < rows {
    multiplyTile(Single.self, x.row(row), x.stride, w, into: out.row(row), out.stride, depth, isFirst)
    row += 1
  }
}

/// One tile over one panel: starts its chains, or takes them up from `out`.
@inlinable @inline(__always)
func multiplyTile<Tile: ColumnTile>(
  _: Tile.Type, _ x: UnsafePointer<Float>, _ xStride: Int, _ w: Matrix, into out: UnsafeMutablePointer<Float>, _ outStride: Int, _ depth: Int, _ isFirst: Bool
) {
  var tile = isFirst ? Tile() : Tile(loading: out, stride: outStride)
  var weights = UnsafePointer(w.base)
  for k in 0..<depth {
    tile.accumulate(x + k, stride: xStride, weights)
    weights += w.stride
  }
  tile.store(out, stride: outStride)
}
