import CVectorMath

// What happens to inputs before the first layer, where it is more than a division: a row is written out as floats, changed in place, and then gathered from
// there. `columns` of it may be widened to whole blocks of 32, so there must be room behind its end.

/// values[c] = bytes[c] / scale, correctly rounded, for each c of `columns`.
@inlinable @inline(__always)
public func expandBytesTemplate(_ bytes: UnsafePointer<UInt8>, scale: Float, columns: Range<Int>, into values: UnsafeMutablePointer<Float>) {
  let divisor = SIMD8<Float>(repeating: scale)
  let reciprocal = SIMD8<Float>(repeating: 1 / scale)
  var column = columns.lowerBound
  while column + 8 <= columns.upperBound {
    UnsafeMutableRawPointer(values + column).storeBytes(of: vector_divide_bytes(bytes + column, divisor, reciprocal), as: SIMD8<Float>.self)
    column += 8
  }
  while column < columns.upperBound {
    values[column] = Float(bytes[column]) / scale
    column += 1
  }
}

/// The same for floats.
@inlinable @inline(__always)
public func expandFloatsTemplate(_ floats: UnsafePointer<Float>, scale: Float, columns: Range<Int>, into values: UnsafeMutablePointer<Float>) {
  for column in columns { values[column] = floats[column] / scale }
}

/// In place: (x − centers[c]) · factors[c] + offsets[c]; these have room for whole blocks.
@inlinable @inline(__always)
public func scaleInputsTemplate(
  _ values: UnsafeMutablePointer<Float>, centers: UnsafePointer<Float>, factors: UnsafePointer<Float>, offsets: UnsafePointer<Float>, columns: Range<Int>
) {
  var column = columns.lowerBound & ~31
  while column < columns.upperBound {
    // Both halves of a block at once. With one vector a turn, the compiler left a call in the loop.
    let first = (values + column).vector - (centers + column).vector
    let second = (values + column + 16).vector - (centers + column + 16).vector
    (values + column).vector = multiplyAdd(first, (factors + column).vector, (offsets + column).vector)
    (values + column + 16).vector = multiplyAdd(second, (factors + column + 16).vector, (offsets + column + 16).vector)
    column += 32
  }
}

/// In place, for the row of this number in the batch: as `dropOutTemplate`.
@inlinable @inline(__always)
public func dropOutInputsTemplate(_ values: UnsafeMutablePointer<Float>, rate: Float, scale: Float, key: UInt64, row: Int, columns: Range<Int>) {
  drawInputs(values, key: key, row: row, columns: columns) { dropOut($0, $1, rate: rate, scale: scale) }
}

/// In place, for the row of this number in the batch: as `addNoiseTemplate`.
@inlinable @inline(__always)
public func addNoiseToInputsTemplate(_ values: UnsafeMutablePointer<Float>, deviation: Float, key: UInt64, row: Int, columns: Range<Int>) {
  drawInputs(values, key: key, row: row, columns: columns) { addNoise($0, $1, deviation: deviation) }
}

@inlinable @inline(__always)
func drawInputs(_ values: UnsafeMutablePointer<Float>, key: UInt64, row: Int, columns: Range<Int>, _ f: (Vector, Vector) -> Vector) {
  var column = columns.lowerBound & ~31
  while column < columns.upperBound {
    let place = values + column
    let uniform = uniformNumbers(key, row: row, column: column)
    place.vector = f(place.vector, uniform.first)
    (place + 16).vector = f((place + 16).vector, uniform.second)
    column += 32
  }
}
