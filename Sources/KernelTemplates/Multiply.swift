/// out = x · w, where x is (rows, inner), w is (inner, columns), out is (rows, columns).
///
/// `Wide` is the CPU level's main tile, `Narrow` the one for what it leaves of the columns, 16 wide; they give the same bits as any other, and differ
/// in how many registers they fill.
///
/// Each output is one chain of multiply-adds over `inner` in rising order, starting from zero, whatever the tile: so every tile gives the same bits.
///
/// A piece of w, as wide as the tile and `pieceDepth` deep, stays in the first-level cache while all rows pass over it; between two pieces a chain
/// waits in `out`.
@inlinable @inline(__always)
public func multiplyTemplate<Wide: RowTile, Narrow: RowTile>(_: Wide.Type, _: Narrow.Type, _ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int) {
  var first = 0
  repeat {
    // What is less than a panel of x is no piece of its own, but taken along: the 1 of a bias, mostly.
    let end = w.rows - first <= pieceDepth + 32 ? w.rows : first + pieceDepth
    var column = 0
    while column < w.columns {
      let piece = MultiplyPiece(x: x, w: w.panel(at: column), out: out.panel(at: column), first: first, end: end)
      if column + Wide.columns <= w.columns {
        Wide.cover(0, rows, piece)
        column += Wide.columns
      } else {
        Narrow.cover(0, rows, piece)
        column += Narrow.columns
      }
    }
    first = end
  } while first < w.rows
}

/// Rows of w in a piece: 128 rows of 32 floats are half of a first-level cache of 32 KB. A multiple of 32, the width of x's panels.
@inlinable @inline(__always) var pieceDepth: Int { 128 }

/// Rows of x over one piece of w: starts their chains, or takes them up from `out`.
@frozen @usableFromInline struct MultiplyPiece: RowWork {
  @usableFromInline let x: Matrix
  @usableFromInline let w: Panel
  @usableFromInline let out: Panel
  /// The piece's rows of w, columns of x.
  @usableFromInline let first: Int
  @usableFromInline let end: Int

  @inlinable @inline(__always) init(x: Matrix, w: Panel, out: Panel, first: Int, end: Int) {
    self.x = x
    self.w = w
    self.out = out
    self.first = first
    self.end = end
  }

  @inlinable @inline(__always) func take<Tile: RowTile>(_: Tile.Type, at row: Int) {
    var tile = first == 0 ? Tile() : Tile(loading: out.row(row), stride: out.stride)
    var weights = UnsafePointer(w.row(first))
    var inner = first
    repeat {
      let factors = x.panel(at: inner)
      let stop = min(inner + 32, end)
      // A constant stride lets every factor be found from one pointer.
      if factors.stride == 32 {
        add(&tile, factors.row(row), stride: 32, &weights, stop - inner)
      } else {
        add(&tile, factors.row(row), stride: 16, &weights, stop - inner)
      }
      inner = stop
    } while inner < end
    tile.store(out.row(row), stride: out.stride)
  }

  /// `count` columns of one panel of x.
  @inlinable @inline(__always)
  func add<Tile: RowTile>(_ tile: inout Tile, _ x: UnsafePointer<Float>, stride: Int, _ weights: inout UnsafePointer<Float>, _ count: Int) {
    for column in 0..<count {
      tile.add(x + column, stride: stride, times: Tile.Row(loading: weights))
      weights += w.stride
    }
  }
}
