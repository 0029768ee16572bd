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
    var factors = UnsafePointer(x.base + input)
    var deltas = UnsafePointer(dz.base)
    // What comes next is asked for one line at a time: the factors sixteen rows ahead (or, behind the last whole sixteen, the
    // next tile's first), and the next tile's sums.
    var nextSums = UnsafePointer(sums.row(input + Tile.rows))
    var sixteens = x.stride == 32 ? rows / 16 : 0
    let rest = rows - sixteens * 16
    while sixteens > 0 {
      sixteens -= 1
      // The tile's last factor lies in the line that no earlier tile has needed.
      var ahead = sixteens > 0 ? factors + (16 * 32 + Tile.rows - 1) : UnsafePointer(x.base + (input + 2 * Tile.rows - 1))
      let stop = factors + 16 * 32
      repeat {
        for row in 0..<4 {
          prefetchLineNear(ahead + row * 32)
          add(&tile, factors + row * 32, &deltas)
        }
        prefetchLineNear(nextSums)
        nextSums += 16
        ahead += 4 * 32
        factors += 4 * 32
      } while factors < stop
    }
    for row in 0..<rest { add(&tile, factors + row * x.stride, &deltas) }
    tile.store(sums.row(input), stride: sums.stride)
  }

  /// One row's products.
  @inlinable @inline(__always)
  func add<Tile: RowTile>(_ tile: inout Tile, _ factors: UnsafePointer<Float>, _ deltas: inout UnsafePointer<Float>) {
    tile.add(factors, stride: 1, times: Tile.Row(loading: deltas))
    // A panel that holds two vectors is as wide as they are.
    deltas += Tile.columns == 32 ? 32 : dz.stride
  }
}
