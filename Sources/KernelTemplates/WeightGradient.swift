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
  _: Wide.Type, _: Narrow.Type, _ x: Matrix, _ dz: Matrix, into gradient: Matrix, adds: Bool, rows: Int, sliceRows: Int,
  scratch: UnsafeMutablePointer<Float>
) {
  var column = 0
  while column < gradient.columns {
    var input = 0
    while input < gradient.rows {
      let inputs = min(32, gradient.rows - input)
      let (factors, deltas) = (PanelInputs(x.panel(at: input)), dz.panel(at: column))
      let sums = Panel(gradient.panel(at: column).row(input), stride: gradient.panel(at: column).stride)
      let panel = GradientPanel(x: factors, dz: deltas, sums: sums, adds: adds, rows: rows, sliceRows: sliceRows, scratch: scratch)
      if column + Wide.columns <= gradient.columns { Wide.cover(0, inputs, panel) } else { Narrow.cover(0, inputs, panel) }
      input += 32
    }
    column += column + Wide.columns <= gradient.columns ? Wide.columns : Narrow.columns
  }
}

/// Floats of scratch that `weightGradientTemplate` needs: a tile of 12 rows × 32 columns for each level of a tree over up to 2^15 slices.
@inlinable @inline(__always) public var weightGradientScratch: Int { 16 * 12 * 32 }

/// Some inputs, row by row: what a gradient is summed from.
public protocol GradientInputs {
  /// Floats from one input to the next.
  static var stride: Int { get }
  /// Runs `body` for the rows from `first` to `end`, in rising order, with the place of input `input` in it. Rows in which all inputs are zero may be left
  /// out.
  func forEach(_ first: Int, _ end: Int, _ input: Int, _ body: (_ row: Int, _ factors: UnsafePointer<Float>) -> Void)
}

/// The inputs of one panel, in every row.
@frozen @usableFromInline struct PanelInputs: GradientInputs {
  @usableFromInline let x: Panel

  @inlinable @inline(__always) static var stride: Int { 1 }
  @inlinable @inline(__always) init(_ x: Panel) { self.x = x }

  @inlinable @inline(__always) func forEach(_ first: Int, _ end: Int, _ input: Int, _ body: (Int, UnsafePointer<Float>) -> Void) {
    for row in first..<end { body(row, x.row(row) + input) }
  }
}

/// The gradient of some inputs and a tile's width of columns, through all rows: chains within slices, the tree between them.
@frozen @usableFromInline struct GradientPanel<Inputs: GradientInputs>: RowWork {
  @usableFromInline let x: Inputs
  @usableFromInline let dz: Panel
  @usableFromInline let sums: Panel
  @usableFromInline let adds: Bool
  @usableFromInline let rows: Int
  @usableFromInline let sliceRows: Int
  @usableFromInline let scratch: UnsafeMutablePointer<Float>

  @inlinable @inline(__always)
  init(x: Inputs, dz: Panel, sums: Panel, adds: Bool, rows: Int, sliceRows: Int, scratch: UnsafeMutablePointer<Float>) {
    self.x = x
    self.dz = dz
    self.sums = sums
    self.adds = adds
    self.rows = rows
    self.sliceRows = sliceRows
    self.scratch = scratch
  }

  @inlinable @inline(__always) func take<Tile: RowTile>(_: Tile.Type, at input: Int) {
    var tile = Tile()
    var slice = 0
    var begin = 0
    while true {
      let end = min(begin + sliceRows, rows)
      x.forEach(begin, end, input) { row, factors in tile.add(factors, stride: Inputs.stride, times: Tile.Row(loading: dz.row(row))) }
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
    if adds { tile.add(sums.row(input), stride: sums.stride) }
    tile.store(sums.row(input), stride: sums.stride)
  }
}
