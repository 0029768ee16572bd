/// out = x · w, where x is (rows, inner), w is (inner, columns), out is (rows, columns).
///
/// `Wide` is the CPU level's main tile, `Narrow` the one for what it leaves of the columns, 16 wide; they give the same bits as any other, and differ
/// in how many registers they fill.
///
/// Each output is one chain of multiply-adds over `inner` in rising order, starting from zero, whatever the tile: so every tile gives the same bits.
///
/// A piece of w, as wide as the tile and `panelDepth` deep, stays in the first-level cache while all rows pass over it; between two pieces a chain
/// waits in `out`.
@inlinable @inline(__always)
public func multiplyTemplate<Wide: RowTile, Narrow: RowTile>(
  _: Wide.Type, _: Narrow.Type, _ x: Matrix, _ w: PanelMatrix, into out: Matrix, rows: Int
) {
  var first = 0
  repeat {
    let depth = min(panelDepth, w.rows - first)
    let xPanel = Matrix(x.base + first, stride: x.stride)
    var column = 0
    while column < w.columns {
      let panel = w.panel(at: column)
      let wPanel = Matrix(panel.row(first), stride: panel.stride)
      let outPanel = Matrix(out.base + column, stride: out.stride)
      if column + Wide.columns <= w.columns {
        multiplyPanel(Wide.self, xPanel, wPanel, into: outPanel, rows: rows, depth: depth, isFirst: first == 0)
        column += Wide.columns
      } else {
        multiplyPanel(Narrow.self, xPanel, wPanel, into: outPanel, rows: rows, depth: depth, isFirst: first == 0)
        column += Narrow.columns
      }
    }
    first += depth
  } while first < w.rows
}

/// Inputs in a panel: 128 rows of 32 floats are half of a first-level cache of 32 KB.
@inlinable @inline(__always) var panelDepth: Int { 128 }

/// All rows over one panel of w.
@inlinable @inline(__always)
func multiplyPanel<Tile: RowTile>(
  _: Tile.Type, _ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int, depth: Int, isFirst: Bool
) {
  var row = 0
  while row + Tile.rows <= rows {
    multiplyTile(Tile.self, x.row(row), x.stride, w, into: out.row(row), out.stride, depth, isFirst)
    row += Tile.rows
  }
  while row < rows {
    multiplyTile(OneRow<Tile.Row>.self, x.row(row), x.stride, w, into: out.row(row), out.stride, depth, isFirst)
    row += 1
  }
}

/// One tile over one panel: starts its chains, or takes them up from `out`.
@inlinable @inline(__always)
func multiplyTile<Tile: RowTile>(
  _: Tile.Type, _ x: UnsafePointer<Float>, _ xStride: Int, _ w: Matrix, into out: UnsafeMutablePointer<Float>, _ outStride: Int, _ depth: Int, _ isFirst: Bool
) {
  var tile = isFirst ? Tile() : Tile(loading: out, stride: outStride)
  var weights = UnsafePointer(w.base)
  let rows = Tile.Starts(x, stride: xStride)
  var k = 0
  repeat {
    tile.add(rows, at: k, times: Tile.Row(loading: weights))
    weights += w.stride
    k += 1
  } while k < depth
  tile.store(out, stride: outStride)
}
