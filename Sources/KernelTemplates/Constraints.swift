import CVectorMath

/// The constraints a kernel knows.
@frozen public enum ConstraintKernel: Equatable, Sendable {
  /// w = max(w, 0).
  case nonNegative
  /// w · desired / (norm + 1e-7), desired = rate · (norm, but from `lower` to `upper`) + (1 − rate) · norm, as Keras.
  case norm(lower: Float, upper: Float, rate: Float)
}

/// In place, for `rows` rows of a panel, whose columns are what has a norm: the weights into each unit.
@inlinable @inline(__always)
public func constrainColumnsTemplate(_ kind: ConstraintKernel, _ weights: Panel, rows: Int) {
  var column = 0
  while column < weights.stride {
    switch kind {
    case .nonNegative: for row in 0..<rows { (weights.row(row) + column).vector = vector_max((weights.row(row) + column).vector, splat(0)) }
    case .norm(let lower, let upper, let rate):
      var squares = Vector()
      for row in 0..<rows { squares = multiplyAdd((weights.row(row) + column).vector, (weights.row(row) + column).vector, squares) }
      let factor = constraintFactor(squares, lower: lower, upper: upper, rate: rate)
      for row in 0..<rows { (weights.row(row) + column).vector *= factor }
    }
    column += 16
  }
}

/// In place, for one row of a matrix, which has one norm: a bias.
@inlinable @inline(__always)
public func constrainRowTemplate(_ kind: ConstraintKernel, _ weights: Matrix, columns: Int) {
  guard case .norm(let lower, let upper, let rate) = kind else {
    for column in stride(from: 0, to: columns, by: 16) { weights.place(0, column).vector = vector_max(weights.place(0, column).vector, splat(0)) }
    return
  }
  var squares = Vector()
  for column in stride(from: 0, to: columns, by: 16) {
    squares = multiplyAdd(weights.place(0, column).vector, weights.place(0, column).vector, squares)
  }
  let factor = constraintFactor(splat(vector_sum(squares)), lower: lower, upper: upper, rate: rate)
  for column in stride(from: 0, to: columns, by: 16) { weights.place(0, column).vector *= factor }
}

/// What vectors of these squared norms are multiplied by.
@inlinable @inline(__always)
func constraintFactor(_ squares: Vector, lower: Float, upper: Float, rate: Float) -> Vector {
  let norm = vector_square_root(squares)
  let desired = multiplyAdd(vector_max(splat(lower), vector_min(splat(upper), norm)), splat(rate), norm * splat(1 - rate))
  return desired / (norm + splat(1e-7))
}
