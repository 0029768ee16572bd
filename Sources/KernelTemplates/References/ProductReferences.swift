// Scalar references of the matrix kernels: the same chains of multiply-adds, one number at a time. They define the bits that every tile
// must give.

/// Element (row, column) of x (rows, inner) · w (inner, columns). `fused` says whether a multiply-add rounds once.
public func multiplyReference(_ x: Matrix, _ w: Matrix, row: Int, column: Int, inner: Int, fused: Bool) -> Float {
  (0..<inner).reduce(0) { sum, k in multiplyAddReference(x[row, k], w[k, column], sum, fused) }
}

/// out (rows, columns) = x (rows, inner) · w (inner, columns).
public func multiplyReference(_ x: Matrix, _ w: Matrix, into out: Matrix, rows: Int, inner: Int, columns: Int, fused: Bool) {
  for row in 0..<rows { for column in 0..<columns { out[row, column] = multiplyReference(x, w, row: row, column: column, inner: inner, fused: fused) } }
}

/// Element (input, column) of xᵀ · dz, behind `start`.
public func weightGradientReference(
  _ x: Matrix, _ dz: Matrix, input: Int, column: Int, rows: Int, startingWith start: Float = 0, fused: Bool
) -> Float {
  (0..<rows).reduce(start) { sum, row in multiplyAddReference(x[row, input], dz[row, column], sum, fused) }
}

/// gradient (inputs, columns) = xᵀ · dz.
public func weightGradientReference(_ x: Matrix, _ dz: Matrix, into gradient: Matrix, rows: Int, inputs: Int, columns: Int, fused: Bool) {
  for input in 0..<inputs {
    for column in 0..<columns { gradient[input, column] = weightGradientReference(x, dz, input: input, column: column, rows: rows, fused: fused) }
  }
}

/// x·y + z, rounded once if `fused`.
public func multiplyAddReference(_ x: Float, _ y: Float, _ z: Float, _ fused: Bool) -> Float {
  fused ? z.addingProduct(x, y) : x * y + z
}
