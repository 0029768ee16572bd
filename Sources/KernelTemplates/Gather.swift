import CVectorMath

/// out[r, 0 ..< width] = bytes of row rows[r], divided by `scale`; out[r, width] = 1, the input of the bias.
///
/// bytes is (any, width), unsigned 8-bit; out is (count, ≥ width + 1). The quotient is correctly rounded: the same as `Float(byte) /
/// scale`.
@inlinable @inline(__always)
public func gatherBytesTemplate(_ bytes: UnsafePointer<UInt8>, width: Int, rows: UnsafePointer<UInt32>, count: Int, scale: Float, into out: Matrix) {
  let divisor = splat(scale)
  let reciprocal = splat(1 / scale)
  for index in 0..<count {
    let source = bytes + Int(rows[index]) * width
    let destination = out.row(index)
    var column = 0
    while column + 16 <= width {
      let pixels = UnsafeRawPointer(source + column).loadUnaligned(as: SIMD16<UInt8>.self)
      (destination + column).vector = vector_divide(vector_from_bytes(pixels), divisor, reciprocal)
      column += 16
    }
    // The last row may end where its page does, so the rest is read byte by byte.
    while column < width {
      destination[column] = Float(source[column]) / scale
      column += 1
    }
    destination[width] = 1
  }
}

/// out[r, 0 ..< width] = floats of row rows[r], divided by `scale`; out[r, width] = 1. Shapes as `gatherBytesTemplate`.
@inlinable @inline(__always)
public func gatherFloatsTemplate(_ floats: UnsafePointer<Float>, width: Int, rows: UnsafePointer<UInt32>, count: Int, scale: Float, into out: Matrix) {
  let divisor = splat(scale)
  for index in 0..<count {
    let source = floats + Int(rows[index]) * width
    let destination = out.row(index)
    var column = 0
    while column + 16 <= width {
      (destination + column).vector = (source + column).vector / divisor
      column += 16
    }
    while column < width {
      destination[column] = source[column] / scale
      column += 1
    }
    destination[width] = 1
  }
}
