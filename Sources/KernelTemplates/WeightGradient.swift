/// gradient = (or, with `adds`, +=) xᵀ · dz for the inputs of `inputs` and one panel of units, where x is (rows, inputs), and of dz, (rows, …), and of
/// gradient, (inputs, …), a panel is given.
///
/// Each number is one chain of multiply-adds over the rows in order, starting from zero or from what is there: so it does not matter into how many calls
/// the rows are cut, nor who makes them.
@inlinable @inline(__always)
public func weightGradientTemplate<Wide: RowTile, Narrow: RowTile>(
  _: Wide.Type, _: Narrow.Type, _ x: Matrix, _ dz: Panel, into gradient: Panel, inputs: Range<Int>, adds: Bool, rows: Int
) {
  var column = 0
  while column < gradient.stride {
    var input = inputs.lowerBound
    while input < inputs.upperBound {
      // As far as a panel of x reaches.
      let end = min((input & ~31) + 32, inputs.upperBound)
      let part = GradientPart(
        x: x.panel(at: input), dz: Panel(dz.base + column, stride: dz.stride),
        sums: Panel(gradient.row(input) + column, stride: gradient.stride), adds: adds, rows: rows)
      if column + Wide.columns <= gradient.stride { Wide.cover(0, end - input, part) } else { Narrow.cover(0, end - input, part) }
      input = end
    }
    column += column + Wide.columns <= gradient.stride ? Wide.columns : Narrow.columns
  }
}

/// The gradient of some inputs of one panel and a tile's width of units, through all rows.
@frozen @usableFromInline struct GradientPart: RowWork {
  @usableFromInline let x: Panel
  @usableFromInline let dz: Panel
  @usableFromInline let sums: Panel
  @usableFromInline let adds: Bool
  @usableFromInline let rows: Int

  @inlinable @inline(__always) init(x: Panel, dz: Panel, sums: Panel, adds: Bool, rows: Int) {
    self.x = x
    self.dz = dz
    self.sums = sums
    self.adds = adds
    self.rows = rows
  }

  @inlinable @inline(__always) func take<Tile: RowTile>(_: Tile.Type, at input: Int) {
    var tile = adds ? Tile(loading: sums.row(input), stride: sums.stride) : Tile()
    for row in 0..<rows { tile.add(x.row(row) + input, stride: 1, times: Tile.Row(loading: dz.row(row))) }
    tile.store(sums.row(input), stride: sums.stride)
  }
}
