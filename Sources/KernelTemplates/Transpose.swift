/// out[c, r] = w[r, c] for firstRow ≤ r < endRow and the columns c of panel number `panel`, as far as `out` has rows; w is (rows, columns), out is
/// (≤ columns, ≥ endRow).
///
/// Sixteen rows at a time, so that each line of `out` is written whole while it is near.
@inlinable @inline(__always)
public func transposeTemplate(_ w: Matrix, into out: Matrix, panel: Int, firstRow: Int, endRow: Int) {
  let source = w.panel(at: panel * 32)
  let columns = min(source.stride, out.rows - panel * 32)
  var block = firstRow
  while block < endRow {
    let start = block & ~15
    let end = min(start + 16, endRow)
    let lines = out.panel(at: start)
    for column in 0..<columns {
      let line = lines.row(panel * 32 + column) - start
      for row in block..<end { line[row] = source.row(row)[column] }
    }
    block = end
  }
}
