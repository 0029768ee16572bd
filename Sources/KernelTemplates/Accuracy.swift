import CVectorMath

/// How many of `rows` have their largest output at `classes[r]`; the first of equals counts, as in NumPy's `argmax`. outputs has `columns` columns.
@inlinable @inline(__always)
public func countLargestTemplate(_ outputs: Matrix, classes: UnsafePointer<Int32>, rows: Range<Int>, columns: Int, units: Int) -> Int {
  var count = 0
  for row in rows where indexOfLargest(outputs, row, columns, units) == Int(classes[row]) { count += 1 }
  return count
}

/// How many of `rows` have output[r, 0] > threshold where target[r, 0] is `one`, or not above it where that is `zero` (Keras's `binary_accuracy`).
@inlinable @inline(__always)
public func countThresholdTemplate(_ outputs: Matrix, targets: Matrix, threshold: Float, zero: Float, one: Float, rows: Range<Int>) -> Int {
  var count = 0
  for row in rows where targets[row, 0] == (outputs[row, 0] > threshold ? one : zero) { count += 1 }
  return count
}

/// The place of the first largest of values[row, 0 ..< units].
@inlinable @inline(__always)
func indexOfLargest(_ values: Matrix, _ row: Int, _ columns: Int, _ units: Int) -> Int {
  let top = splat(largest(values, row, columns, units))
  let none = splat(Float.greatestFiniteMagnitude)
  var column = 0
  while column < columns {
    let here = keepingFirst(units - column, vector_if_equal(values.place(row, column).vector, top, laneNumbers, none), else: none)
    let lane = vector_smallest(here)
    if lane < 16 { return column + Int(lane) }
    column += 16
  }
  return -1  // every value is NaN
}
