import CVectorMath

/// The activations a kernel knows. Keras's formulas (keras.io/api/layers/activations).
@frozen public enum ActivationKernel: Equatable, Sendable {
  case linear, sigmoid, relu, tanh, softmax
  /// ln(1 + e^z).
  case softplus
  /// z / (1 + |z|).
  case softsign
  /// z above 0, else α·(e^z − 1).
  case elu(alpha: Float)
  /// 1.0507·elu(z, 1.6733), the constants of Klambauer et al., "Self-normalizing neural networks" (2017).
  case selu
  /// z·Φ(z), Φ being the normal distribution.
  case gelu
  /// ½z·(1 + tanh u) with u = √(2/π)·(z + 0.044715·z³), which is z·σ(2u).
  case geluTanh
  /// z·σ(z).
  case silu
  /// z above 0, else slope·z.
  case leakyRelu(negativeSlope: Float)
  /// e^z.
  case exponential
  /// (z + 3) / 6 between 0 and 1.
  case hardSigmoid
  /// z·tanh(ln(1 + e^z)).
  case mish

  /// Whether the derivative is told from the sums z; else from the outputs.
  @inlinable public var derivativeNeedsSums: Bool {
    switch self {
    case .gelu, .geluTanh, .silu, .mish: true
    default: false
    }
  }
}

/// In place: a = f(z) over (rows, columns), columns a multiple of 16; then a[r, units] = 1, the input of the next layer's bias.
///
/// Columns from `units` on hold zeros before and anything finite after; nothing reads them but the one at `units`.
///
/// - Parameter sums: of the same shape; where the derivative needs them, z goes there. Else nothing does.
@inlinable @inline(__always)
public func activateTemplate(_ kind: ActivationKernel, _ values: Matrix, keeping sums: Matrix, rows: Int, columns: Int, units: Int) {
  switch kind {
  case .linear: break
  case .sigmoid: mapRows(values, rows, columns) { logistic($0) }
  case .relu: mapRows(values, rows, columns) { vector_max(splat(0), $0) }
  case .tanh: mapRows(values, rows, columns) { hyperbolicTangent($0) }
  case .softmax: for row in 0..<rows { softmaxRow(values, row, columns, units) }
  case .softplus: mapRows(values, rows, columns) { softplus($0) }
  case .softsign: mapRows(values, rows, columns) { z in z / (splat(1) + vector_absolute(z)) }
  case .elu(let alpha): mapRows(values, rows, columns) { exponentialLinear($0, scale: 1, alpha: alpha) }
  case .selu: mapRows(values, rows, columns) { exponentialLinear($0, scale: seluScale, alpha: seluScale * seluAlpha) }
  case .gelu: mapRows(values, keeping: sums, rows, columns) { z in z * normalDistribution(z) }
  case .geluTanh: mapRows(values, keeping: sums, rows, columns) { z in z * geluGate(z).sigma }
  case .silu: mapRows(values, keeping: sums, rows, columns) { z in z * logistic(z) }
  case .leakyRelu(let slope): mapRows(values, rows, columns) { z in vector_if_less(z, splat(0), z * splat(slope), z) }
  // By halves: the square overflows to infinity, where the exponential alone stops at its border.
  case .exponential:
    mapRows(values, rows, columns) { z in
      let root = exponential(z * splat(0.5))
      return root * root
    }
  case .hardSigmoid: mapRows(values, rows, columns) { z in vector_max(splat(0), vector_min(splat(6), z + splat(3))) / splat(6) }
  case .mish: mapRows(values, keeping: sums, rows, columns) { z in z * softplusTangent(z) }
  }
  let ones = values.panel(at: units)
  for row in 0..<rows { ones.row(row)[0] = 1 }
}

/// In place: dz = da · f′(z); all matrices (rows, columns). Columns from `units` on stay zero.
///
/// - Parameter kept: what f′ is told from: the outputs a = f(z), or the sums z for those kinds that need them.
@inlinable @inline(__always)
public func activationGradientTemplate(_ kind: ActivationKernel, kept: Matrix, _ gradient: Matrix, rows: Int, columns: Int, units: Int) {
  switch kind {
  case .linear: break
  case .sigmoid: combineRows(gradient, kept, rows, columns) { da, a in da * (a * (splat(1) - a)) }
  case .relu: combineRows(gradient, kept, rows, columns) { da, a in vector_if_less(splat(0), a, da, splat(0)) }
  case .tanh: combineRows(gradient, kept, rows, columns) { da, a in da * (splat(1) - a * a) }
  case .softmax: for row in 0..<rows { softmaxGradientRow(kept, gradient, row, columns, units) }
  // σ(z) = 1 − e^−a.
  case .softplus: combineRows(gradient, kept, rows, columns) { da, a in da * (splat(0) - exponentialLessOne(splat(0) - a)) }
  case .softsign:
    combineRows(gradient, kept, rows, columns) { da, a in
      let rest = splat(1) - vector_absolute(a)
      return da * (rest * rest)
    }
  // Below 0, α·e^z = a + α.
  case .elu(let alpha): combineRows(gradient, kept, rows, columns) { da, a in da * vector_if_less(splat(0), a, splat(1), a + splat(alpha)) }
  case .selu:
    combineRows(gradient, kept, rows, columns) { da, a in da * vector_if_less(splat(0), a, splat(seluScale), a + splat(seluScale * seluAlpha)) }
  case .gelu:
    combineRows(gradient, kept, rows, columns) { da, z in
      let density = exponential(z * z * splat(-0.5)) * splat(0.398_942_28)
      return da * multiplyAdd(z, density, normalDistribution(z))
    }
  case .geluTanh:
    combineRows(gradient, kept, rows, columns) { da, z in
      let gate = geluGate(z)
      return da * multiplyAdd(z, gate.derivative, gate.sigma)
    }
  case .silu:
    combineRows(gradient, kept, rows, columns) { da, z in
      let sigma = logistic(z)
      return da * (sigma * multiplyAdd(z, splat(1) - sigma, splat(1)))
    }
  case .leakyRelu(let slope): combineRows(gradient, kept, rows, columns) { da, a in vector_if_less(a, splat(0), da * splat(slope), da) }
  case .exponential: combineRows(gradient, kept, rows, columns) { da, a in da * a }
  case .hardSigmoid:
    combineRows(gradient, kept, rows, columns) { da, a in vector_if_less(splat(0), a, vector_if_less(a, splat(1), da / splat(6), splat(0)), splat(0)) }
  case .mish:
    combineRows(gradient, kept, rows, columns) { da, z in
      let tangent = softplusTangent(z)
      return da * multiplyAdd(z * logistic(z), splat(1) - tangent * tangent, tangent)
    }
  }
}

@inlinable @inline(__always) var seluScale: Float { 1.050_701 }
@inlinable @inline(__always) var seluAlpha: Float { 1.673_263_2 }

/// scale·z above 0, else α·(e^z − 1).
@inlinable @inline(__always)
func exponentialLinear(_ z: Vector, scale: Float, alpha: Float) -> Vector {
  vector_if_less(splat(0), z, z * splat(scale), exponentialLessOne(z) * splat(alpha))
}

/// Φ(z) = ½·(1 + erf(z / √2)).
@inlinable @inline(__always)
func normalDistribution(_ z: Vector) -> Vector { multiplyAdd(errorFunction(z * splat(0.707_106_77)), splat(0.5), splat(0.5)) }

/// σ(2u) and its derivative by z, for u = √(2/π)·(z + 0.044715·z³). The smaller of σ and 1 − σ is computed, and so exact; beyond 12 it is 0 to the last bit
/// of the result, and the limit keeps the cube from overflowing.
@inlinable @inline(__always)
func geluGate(_ z: Vector) -> (sigma: Vector, derivative: Vector) {
  let near = vector_max(splat(-12), vector_min(splat(12), z))
  let cubic = near * near * splat(0.044_715)
  let small = logistic(splat(0) - vector_absolute(near * splat(1.595_769_1) * (splat(1) + cubic)))
  let slope = splat(1.595_769_1) * multiplyAdd(cubic, splat(3), splat(1))
  return (vector_if_less(z, splat(0), small, splat(1) - small), slope * (small * (splat(1) - small)))
}

/// tanh(ln(1 + e^z)): with e = e^−|z|, (1 + 2e) / (1 + 2e + 2e²) above 0 and (2e + e²) / (2e + e² + 2) below.
@inlinable @inline(__always)
func softplusTangent(_ z: Vector) -> Vector {
  let e = exponential(splat(0) - vector_absolute(z))
  let square = e * e
  let upper = multiplyAdd(e, splat(2), splat(1))
  let lower = multiplyAdd(e, splat(2), square)
  let isBelow = { (no: Vector, yes: Vector) in vector_if_less(z, splat(0), yes, no) }
  return isBelow(upper, lower) / isBelow(multiplyAdd(square, splat(2), upper), lower + splat(2))
}

@inlinable @inline(__always)
func mapRows(_ values: Matrix, _ rows: Int, _ columns: Int, _ f: (Vector) -> Vector) {
  var column = 0
  while column < columns {
    let panel = values.panel(at: column)
    for row in 0..<rows { panel.row(row).vector = f(panel.row(row).vector) }
    column += 16
  }
}

/// As `mapRows`; what was there goes to `others`.
@inlinable @inline(__always)
func mapRows(_ values: Matrix, keeping others: Matrix, _ rows: Int, _ columns: Int, _ f: (Vector) -> Vector) {
  var column = 0
  while column < columns {
    let (panel, other) = (values.panel(at: column), others.panel(at: column))
    for row in 0..<rows {
      let value = panel.row(row).vector
      other.row(row).vector = value
      panel.row(row).vector = f(value)
    }
    column += 16
  }
}

@inlinable @inline(__always)
func combineRows(_ values: Matrix, _ others: Matrix, _ rows: Int, _ columns: Int, _ f: (Vector, Vector) -> Vector) {
  var column = 0
  while column < columns {
    let (panel, other) = (values.panel(at: column), others.panel(at: column))
    for row in 0..<rows { panel.row(row).vector = f(panel.row(row).vector, other.row(row).vector) }
    column += 16
  }
}

/// The numbers 0 … 15, one a lane.
@inlinable @inline(__always) var laneNumbers: Vector { Vector(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) }

/// `values` in the first `count` lanes, `filler` in the others.
@inlinable @inline(__always)
func keepingFirst(_ count: Int, _ values: Vector, else filler: Vector) -> Vector {
  vector_if_less(laneNumbers, splat(Float(count)), values, filler)
}

/// The largest of values[row, 0 ..< units].
@inlinable @inline(__always)
func largest(_ values: Matrix, _ row: Int, _ columns: Int, _ units: Int) -> Float {
  let lowest = splat(-Float.infinity)
  var running = lowest
  var column = 0
  while column < columns {
    running = vector_max(running, keepingFirst(units - column, values.place(row, column).vector, else: lowest))
    column += 16
  }
  return vector_largest(running)
}

/// In place: e^(z − max) / Σ e^(z − max) over one row; zeros from `units` on.
@inlinable @inline(__always)
func softmaxRow(_ values: Matrix, _ row: Int, _ columns: Int, _ units: Int) {
  let top = splat(largest(values, row, columns, units))
  var sums = Vector()
  var column = 0
  while column < columns {
    let e = keepingFirst(units - column, exponential(values.place(row, column).vector - top), else: Vector())
    values.place(row, column).vector = e
    sums += e
    column += 16
  }
  let total = splat(vector_sum(sums))
  column = 0
  while column < columns {
    values.place(row, column).vector = values.place(row, column).vector / total
    column += 16
  }
}

/// In place: dz = a · (da − Σ da·a) over one row; zeros from `units` on.
@inlinable @inline(__always)
func softmaxGradientRow(_ outputs: Matrix, _ gradient: Matrix, _ row: Int, _ columns: Int, _ units: Int) {
  var sums = Vector()
  var column = 0
  while column < columns {
    sums = multiplyAdd(gradient.place(row, column).vector, keepingFirst(units - column, outputs.place(row, column).vector, else: Vector()), sums)
    column += 16
  }
  let mean = splat(vector_sum(sums))
  column = 0
  while column < columns {
    let a = keepingFirst(units - column, outputs.place(row, column).vector, else: Vector())
    gradient.place(row, column).vector = a * (gradient.place(row, column).vector - mean)
    column += 16
  }
}
