import CVectorMath

// Regularisers: l1·Σ|x| + l2·Σx², and its slope l1·sign x + 2·l2·x.

/// sums[i] = the penalty of 16 numbers from 16·i on.
@inlinable @inline(__always)
public func penaltiesTemplate(_ values: UnsafePointer<Float>, l1: Float, l2: Float, into sums: UnsafeMutablePointer<Float>, count: Int) {
  var i = 0
  while i < count {
    sums[i / 16] = vector_sum(penalty((values + i).vector, l1: l1, l2: l2))
    i += 16
  }
}

/// gradient += scale · slope, of `count` weights, a multiple of 16: `scale` is what the gradient's sum will be divided by.
@inlinable @inline(__always)
public func penalizeTemplate(
  _ weights: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, l1: Float, l2: Float, scale: Float, count: Int
) {
  let (first, second) = (splat(scale * l1), splat(scale * 2 * l2))
  var i = 0
  while i < count {
    let weight = (weights + i).vector
    (gradient + i).vector = multiplyAdd(weight, second, multiplyAdd(signum(weight), first, (gradient + i).vector))
    i += 16
  }
}

/// losses[r] += the penalty of x[r, :], (rows, units).
@inlinable @inline(__always)
public func activityPenaltyTemplate(_ x: Matrix, l1: Float, l2: Float, losses: UnsafeMutablePointer<Float>, rows: Int, units: Int) {
  var column = 0
  while column < units {
    let panel = x.panel(at: column)
    for row in 0..<rows { losses[row] += vector_sum(penalty(lanes(units - column, of: panel.row(row).vector), l1: l1, l2: l2)) }
    column += 16
  }
}

/// gradient[r, :] += the slope at x[r, :], (rows, units).
@inlinable @inline(__always)
public func activityPenaltyGradientTemplate(_ x: Matrix, _ gradient: Matrix, l1: Float, l2: Float, rows: Int, units: Int) {
  var column = 0
  while column < units {
    let (panel, delta) = (x.panel(at: column), gradient.panel(at: column))
    for row in 0..<rows {
      let value = lanes(units - column, of: panel.row(row).vector)
      delta.row(row).vector = multiplyAdd(value, splat(2 * l2), multiplyAdd(signum(value), splat(l1), delta.row(row).vector))
    }
    column += 16
  }
}

@inlinable @inline(__always)
func penalty(_ x: Vector, l1: Float, l2: Float) -> Vector { multiplyAdd(x * x, splat(l2), vector_absolute(x) * splat(l1)) }

/// The first `count` lanes, and 0 in the others: behind a layer's units stands the 1 of the next layer's bias.
@inlinable @inline(__always)
func lanes(_ count: Int, of x: Vector) -> Vector {
  let numbers = Vector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
  return vector_if_less(numbers, splat(Float(count)), x, splat(0))
}
