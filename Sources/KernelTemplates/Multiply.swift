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
          next: nextPiece(of: w, block..<blockEnd, column, first..<end))
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

/// Where the piece of w begins that comes after that of rows `depth` from `column` on; after the last, some piece.
@inlinable @inline(__always)
func nextPiece(of w: Matrix, _ block: Range<Int>, _ column: Int, _ depth: Range<Int>) -> UnsafePointer<Float> {
  var (next, first) = (column + 32, depth.lowerBound)
  if next >= block.upperBound { (next, first) = (block.lowerBound, depth.upperBound) }
  if first == w.rows { (next, first) = (block.upperBound, 0) }
  return UnsafePointer(w.panel(at: next < w.columns ? next : 0).row(first))
}

/// Rows of w in a piece: 128 rows of 32 floats are half of a first-level cache of 32 KB. A multiple of 32, the width of x's panels.
@inlinable @inline(__always) var pieceDepth: Int { 128 }
/// Columns of w in a block: 128 rows of as many floats are a quarter of a second-level cache of 1 MB. A multiple of 32, the width of w's panels.
@inlinable @inline(__always) var blockColumns: Int { 512 }

/// Rows of x over one piece of w: starts their chains, or takes them up from `out`.
///
/// Whatever comes next is asked for a line at a time between the products: factors and sums into the first-level cache, weights into the second. The core
/// has places for a dozen lines under way, and a tile that begins a panel of x, or loads its sums, would ask for as many at once and wait: that took a
/// tenth of the time.
@frozen @usableFromInline struct MultiplyPiece: RowWork {
  @usableFromInline let x: Matrix
  @usableFromInline let w: Panel
  @usableFromInline let out: Panel
  /// The piece's rows of w, columns of x.
  @usableFromInline let first: Int
  @usableFromInline let end: Int
  /// The piece that comes next.
  @usableFromInline let next: UnsafePointer<Float>

  @inlinable @inline(__always) init(x: Matrix, w: Panel, out: Panel, first: Int, end: Int, next: UnsafePointer<Float>) {
    self.x = x
    self.w = w
    self.out = out
    self.first = first
    self.end = end
    self.next = next
  }

  @inlinable @inline(__always) func take<Tile: RowTile>(_: Tile.Type, at row: Int) {
    var tile = first == 0 ? Tile() : Tile(loading: out.row(row), stride: out.stride)
    var weights = UnsafePointer(w.row(first))
    // A tile asks for eight lines of the next piece with each panel of x, where the tile before left off, if they are alike: eight tiles for
    // all of a piece.
    let lines = row / Tile.rows * ((end - first) / 32 * 8)
    // Whole panels of x: their constant stride lets every factor be found from one pointer.
    let start = UnsafePointer(x.panel(at: first).base + row * 32)
    let stop = start + (end - first) / 32 * panelFloats
    var ahead = Ahead(factors: start, sums: out.row(row + Tile.rows), weights: next + min(lines * 16, (end - first) * w.stride))
    var factors = start
    while factors < stop {
      ahead.factors = factors + 16
      addSixteen(&tile, factors, &weights, &ahead)
      ahead.factors = factors + panelFloats < stop ? factors + panelFloats : start + Tile.rows * 32
      addSixteen(&tile, factors + 16, &weights, &ahead)
      factors += panelFloats
    }
    let rest = (end - first) & 31
    if rest > 0 {
      let factors = x.panel(at: end - rest)
      if factors.stride == 32 {
        add(&tile, factors.row(row), stride: 32, &weights, rest)
      } else {
        add(&tile, factors.row(row), stride: 16, &weights, rest)
      }
    }
    tile.store(out.row(row), stride: out.stride)
  }

  /// Floats from one whole panel of x to the next.
  @inlinable @inline(__always) var panelFloats: Int { x.rows * 32 }

  /// Sixteen columns of a whole panel of x, four at a time.
  @inlinable @inline(__always)
  func addSixteen<Tile: RowTile>(
    _ tile: inout Tile, _ x: UnsafePointer<Float>, _ weights: inout UnsafePointer<Float>, _ ahead: inout Ahead
  ) {
    var x = x
    let end = x + 16
    repeat {
      add(&tile, x, stride: 32, &weights)
      // A line of each of the tile's rows, after four times.
      for row in 0..<(Tile.rows + 3) / 4 { prefetchLineNear(ahead.factors + row * 32) }
      add(&tile, x + 1, stride: 32, &weights)
      prefetchLineNear(ahead.sums)
      add(&tile, x + 2, stride: 32, &weights)
      prefetchLine(ahead.weights)
      add(&tile, x + 3, stride: 32, &weights)
      ahead.factors += (Tile.rows + 3) / 4 * 32
      ahead.sums += 16
      ahead.weights += 16
      x += 4
    } while x < end
  }

  /// `count` columns of one panel of x.
  @inlinable @inline(__always)
  func add<Tile: RowTile>(_ tile: inout Tile, _ x: UnsafePointer<Float>, stride: Int, _ weights: inout UnsafePointer<Float>, _ count: Int) {
    var column = 0
    while column + 4 <= count {
      for step in 0..<4 { add(&tile, x + (column + step), stride: stride, &weights) }
      column += 4
    }
    while column < count {
      add(&tile, x + column, stride: stride, &weights)
      column += 1
    }
  }

  /// One column of a panel of x.
  @inlinable @inline(__always)
  func add<Tile: RowTile>(_ tile: inout Tile, _ x: UnsafePointer<Float>, stride: Int, _ weights: inout UnsafePointer<Float>) {
    tile.add(x, stride: stride, times: Tile.Row(loading: weights))
    // A panel that holds two vectors is as wide as they are.
    weights += Tile.columns == 32 ? 32 : w.stride
  }
}

/// The lines that a tile asks for while its products are under way.
@frozen @usableFromInline struct Ahead {
  /// The same rows of x, sixteen columns on; behind the last of them the first of the next tile's rows.
  @usableFromInline var factors: UnsafePointer<Float>
  /// The next tile's sums.
  @usableFromInline var sums: UnsafePointer<Float>
  /// Of the next piece of w.
  @usableFromInline var weights: UnsafePointer<Float>

  @inlinable @inline(__always) init(factors: UnsafePointer<Float>, sums: UnsafePointer<Float>, weights: UnsafePointer<Float>) {
    self.factors = factors
    self.sums = sums
    self.weights = weights
  }
}
