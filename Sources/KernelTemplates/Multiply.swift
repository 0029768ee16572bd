/// out = x · w, where x is (rows, inner), w is (inner, columns), out is (rows, columns).
///
/// `Wide` is the CPU level's main tile, `Narrow` the one for what it leaves of the columns, 16 wide; they give the same bits as any other, and differ
/// in how many registers they fill.
///
/// Each output is one chain of multiply-adds over `inner` in rising order, starting from zero, whatever the tile: so every tile gives the same bits.
///
/// A piece of w, as wide as the tile and `pieceDepth` deep, stays in the first-level cache while all rows pass over it; between two pieces a chain
/// waits in `out`, of which `blockColumns` are taken from the first piece to the last before the next are begun: with 128 rows they stay in the
/// second-level cache.
@inlinable @inline(__always)
public func multiplyTemplate<Wide: RowTile, Narrow: RowTile>(_: Wide.Type, _: Narrow.Type, _ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int) {
  var block = 0
  while block < w.columns {
    let blockEnd = min(block + blockColumns, w.columns)
    var first = 0
    repeat {
      let end = pieceEnd(first, of: w.rows)
      var column = block
      while column < blockEnd {
        let piece = MultiplyPiece(
          x: x, w: w.panel(at: column), out: out.panel(at: column), first: first, end: end,
          next: nextPiece(of: w, block..<blockEnd, column, first..<end, rows: rows), rows: rows)
        if column + Wide.columns <= blockEnd {
          Wide.cover(0, rows, piece)
          column += Wide.columns
        } else {
          Narrow.cover(0, rows, piece)
          column += Narrow.columns
        }
      }
      first = end
    } while first < w.rows
    block = blockEnd
  }
}

/// What is less than a panel of x is no piece of its own, but taken along: the 1 of a bias, mostly.
@inlinable @inline(__always)
func pieceEnd(_ first: Int, of rows: Int) -> Int { rows - first <= pieceDepth + 32 ? rows : first + pieceDepth }

/// The piece of w that comes after that of rows `depth` from `column` on, where it is worth asking for: of weights that are in no second-level cache (2 MB
/// and more), with rows enough to ask for it between their products. Nil, too, where half a panel follows, which is near already.
@inlinable @inline(__always)
func nextPiece(of w: Matrix, _ block: Range<Int>, _ column: Int, _ depth: Range<Int>, rows: Int) -> UnsafeBufferPointer<Float>? {
  guard rows >= 64, w.rows * w.columns >= 1 << 19, column & 31 == 0 else { return nil }
  var (next, first) = (column + 32, depth.lowerBound)
  if next >= block.upperBound { (next, first) = (block.lowerBound, depth.upperBound) }
  if first == w.rows { (next, first) = (block.upperBound, 0) }
  guard next < w.columns else { return nil }
  let panel = w.panel(at: next)
  return UnsafeBufferPointer(start: panel.row(first), count: (pieceEnd(first, of: w.rows) - first) * panel.stride)
}

/// Rows of w in a piece: 128 rows of 32 floats are half of a first-level cache of 32 KB. A multiple of 32, the width of x's panels.
@inlinable @inline(__always) var pieceDepth: Int { 128 }
/// Columns of w in a block: 128 rows of as many floats are a quarter of a second-level cache of 1 MB. A multiple of 32, the width of w's panels.
@inlinable @inline(__always) var blockColumns: Int { 512 }

/// Rows of x over one piece of w: starts their chains, or takes them up from `out`.
@frozen @usableFromInline struct MultiplyPiece: RowWork {
  @usableFromInline let x: Matrix
  @usableFromInline let w: Panel
  @usableFromInline let out: Panel
  /// The piece's rows of w, columns of x.
  @usableFromInline let first: Int
  @usableFromInline let end: Int
  /// The piece that comes next, if it is to be asked for: each row of x asks for some of its lines.
  @usableFromInline let next: UnsafePointer<Float>?
  @usableFromInline let lines: Int
  @usableFromInline let linesPerRow: Int

  @inlinable @inline(__always)
  init(x: Matrix, w: Panel, out: Panel, first: Int, end: Int, next: UnsafeBufferPointer<Float>?, rows: Int) {
    self.next = next?.baseAddress
    lines = (next?.count ?? 0) / 16
    linesPerRow = lines == 0 ? 0 : (lines + rows - 1) / rows
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
    var line = row * linesPerRow
    // As many with each of the piece's panels of x: four, mostly.
    let panels = (end - first + 31) / 32
    let share = (Tile.rows * linesPerRow + panels - 1) / panels
    repeat {
      let stopLine = min(line + share, lines)
      while line < stopLine {
        prefetchLine(next.unsafelyUnwrapped + line * 16)
        line += 1
      }
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
