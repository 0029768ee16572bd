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
      for entry in 0..<list.count {
        let number = Int(list.numbers[entry])
        tile.add(list.place(number) + part, stride: 1, times: Tile.Row(loading: w.row(number)))
      }
      tile.store(sums, stride: out.stride)
      part += Tile.rows
    }
  }
}

/// gradient = (or, with `adds`, +=) Σ over slices of (x rows of the slice)ᵀ · (dz rows of the slice), for the first layer; dz is (rows, columns), gradient
/// is (x.inputs, columns). The same chains and the same tree as `weightGradientTemplate`, without the rows in which a tile's inputs are zero.
///
/// Slices are of `sliceRows` rows, a multiple of 8 and at most 64. `scratch` holds `weightGradientScratch` floats.
@inlinable @inline(__always)
public func weightGradientBlocksTemplate<Wide: RowTile, Narrow: RowTile>(
  _: Wide.Type, _: Narrow.Type, _ x: InputBlocks, _ dz: Matrix, into gradient: Matrix, adds: Bool, rows: Int, sliceRows: Int,
  scratch: UnsafeMutablePointer<Float>
) {
  // Two lines of four of a block's rows, for each panel and block: so many a run of eight inputs.
  let runs = (x.inputs + 7) / 8
  let requests = InputBlocks.blocks(rows) * x.panels
  var column = 0
  while column < gradient.columns {
    for run in 0..<runs {
      if column == 0 {
        for request in run * requests / runs..<(run + 1) * requests / runs {
          x.upcoming.prefetch(block: request / x.panels, panel: request % x.panels, half: 1)
        }
      }
      let input = run * 8
      let present = PresentInputs(x, first: input)
      let place = gradient.panel(at: column)
      let (deltas, sums) = (dz.panel(at: column), Panel(place.row(input), stride: place.stride))
      let panel = GradientPanel(x: present, dz: deltas, sums: sums, adds: adds, rows: rows, sliceRows: sliceRows, scratch: scratch)
      let inputs = min(8, x.inputs - input)
      if column + Wide.columns <= gradient.columns { Wide.cover(0, inputs, panel) } else { Narrow.cover(0, inputs, panel) }
    }
    column += column + Wide.columns <= gradient.columns ? Wide.columns : Narrow.columns
  }
}

/// A run of eight inputs, in the rows in which they are not all zero.
@frozen @usableFromInline struct PresentInputs: GradientInputs {
  /// Where the run's values of the first row, and of the others of its block, are.
  @usableFromInline let values: UnsafePointer<Float>
  @usableFromInline let presence: UnsafePointer<UInt8>
  /// Floats from one block to the next.
  @usableFromInline let blockStride: Int

  @inlinable @inline(__always) static var stride: Int { 8 }

  @inlinable @inline(__always) init(_ x: InputBlocks, first: Int) {
    values = UnsafePointer(x.values + ((first >> 7) * InputBlocks.listValues + (first & 127) * 8))
    presence = UnsafePointer(x.presencePlace(input: first, block: 0))
    blockStride = x.panels * InputBlocks.listValues
  }

  @inlinable @inline(__always) func forEach(_ first: Int, _ end: Int, _ input: Int, _ body: (Int, UnsafePointer<Float>) -> Void) {
    let bits = UnsafeRawPointer(presence + first >> 3).loadUnaligned(as: UInt64.self)
    var left = bits & (~0 >> UInt64(truncatingIfNeeded: 64 - (end - first)))
    while left != 0 {
      let row = first + left.trailingZeroBitCount
      left &= left &- 1
      body(row, values + ((row >> 3) * blockStride + input * 8 + (row & 7)))
    }
  }
}
