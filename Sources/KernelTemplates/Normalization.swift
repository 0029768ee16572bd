import CVectorMath

// Batch normalisation (Ioffe and Szegedy, 2015) and layer normalisation (Ba, Kiros and Hinton, 2016), with Keras's formulas: x̂ = (x − mean) / √(variance + ε),
// y = γ·x̂ + β, variance by the number of values.
//
// A batch's statistics are summed slice by slice, a slice being `normalizationSlice` rows whatever the number of workers, the slices of a block of rows in order,
// and the blocks in order: so they are the same bits whoever summed which of them, and what processes tell each other is two rows a block. Matrices of parameters
// have γ in row 0 and β in row 1; beyond the units both are 0.

/// Rows whose sums are taken as one.
@inlinable @inline(__always) public var normalizationSlice: Int { 8 }

/// For each slice s of x (rows, columns) and each column: its mean in slots[2s], and the sum of the squared distances from it in slots[2s + 1].
@inlinable @inline(__always)
public func columnMomentsTemplate(_ x: Matrix, into slots: Matrix, rows: Int, columns: Int) {
  var column = 0
  while column < columns {
    let (from, to) = (x.panel(at: column), slots.panel(at: column))
    var first = 0
    var slot = 0
    while first < rows {
      let count = min(normalizationSlice, rows - first)
      var sum = Vector()
      for row in first..<first + count { sum += from.row(row).vector }
      let mean = sum / splat(Float(count))
      var squares = Vector()
      for row in first..<first + count {
        let distance = from.row(row).vector - mean
        squares = multiplyAdd(distance, distance, squares)
      }
      to.row(slot).vector = mean
      to.row(slot + 1).vector = squares
      first += normalizationSlice
      slot += 2
    }
    column += 16
  }
}

/// Of the slices of a block of `rows` rows together, for a panel's first columns: the sum in block[0], the sum of the squared distances from the block's mean in
/// block[1]. The latter is that within the slices and that of their means (Chan, Golub and LeVeque, 1979), so that nothing cancels.
@inlinable @inline(__always)
public func joinSlicesTemplate(_ slots: Panel, into block: Panel, rows: Int, columns: Int) {
  let slices = (rows + normalizationSlice - 1) / normalizationSlice
  let last = Float(rows - (slices - 1) * normalizationSlice)
  @inline(__always) func count(_ slice: Int) -> Vector { splat(slice == slices - 1 ? last : Float(normalizationSlice)) }
  var column = 0
  while column < columns {
    var sum = Vector()
    for slice in 0..<slices { sum = multiplyAdd((slots.row(2 * slice) + column).vector, count(slice), sum) }
    let mean = sum / splat(Float(rows))
    var squares = Vector()
    for slice in 0..<slices {
      let distance = (slots.row(2 * slice) + column).vector - mean
      squares = multiplyAdd(distance * distance, count(slice), squares + (slots.row(2 * slice + 1) + column).vector)
    }
    (block.row(0) + column).vector = sum
    (block.row(1) + column).vector = squares
    column += 16
  }
}

/// Of the blocks of a batch of `rows` rows, each of `blockRows` but the last, likewise: the mean in moments[0], the variance in moments[1].
@inlinable @inline(__always)
public func joinBlocksTemplate(_ blocks: Panel, into moments: Panel, rows: Int, blockRows: Int, columns: Int) {
  let count = (rows + blockRows - 1) / blockRows
  var column = 0
  while column < columns {
    var sum = Vector()
    for block in 0..<count { sum += (blocks.row(2 * block) + column).vector }
    let mean = sum / splat(Float(rows))
    var squares = Vector()
    for block in 0..<count {
      let itsRows = splat(Float(min(blockRows, rows - block * blockRows)))
      let distance = (blocks.row(2 * block) + column).vector / itsRows - mean
      squares = multiplyAdd(distance * distance, itsRows, squares + (blocks.row(2 * block + 1) + column).vector)
    }
    (moments.row(0) + column).vector = mean
    (moments.row(1) + column).vector = squares / splat(Float(rows))
    column += 16
  }
}

/// normalized = x̂ and out = y for x (rows, columns), by moments[0] = mean and moments[1] = variance.
@inlinable @inline(__always)
public func normalizeColumnsTemplate(
  _ x: Matrix, moments: Matrix, epsilon: Float, parameters: Matrix, normalized: Matrix, into out: Matrix, rows: Int, columns: Int
) {
  var column = 0
  while column < columns {
    let mean = moments.place(0, column).vector
    let factor = splat(1) / vector_square_root(moments.place(1, column).vector + splat(epsilon))
    let (gamma, beta) = (parameters.place(0, column).vector, parameters.place(1, column).vector)
    let (from, kept, to) = (x.panel(at: column), normalized.panel(at: column), out.panel(at: column))
    for row in 0..<rows {
      let value = (from.row(row).vector - mean) * factor
      kept.row(row).vector = value
      to.row(row).vector = multiplyAdd(value, gamma, beta)
    }
    column += 16
  }
}

/// For each slice s and column: slots[2s] = Σ dy·x̂, the gradient of γ, and slots[2s + 1] = Σ dy, that of β. All (rows, columns).
@inlinable @inline(__always)
public func columnProductsTemplate(_ gradient: Matrix, normalized: Matrix, into slots: Matrix, rows: Int, columns: Int) {
  var column = 0
  while column < columns {
    let (delta, other, to) = (gradient.panel(at: column), normalized.panel(at: column), slots.panel(at: column))
    var first = 0
    var slot = 0
    while first < rows {
      var (products, sum) = (Vector(), Vector())
      for row in first..<min(first + normalizationSlice, rows) {
        products = multiplyAdd(delta.row(row).vector, other.row(row).vector, products)
        sum += delta.row(row).vector
      }
      to.row(slot).vector = products
      to.row(slot + 1).vector = sum
      first += normalizationSlice
      slot += 2
    }
    column += 16
  }
}

/// out[r] = Σ slots[2s + r] over `slices`, in order, for each r of `rows` and a panel's first columns; with `adds`, added to what is there.
@inlinable @inline(__always)
public func addSlicesTemplate(_ slots: Panel, into out: Panel, slices: Range<Int>, rows: Range<Int>, columns: Int, adds: Bool) {
  for row in rows {
    var column = 0
    while column < columns {
      var sum = adds ? (out.row(row) + column).vector : Vector()
      for slice in slices { sum += (slots.row(2 * slice + row) + column).vector }
      (out.row(row) + column).vector = sum
      column += 16
    }
  }
}

/// In place: dx = γ / √(variance + ε) · (dy − Σ dy / n − x̂ · Σ dy·x̂ / n) for some rows of a batch of n, by products[0] = Σ dy·x̂ and products[1] = Σ dy.
@inlinable @inline(__always)
public func normalizeColumnsGradientTemplate(
  _ gradient: Matrix, normalized: Matrix, moments: Matrix, products: Matrix, epsilon: Float, parameters: Matrix, batch: Int, rows: Int, columns: Int
) {
  let count = splat(Float(batch))
  var column = 0
  while column < columns {
    let factor = parameters.place(0, column).vector / vector_square_root(moments.place(1, column).vector + splat(epsilon))
    let product = products.place(0, column).vector / count
    let mean = products.place(1, column).vector / count
    let (delta, other) = (gradient.panel(at: column), normalized.panel(at: column))
    for row in 0..<rows {
      let rest = delta.row(row).vector - mean
      delta.row(row).vector = factor * (rest - other.row(row).vector * product)
    }
    column += 16
  }
}

/// values = values · momentum + target · share; both (rows, columns). What lies behind the units stays zero, whatever the target has there.
@inlinable @inline(__always)
public func moveRowsTemplate(_ values: Matrix, towards target: Matrix, keeping momentum: Float, share: Float, rows: Int, columns: Int, units: Int) {
  var column = 0
  while column < columns {
    for row in 0..<rows {
      let place = values.place(row, column)
      let moved = multiplyAdd(target.place(row, column).vector, splat(share), place.vector * splat(momentum))
      place.vector = keepingFirst(units - column, moved, else: Vector())
    }
    column += 16
  }
}

/// normalized = x̂ and out = y for x (rows, columns), each row by its own mean and variance over `units`; factors[r] = 1 / √(variance + ε).
@inlinable @inline(__always)
public func normalizeRowsTemplate(
  _ x: Matrix, epsilon: Float, parameters: Matrix, normalized: Matrix, factors: UnsafeMutablePointer<Float>, into out: Matrix, rows: Int, columns: Int,
  units: Int
) {
  let count = splat(Float(units))
  for row in 0..<rows {
    let mean = rowSum(columns) { keepingFirst(units - $0, x.place(row, $0).vector, else: Vector()) } / count
    let squares = rowSum(columns) { column in
      let distance = keepingFirst(units - column, x.place(row, column).vector - mean, else: Vector())
      return distance * distance
    }
    let factor = splat(1) / vector_square_root(squares / count + splat(epsilon))
    factors[row] = factor[0]
    var column = 0
    while column < columns {
      let value = keepingFirst(units - column, (x.place(row, column).vector - mean) * factor, else: Vector())
      normalized.place(row, column).vector = value
      out.place(row, column).vector = multiplyAdd(value, parameters.place(0, column).vector, parameters.place(1, column).vector)
      column += 16
    }
  }
}

/// In place: with g = γ·dy, dx = factor · (g − mean of g − x̂ · mean of g·x̂), the means over a row's `units`; zeros beyond.
@inlinable @inline(__always)
public func normalizeRowsGradientTemplate(
  _ gradient: Matrix, normalized: Matrix, factors: UnsafePointer<Float>, parameters: Matrix, rows: Int, columns: Int, units: Int
) {
  let count = splat(Float(units))
  for row in 0..<rows {
    @inline(__always) func scaled(_ column: Int) -> Vector { gradient.place(row, column).vector * parameters.place(0, column).vector }
    let mean = rowSum(columns) { scaled($0) } / count
    let product = rowSum(columns) { scaled($0) * normalized.place(row, $0).vector } / count
    var column = 0
    while column < columns {
      let rest = scaled(column) - mean - normalized.place(row, column).vector * product
      gradient.place(row, column).vector = keepingFirst(units - column, rest * splat(factors[row]), else: Vector())
      column += 16
    }
  }
}

/// The sum over a row, in every lane.
@inlinable @inline(__always)
func rowSum(_ columns: Int, _ value: (Int) -> Vector) -> Vector {
  var sum = Vector()
  var column = 0
  while column < columns {
    sum += value(column)
    column += 16
  }
  return splat(vector_sum(sum))
}
