/// out = x · w over the inputs of `runs`, for the first layer: one panel of w, (x.inputs rounded up to 8, …), and of out, (rows, …).
///
/// Each output is one chain of multiply-adds over the runs' inputs in rising order, starting from zero. `Weights` holds the weights of a run, or a part of
/// it, in registers while the run's entries pass by; the chains wait in `out`, which with 128 rows stays in the first-level cache. `Sums` takes that many
/// entries at once, so that several chains are under way.
@inlinable @inline(__always)
public func multiplyRunsTemplate<Wide: RowTile, WideSums: RowTile, Narrow: RowTile, NarrowSums: RowTile>(
  _: Wide.Type, _: WideSums.Type, _: Narrow.Type, _: NarrowSums.Type, _ x: InputRuns, runs: Range<Int>, _ w: Panel, into out: Panel, rows: Int
) where Wide.Row == WideSums.Row, Narrow.Row == NarrowSums.Row {
  for row in 0..<rows {
    var column = 0
    while column < w.stride {
      (out.row(row) + column).vector = Vector()
      column += vectorWidth
    }
  }
  if w.stride >= Wide.columns {
    multiplyRuns(Wide.self, WideSums.self, x, runs, w, into: out)
  } else {
    multiplyRuns(Narrow.self, NarrowSums.self, x, runs, w, into: out)
  }
}

@inlinable @inline(__always)
func multiplyRuns<Weights: RowTile, Sums: RowTile>(
  _: Weights.Type, _: Sums.Type, _ x: InputRuns, _ runs: Range<Int>, _ w: Panel, into out: Panel
) where Weights.Row == Sums.Row {
  var column = 0
  while column < w.stride {
    let sums = Panel(out.base + column, stride: out.stride)
    for run in runs {
      let list = x.list(run)
      var part = 0
      while part < 8 {
        let weights = Weights(loading: w.row(run * 8 + part) + column, stride: w.stride)
        let rest = addProducts(Sums.self, weights, list, part, from: 0, to: sums)
        _ = addProducts(OneRow<Weights.Row>.self, weights, list, part, from: rest, to: sums)
        part += Weights.rows
      }
    }
    column += Weights.columns
  }
}

/// Adds to the rows of as many entries as there are whole `Sums` from `first` on; returns the entry after them.
@inlinable @inline(__always)
func addProducts<Weights: RowTile, Sums: RowTile>(
  _: Sums.Type, _ weights: Weights, _ list: InputList, _ part: Int, from first: Int, to out: Panel
) -> Int where Weights.Row == Sums.Row {
  var entry = first
  while entry + Sums.rows <= list.count {
    var sums = Sums(loading: out, rows: list.rows + entry)
    weights.addProducts(to: &sums, list.values + (entry * 8 + part), stride: 8)
    sums.store(out, rows: list.rows + entry)
    entry += Sums.rows
  }
  return entry
}

/// gradient = (or, with `adds`, +=) xᵀ · dz over the inputs of `runs`, for the first layer: one panel of dz, (rows, …), and of gradient,
/// (x.inputs rounded up to 8, …).
///
/// Each number is one chain of multiply-adds over the rows in order, starting from zero or from what is there.
@inlinable @inline(__always)
public func weightGradientRunsTemplate<Wide: RowTile, Narrow: RowTile>(
  _: Wide.Type, _: Narrow.Type, _ x: InputRuns, runs: Range<Int>, _ dz: Panel, into gradient: Panel, adds: Bool
) {
  if gradient.stride >= Wide.columns {
    weightGradientRuns(Wide.self, x, runs, dz, into: gradient, adds)
  } else {
    weightGradientRuns(Narrow.self, x, runs, dz, into: gradient, adds)
  }
}

@inlinable @inline(__always)
func weightGradientRuns<Tile: RowTile>(
  _: Tile.Type, _ x: InputRuns, _ runs: Range<Int>, _ dz: Panel, into gradient: Panel, _ adds: Bool
) {
  var column = 0
  while column < gradient.stride {
    let deltas = dz.base + column
    for run in runs {
      let list = x.list(run)
      var part = 0
      while part < 8 {
        let sums = gradient.row(run * 8 + part) + column
        var tile = adds ? Tile(loading: sums, stride: gradient.stride) : Tile()
        for entry in 0..<list.count {
          tile.add(list.values + (entry * 8 + part), stride: 1, times: Tile.Row(loading: deltas + Int(list.rows[entry]) * dz.stride))
        }
        tile.store(sums, stride: gradient.stride)
        part += Tile.rows
      }
    }
    column += Tile.columns
  }
}

/// into = left + right over (rows, columns), columns a multiple of 16: two parts of the first layer's sums become one. `into` may be `left`.
@inlinable @inline(__always)
public func addTemplate(_ left: Panel, _ right: Panel, into: Panel, rows: Int, columns: Int) {
  for row in 0..<rows {
    var column = 0
    while column < columns {
      (into.row(row) + column).vector = (left.row(row) + column).vector + (right.row(row) + column).vector
      column += vectorWidth
    }
  }
}
