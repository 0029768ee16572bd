/// gradient = (or, with `adds`, +=) Σ over slices of (x rows of the slice)ᵀ · (dz rows of the slice), where x is (rows, inputs), dz is (rows, columns) and
/// gradient is (inputs, columns).
///
/// Each slice is one chain of multiply-adds over its rows in order, starting from zero. The slices are added in the fixed tree of
/// `SliceTree`: neighbours first, then pairs of neighbours, and so on. A tile of the gradient stays in registers for all of that; half-done
/// sums of the tree wait in `scratch`, which stays in the first-level cache. So short slices cost a few additions, and no pass over memory.
///
/// `sliceRows` rows a slice, the last may be shorter. `scratch` holds `weightGradientScratch` floats.
@inlinable @inline(__always)
public func weightGradientTemplate<Wide: RowTile, Narrow: RowTile>(
  _: Wide.Type, _: Narrow.Type, _ x: Matrix, _ dz: Matrix, into gradient: PanelMatrix, adds: Bool, rows: Int, sliceRows: Int,
  scratch: UnsafeMutablePointer<Float>
) {
  var column = 0
  while column < gradient.columns {
    let deltas = Matrix(dz.base + column, stride: dz.stride)
    let sums = gradient.panel(at: column)
    if column + Wide.columns <= gradient.columns {
      gradientPanel(Wide.self, x, deltas, into: sums, adds, rows, sliceRows, gradient.rows, scratch)
      column += Wide.columns
    } else {
      gradientPanel(Narrow.self, x, deltas, into: sums, adds, rows, sliceRows, gradient.rows, scratch)
      column += Narrow.columns
    }
  }
}

/// One tile's width of columns through all inputs.
@inlinable @inline(__always)
func gradientPanel<Tile: RowTile>(
  _: Tile.Type, _ x: Matrix, _ dz: Matrix, into gradient: Matrix, _ adds: Bool, _ rows: Int, _ sliceRows: Int, _ inputs: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  var input = 0
  while input + Tile.rows <= inputs {
    gradientTile(Tile.self, Matrix(x.base + input, stride: x.stride), dz, into: gradient.row(input), gradient.stride, adds, rows, sliceRows, scratch)
    input += Tile.rows
  }
  while input < inputs {
    gradientTile(
      OneRow<Tile.Row>.self, Matrix(x.base + input, stride: x.stride), dz, into: gradient.row(input), gradient.stride, adds, rows, sliceRows, scratch)
    input += 1
  }
}

/// Floats of scratch that `weightGradientTemplate` needs: a tile of 8 rows × 32 columns for each level of a tree over up to 2^15 slices.
@inlinable @inline(__always) public var weightGradientScratch: Int { 16 * 8 * 32 }

/// A tile of the gradient through all rows: chains within slices, the tree between them.
@inlinable @inline(__always)
func gradientTile<Tile: RowTile>(
  _: Tile.Type, _ x: Matrix, _ dz: Matrix, into out: UnsafeMutablePointer<Float>, _ outStride: Int, _ adds: Bool, _ rows: Int, _ sliceRows: Int,
  _ scratch: UnsafeMutablePointer<Float>
) {
  var tile = Tile()
  var slice = 0
  var begin = 0
  while true {
    let end = min(begin + sliceRows, rows)
    for row in begin..<end { tile.add(x.row(row), stride: 1, times: Tile.Row(loading: dz.row(row))) }
    // The stack of half-done sums holds one sum of 2^level slices for each set bit of `slice`. Those of its trailing ones are this sum's
    // complete neighbours; after the last slice every remaining one is.
    var level = 0
    var waiting = slice
    while waiting != 0 {
      if waiting & 1 == 1 {
        tile.add(scratch + level * Tile.floats, stride: Tile.columns)
      } else if end < rows {
        break
      }
      waiting >>= 1
      level += 1
    }
    if end == rows { break }
    tile.store(scratch + level * Tile.floats, stride: Tile.columns)
    tile = Tile()
    slice += 1
    begin = end
  }
  if adds { tile.add(out, stride: outStride) }
  tile.store(out, stride: outStride)
}
