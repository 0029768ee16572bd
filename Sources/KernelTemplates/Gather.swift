import CVectorMath

/// Gathers rows rows[0 ..< count] into blocks, each byte divided by `scale`; behind them a 1, the input of the bias, where out.inputs is
/// width + 1. Rows that a last block lacks are zeros.
///
/// bytes is (any, width), unsigned 8-bit. The quotient is correctly rounded: the same as `Float(byte) / scale`.
///
/// Rows are scattered over a data set that no cache holds, so while row rows[r] is read, row rows[r + ahead], which is to come later, is asked for;
/// 0 for none.
@inlinable @inline(__always)
public func gatherBytesTemplate(
  _ bytes: UnsafePointer<UInt8>, width: Int, rows: UnsafePointer<UInt32>, count: Int, ahead: Int, scale: Float, into out: InputBlocks
) {
  let divisor = SIMD8<Float>(repeating: scale)
  let reciprocal = SIMD8<Float>(repeating: 1 / scale)
  let columns = out.scratch + 512
  gatherBlocks(rows, count, width, out) { first, present, base, panelWidth, list in
    var offset = 0
    while offset < panelWidth {
      let start = base + offset
      let here = min(64, panelWidth - offset)
      if ahead > 0 {
        for r in 0..<present { vector_prefetch(bytes + Int(rows[first + r + ahead]) * width + start) }
      }
      var mask: UInt64
      if present == 8, here == 64 {
        @inline(__always) func row(_ r: Int) -> UnsafePointer<UInt8> { bytes + Int(rows[first + r]) * width + start }
        mask = vector_transpose_bytes(row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7), columns)
      } else {
        // What is not there, rows or columns, is zero; and nothing is read behind a row's end, which may be its page's end.
        let corner = out.scratch
        for i in 0..<512 { corner[i] = 0 }
        for r in 0..<present { (corner + r * 64).update(from: bytes + Int(rows[first + r]) * width + start, count: here) }
        @inline(__always) func row(_ r: Int) -> UnsafePointer<UInt8> { UnsafePointer(corner + r * 64) }
        mask = vector_transpose_bytes(row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7), columns)
      }
      while mask != 0 {
        let column = mask.trailingZeroBitCount
        mask &= mask &- 1
        list.append(offset + column, vector_divide_bytes(columns + vector_column_place(column), divisor, reciprocal))
      }
      offset += 64
    }
  }
}

/// Gathers rows rows[0 ..< count] of floats into blocks, each divided by `scale`. Shapes as `gatherBytesTemplate`.
@inlinable @inline(__always)
public func gatherFloatsTemplate(_ floats: UnsafePointer<Float>, width: Int, rows: UnsafePointer<UInt32>, count: Int, scale: Float, into out: InputBlocks) {
  let divisor = SIMD8<Float>(repeating: scale)
  gatherBlocks(rows, count, width, out) { first, present, base, panelWidth, list in
    for column in 0..<panelWidth {
      var eight = SIMD8<Float>()
      for r in 0..<present { eight[r] = floats[Int(rows[first + r]) * width + base + column] }
      if any(eight .!= SIMD8<Float>()) { list.append(column, eight / divisor) }
    }
  }
}

/// Runs `body(first row, rows, first input, inputs, list)` for each panel of each block, adds the bias's ones, and fills the lists up.
@inlinable @inline(__always)
func gatherBlocks(
  _ rows: UnsafePointer<UInt32>, _ count: Int, _ width: Int, _ out: InputBlocks,
  _ body: (_ first: Int, _ present: Int, _ base: Int, _ width: Int, inout InputList) -> Void
) {
  let rowNumbers = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7)
  for block in 0..<InputBlocks.blocks(count) {
    let first = block * 8
    let present = min(8, count - first)
    for panel in 0..<out.panels {
      let base = panel * 128
      var list = out.list(block: block, panel: panel)
      list.count = 0
      body(first, present, base, min(128, width - base), &list)
      if out.inputs > width, width / 128 == panel {
        list.append(width - base, SIMD8<Float>(repeating: 0).replacing(with: 1, where: rowNumbers .< Int32(truncatingIfNeeded: present)))
      }
      out.counts[block * out.panels + panel] = UInt32(truncatingIfNeeded: list.count)
      while list.count & 7 != 0 { list.append(128, SIMD8<Float>()) }
    }
  }
}
