import CVectorMath

/// out[c, r] = w[r, c] for firstRow ≤ r < endRow and the columns c of panel number `panel`, as far as `out` has rows; w is (rows, columns), out is
/// (≤ columns, ≥ endRow).
///
/// Sixteen rows at a time, so that each line of `out` is written whole while it is near.
@inlinable @inline(__always)
public func transposeTemplate(_ w: Matrix, into out: Matrix, panel: Int, firstRow: Int, endRow: Int) {
  let source = w.panel(at: panel * 32)
  let columns = min(source.stride, out.rows - panel * 32)
  var row = firstRow
  while row < endRow {
    let end = min((row & ~15) + 16, endRow)
    let lines = Panel(out.place(panel * 32, row), stride: out.panel(at: row).stride)
    var column = 0
    if end - row == 16 {
      while column + 16 <= columns {
        vector_transpose(source.row(row) + column, source.stride, lines.row(column), lines.stride)
        column += 16
      }
    }
    while column < columns {
      for r in row..<end { lines.row(column)[r - row] = source.row(r)[column] }
      column += 1
    }
    row = end
  }
}
