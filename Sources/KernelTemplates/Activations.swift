import CVectorMath

/// The activations a kernel knows.
@frozen public enum ActivationKernel: Sendable {
  case linear, sigmoid, relu, tanh, softmax
}

/// In place: a = f(z) over (rows, columns), columns a multiple of 16; then a[r, units] = 1, the input of the next layer's bias.
///
/// Columns from `units` on hold zeros before and anything finite after; nothing reads them but the one at `units`.
@inlinable @inline(__always)
public func activateTemplate(_ kind: ActivationKernel, _ values: Matrix, rows: Int, columns: Int, units: Int) {
  switch kind {
  case .linear: break
  case .sigmoid: mapRows(values, rows, columns) { logistic($0) }
  case .relu: mapRows(values, rows, columns) { vector_max(splat(0), $0) }
  case .tanh: mapRows(values, rows, columns) { hyperbolicTangent($0) }
  case .softmax: for row in 0..<rows { softmaxRow(values, row, columns, units) }
  }
  let ones = values.panel(at: units)
  for row in 0..<rows { ones.row(row)[0] = 1 }
}

/// In place: dz = da · f′(z), with f′ told from the outputs a = f(z); both (rows, columns). Columns from `units` on stay zero.
@inlinable @inline(__always)
public func activationGradientTemplate(_ kind: ActivationKernel, outputs: Matrix, _ gradient: Matrix, rows: Int, columns: Int, units: Int) {
  switch kind {
  case .linear: break
  case .sigmoid: combineRows(gradient, outputs, rows, columns) { da, a in da * (a * (splat(1) - a)) }
  case .relu: combineRows(gradient, outputs, rows, columns) { da, a in vector_if_less(splat(0), a, da, splat(0)) }
  case .tanh: combineRows(gradient, outputs, rows, columns) { da, a in da * (splat(1) - a * a) }
  case .softmax: for row in 0..<rows { softmaxGradientRow(outputs, gradient, row, columns, units) }
  }
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
