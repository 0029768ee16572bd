import CVectorMath

/// out = x · w for the first layer; w is (x.inputs, columns), out is (rows rounded up to 8, columns). The same chains as `multiplyTemplate`, without
/// the inputs that are zero.
@inlinable @inline(__always)
public func multiplyBlocksTemplate<Wide: RowTile, Narrow: RowTile>(
  _: Wide.Type, _: Narrow.Type, _ x: InputBlocks, _ w: Matrix, into out: Matrix, rows: Int
) {
  for panel in 0..<x.panels {
    var column = 0
    while column < w.columns {
      let upcoming = column == 0 ? x.upcoming : UpcomingRows()
      let whole = w.panel(at: column)
      let weights = Panel(whole.row(panel * 128), stride: whole.stride)
      let sums = out.panel(at: column)
      if column + Wide.columns <= w.columns {
        multiplyBlocksPanel(Wide.self, x, weights, into: sums, rows, panel, upcoming)
        column += Wide.columns
      } else {
        multiplyBlocksPanel(Narrow.self, x, weights, into: sums, rows, panel, upcoming)
        column += Narrow.columns
      }
    }
  }
}

/// All rows over one panel of w.
@inlinable @inline(__always)
func multiplyBlocksPanel<Tile: RowTile>(
  _: Tile.Type, _ x: InputBlocks, _ w: Panel, into out: Panel, _ rows: Int, _ panel: Int, _ upcoming: UpcomingRows
) {
  for block in 0..<InputBlocks.blocks(rows) {
    upcoming.prefetch(block: block, panel: panel, half: 0)
    let list = x.list(block: block, panel: panel)
    var part = 0
    while part < 8 {
      let sums = out.row(block * 8 + part)
      var tile = panel == 0 ? Tile() : Tile(loading: sums, stride: out.stride)
      var values = UnsafePointer(list.values + part)
      for entry in 0..<list.count {
        tile.add(values, stride: 1, times: Tile.Row(loading: w.row(Int(list.numbers[entry]))))
        values += 8
      }
      tile.store(sums, stride: out.stride)
      part += Tile.rows
    }
  }
}

/// gradient = (or, with `adds`, +=) Σ over slices of (x rows of the slice)ᵀ · (dz rows of the slice), for the first
/// layer; dz is (rows rounded up to 8, columns), finite in the rows past `rows`, gradient is (x.inputs, columns). The same chains and the same tree as `weightGradientTemplate`, without the inputs that
/// are zero.
///
/// `sliceRows` is a multiple of 8, at least 8, and at most 32 slices are taken. `scratch` holds `blockGradientScratch` floats and is aligned to 64 bytes.
@inlinable @inline(__always)
public func weightGradientBlocksTemplate<Wide: RowTile, Narrow: RowTile>(
  _: Wide.Type, _: Narrow.Type, _ x: InputBlocks, _ dz: Matrix, into gradient: Matrix, adds: Bool, rows: Int, sliceRows: Int,
  scratch: UnsafeMutablePointer<Float>
) {
  var column = 0
  while column < gradient.columns {
    let upcoming = column == 0 ? x.upcoming : UpcomingRows()
    let deltas = dz.panel(at: column)
    let sums = gradient.panel(at: column)
    if column + Wide.columns <= gradient.columns {
      for panel in 0..<x.panels { gradientBlocksPanel(Wide.self, x, deltas, into: sums, adds, rows, sliceRows, panel, upcoming, scratch) }
      column += Wide.columns
    } else {
      for panel in 0..<x.panels { gradientBlocksPanel(Narrow.self, x, deltas, into: sums, adds, rows, sliceRows, panel, upcoming, scratch) }
      column += Narrow.columns
    }
  }
}

/// Floats of scratch that `weightGradientBlocksTemplate` needs: a panel, and the row that filling goes to, for each level of a tree over up to
/// 2^5 slices.
@inlinable @inline(__always) public var blockGradientScratch: Int { 6 * 129 * 32 }

/// 128 inputs of the gradient through all rows: chains within slices, the tree between them. Half-done sums of the tree wait on a stack in `scratch`.
@inlinable @inline(__always)
func gradientBlocksPanel<Tile: RowTile>(
  _: Tile.Type, _ x: InputBlocks, _ dz: Panel, into gradient: Panel, _ adds: Bool, _ rows: Int, _ sliceRows: Int, _ panel: Int, _ upcoming: UpcomingRows,
  _ scratch: UnsafeMutablePointer<Float>
) {
  let inputs = min(128, x.inputs - panel * 128)
  let result = Panel(gradient.row(panel * 128), stride: gradient.stride)
  @inline(__always) func sum(_ depth: Int) -> Panel { Panel(scratch + depth * 129 * Tile.columns, stride: Tile.columns) }
  let blocks = InputBlocks.blocks(rows)
  let sliceBlocks = sliceRows / 8
  var depth = 0
  var slice = 0
  var begin = 0
  while begin < blocks {
    let end = min(begin + sliceBlocks, blocks)
    slice += 1
    // After n slices, each two sums of equally many slices become one: as often as n divides by two.
    var merges = slice.trailingZeroBitCount
    if Tile.rows == 8, sliceBlocks == 1, merges > 0 {
      // The right one of two neighbours that are one block each is added at once.
      upcoming.prefetch(block: begin, panel: panel, half: 1)
      gradientBlock(Tile.self, x.list(block: begin, panel: panel), dz.row(begin * 8), dz.stride, into: sum(depth - 1).base, adds: true)
      merges -= 1
    } else {
      for row in 0..<inputs { clear(Tile.self, sum(depth).row(row)) }
      for block in begin..<end {
        upcoming.prefetch(block: block, panel: panel, half: 1)
        gradientBlock(Tile.self, x.list(block: block, panel: panel), dz.row(block * 8), dz.stride, into: sum(depth).base, adds: false)
      }
      depth += 1
    }
    while merges > 0 {
      depth -= 1
      add(Tile.self, sum(depth - 1), sum(depth), into: sum(depth - 1), inputs)
      merges -= 1
    }
    begin = end
  }
  while depth > 1 {
    depth -= 1
    add(Tile.self, sum(depth - 1), sum(depth), into: sum(depth - 1), inputs)
  }
  if adds {
    add(Tile.self, result, sum(0), into: result, inputs)
  } else {
    for row in 0..<inputs { Tile.Row(loading: sum(0).row(row)).store(result.row(row)) }
  }
}

/// One block's chains: they go on from `sums`; or they start from zero, and are then added to `sums`.
///
/// The block's deltas stay in registers, a tile of them at a time, beside half a tile of sums.
@inlinable @inline(__always)
func gradientBlock<Tile: RowTile>(
  _: Tile.Type, _ list: InputList, _ dz: UnsafePointer<Float>, _ dzStride: Int, into sums: UnsafeMutablePointer<Float>, adds: Bool
) {
  var part = 0
  while part < 8 {
    let deltas = Tile(loading: dz + part * dzStride, stride: dzStride)
    var entry = 0
    while entry < list.count {
      let numbers = UnsafePointer(list.numbers + entry)
      var chains = adds ? Tile.Upper() : Tile.Upper(loading: numbers, of: sums, stride: Tile.columns)
      deltas.feed(&chains, list.values + entry * 8 + part, stride: 8)
      if adds {
        chains.add(to: numbers, of: sums, stride: Tile.columns)
      } else {
        chains.store(numbers, of: sums, stride: Tile.columns)
      }
      entry += Tile.Upper.rows
    }
    part += Tile.rows
  }
}

@inlinable @inline(__always)
func clear<Tile: RowTile>(_: Tile.Type, _ row: UnsafeMutablePointer<Float>) {
  for column in stride(from: 0, to: Tile.columns, by: 16) { vector_store_zeros(row + column) }
}

@inlinable @inline(__always)
func add<Tile: RowTile>(_: Tile.Type, _ left: Panel, _ right: Panel, into out: Panel, _ rows: Int) {
  for row in 0..<rows { (Tile.Row(loading: left.row(row)) + Tile.Row(loading: right.row(row))).store(out.row(row)) }
}
