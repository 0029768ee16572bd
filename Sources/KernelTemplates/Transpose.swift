/// out[c, r] = w[r, c] for firstRow ≤ r < endRow and c < columns; w is (rows, columns), out is (columns, rows).
///
/// Sixteen rows at a time, so that each line of `out` is written whole while it is near.
@inlinable @inline(__always)
public func transposeTemplate(_ w: Matrix, into out: Matrix, firstRow: Int, endRow: Int, columns: Int) {
  var block = firstRow
  while block < endRow {
    let end = min((block & ~15) + 16, endRow)
    for column in 0..<columns {
      let line = out.row(column)
      for row in block..<end { line[row] = w.row(row)[column] }
    }
    block = end
  }
}
