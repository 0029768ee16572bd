import CVectorMath

// What random layers draw is a function of a key, the row's number in the batch and the column: nothing is stored, so the way back draws it again, and no
// division of the rows among workers changes it.

/// out = x · scale where a uniform number is at least `rate`, else 0; all (rows, columns), and `out` may be `x`. Row r draws as number firstRow + r.
@inlinable @inline(__always)
public func dropOutTemplate(_ x: Matrix, into out: Matrix, rate: Float, scale: Float, key: UInt64, firstRow: Int, rows: Int, columns: Int) {
  drawRows(x, into: out, key: key, firstRow: firstRow, rows: rows, columns: columns) { dropOut($0, $1, rate: rate, scale: scale) }
}

/// out = x + deviation · a standard normal number; shapes as above.
@inlinable @inline(__always)
public func addNoiseTemplate(_ x: Matrix, into out: Matrix, deviation: Float, key: UInt64, firstRow: Int, rows: Int, columns: Int) {
  drawRows(x, into: out, key: key, firstRow: firstRow, rows: rows, columns: columns) { addNoise($0, $1, deviation: deviation) }
}

@inlinable @inline(__always)
func dropOut(_ x: Vector, _ uniform: Vector, rate: Float, scale: Float) -> Vector { vector_if_less(uniform, splat(rate), splat(0), x * splat(scale)) }

@inlinable @inline(__always)
func addNoise(_ x: Vector, _ uniform: Vector, deviation: Float) -> Vector { multiplyAdd(standardNormal(uniform), splat(deviation), x) }

/// Runs over panels of 32 columns; `f` gets 16 numbers and as many uniform ones.
@inlinable @inline(__always)
func drawRows(_ x: Matrix, into out: Matrix, key: UInt64, firstRow: Int, rows: Int, columns: Int, _ f: (Vector, Vector) -> Vector) {
  var column = 0
  while column < columns {
    let (from, to) = (x.panel(at: column), out.panel(at: column))
    for row in 0..<rows {
      let uniform = uniformNumbers(key, row: firstRow + row, column: column)
      to.row(row).vector = f(from.row(row).vector, uniform.first)
      if columns - column > 16 { (to.row(row) + 16).vector = f((from.row(row) + 16).vector, uniform.second) }
    }
    column += 32
  }
}

/// For columns from `column`, a multiple of 32, on: see `vector_uniform`.
@inlinable @inline(__always)
func uniformNumbers(_ key: UInt64, row: Int, column: Int) -> (first: Vector, second: Vector) {
  let (row, column) = (UInt32(truncatingIfNeeded: row), UInt32(truncatingIfNeeded: column))
  return (vector_uniform(key, row, column, 0), vector_uniform(key, row, column, 1))
}

/// A normal number of mean 0 and variance 1 for a uniform one u = k·2⁻²⁴: √2·erf⁻¹(x) of x = 2u − 1 + 2⁻²⁴, which is never ±1. To 3e-7 of its size; at most
/// 5.4 in size. Source: Giles, "Approximating the erfinv function" (GPU Computing Gems, 2012), the formula for single precision; both branches times √2.
@inlinable @inline(__always)
func standardNormal(_ uniform: Vector) -> Vector {
  let x = multiplyAdd(uniform, splat(2), splat(-0.999_999_94))
  let w = splat(0) - logarithm((splat(1) - x) * (splat(1) + x))
  let near = w - splat(2.5)
  var p = splat(2.810_226_36e-08)
  p = multiplyAdd(p, near, splat(3.432_739_39e-07))
  p = multiplyAdd(p, near, splat(-3.523_387_7e-06))
  p = multiplyAdd(p, near, splat(-4.391_506_54e-06))
  p = multiplyAdd(p, near, splat(0.000_218_580_87))
  p = multiplyAdd(p, near, splat(-0.001_253_725_03))
  p = multiplyAdd(p, near, splat(-0.004_177_681_64))
  p = multiplyAdd(p, near, splat(0.246_640_727))
  p = multiplyAdd(p, near, splat(1.501_409_41))
  let far = vector_square_root(w) - splat(3)
  var q = splat(-0.000_200_214_257)
  q = multiplyAdd(q, far, splat(0.000_100_950_558))
  q = multiplyAdd(q, far, splat(0.001_349_343_22))
  q = multiplyAdd(q, far, splat(-0.003_673_428_44))
  q = multiplyAdd(q, far, splat(0.005_739_507_73))
  q = multiplyAdd(q, far, splat(-0.007_622_461_3))
  q = multiplyAdd(q, far, splat(0.009_438_870_47))
  q = multiplyAdd(q, far, splat(1.001_674_06))
  q = multiplyAdd(q, far, splat(2.832_976_82))
  return vector_if_less(w, splat(5), p, q) * (x * splat(1.414_213_56))
}

/// out = x · scale + offset; all (rows, columns), and `out` may be `x`.
@inlinable @inline(__always)
public func rescaleTemplate(_ x: Matrix, into out: Matrix, scale: Float, offset: Float, rows: Int, columns: Int) {
  var column = 0
  while column < columns {
    let (from, to) = (x.panel(at: column), out.panel(at: column))
    for row in 0..<rows { to.row(row).vector = multiplyAdd(from.row(row).vector, splat(scale), splat(offset)) }
    column += 16
  }
}

/// values[r, units] = 1, the input of the next layer's bias, which whatever wrote the columns before it may have overwritten.
@inlinable @inline(__always)
public func setOnesTemplate(_ values: Matrix, rows: Int, units: Int) {
  let ones = values.panel(at: units)
  for row in 0..<rows { ones.row(row)[0] = 1 }
}
