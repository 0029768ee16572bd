import CVectorMath

/// The losses a kernel knows, and what they take as the network's output.
@frozen public enum LossKernel: Sendable {
  /// Logits z → −Σ y·log softmax(z).
  case softmaxCrossentropy
  /// Probabilities p, scaled to sum 1 and clipped to [1e-7, 1 − 1e-7] as Keras does → −Σ y·log p.
  case categoricalCrossentropy
  /// Logits z → mean of −y·log σ(z) − (1−y)·log(1 − σ(z)).
  case sigmoidCrossentropy
  /// Probabilities p, clipped to [1e-7, 1 − 1e-7] as Keras does → mean of −y·log p − (1−y)·log(1−p).
  case binaryCrossentropy
  /// mean of (y − p)².
  case meanSquaredError
}

/// Keras's `epsilon()`: probabilities are clipped this far from 0 and 1.
@inlinable @inline(__always) var probabilityClip: Float { 1e-7 }

/// The loss of each row, losses[r], and its gradient with respect to the network's output, gradient[r, :].
///
/// outputs, targets and gradient are (rows, columns), columns a multiple of 16, of which `units` count; the gradient is zero in the others.
/// Nothing is divided by the batch here: the reducer does that.
@inlinable @inline(__always)
public func lossTemplate(
  _ kind: LossKernel, outputs: Matrix, targets: Matrix, gradient: Matrix, rows: Int, columns: Int, units: Int, losses: UnsafeMutablePointer<Float>
) {
  switch kind {
  case .softmaxCrossentropy: softmaxCrossentropy(outputs, targets, gradient, rows, columns, units, losses)
  case .categoricalCrossentropy: categoricalCrossentropy(outputs, targets, gradient, rows, columns, units, losses)
  case .sigmoidCrossentropy:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { z, y in
      let decay = exponential(splat(0) - vector_absolute(z))
      let loss = vector_max(splat(0), z) - z * y + logarithmOfOnePlus(decay)
      return (loss, logistic(z) - y)
    }
  case .binaryCrossentropy:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { output, y in
      let p = clipped(output)
      let q = splat(1) - p
      let loss = splat(0) - multiplyAdd(y, logarithm(p), (splat(1) - y) * logarithm(q))
      return (loss, passingUnclipped(output, (p - y) / (p * q)))
    }
  case .meanSquaredError:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { output, y in
      let difference = output - y
      return (difference * difference, difference + difference)
    }
  }
}

/// A loss that is the mean over the outputs of some function of (output, target), which also gives the derivative.
@inlinable @inline(__always)
func averagedLoss(
  _ outputs: Matrix, _ targets: Matrix, _ gradient: Matrix, _ rows: Int, _ columns: Int, _ units: Int, _ losses: UnsafeMutablePointer<Float>,
  _ term: (Vector, Vector) -> (loss: Vector, derivative: Vector)
) {
  let share = splat(1 / Float(units))
  for row in 0..<rows {
    var sums = Vector()
    var column = 0
    while column < columns {
      let (loss, derivative) = term(outputs.place(row, column).vector, targets.place(row, column).vector)
      sums += keepingFirst(units - column, loss, else: Vector())
      gradient.place(row, column).vector = keepingFirst(units - column, derivative * share, else: Vector())
      column += 16
    }
    losses[row] = vector_sum(sums) / Float(units)
  }
}

/// With s = Σ e^(z − max): loss = (max + log s)·Σy − Σ y·z, gradient = softmax(z)·Σy − y.
@inlinable @inline(__always)
func softmaxCrossentropy(
  _ outputs: Matrix, _ targets: Matrix, _ gradient: Matrix, _ rows: Int, _ columns: Int, _ units: Int, _ losses: UnsafeMutablePointer<Float>
) {
  var block = 0
  while block < rows {
    let end = min(block + 16, rows)
    // Per row: what the logarithm is taken of, what it is multiplied by, and what is added. Sixteen rows share one vector logarithm.
    var sums = Vector(repeating: 1)
    var weights = Vector()
    var rests = Vector()
    for row in block..<end {
      let top = splat(largest(outputs, row, columns, units))
      var exponentials = Vector()
      var targetSums = Vector()
      var products = Vector()
      var column = 0
      while column < columns {
        let below = outputs.place(row, column).vector - top
        let e = keepingFirst(units - column, exponential(below), else: Vector())
        let target = targets.place(row, column).vector
        gradient.place(row, column).vector = e
        exponentials += e
        targetSums += target
        products = multiplyAdd(target, keepingFirst(units - column, below, else: Vector()), products)
        column += 16
      }
      let sum = vector_sum(exponentials)
      let weight = vector_sum(targetSums)
      let factor = splat(weight / sum)
      column = 0
      while column < columns {
        gradient.place(row, column).vector = gradient.place(row, column).vector * factor - targets.place(row, column).vector
        column += 16
      }
      sums[row - block] = sum
      weights[row - block] = weight
      rests[row - block] = vector_sum(products)
    }
    // The rows behind the last may be another worker's.
    let found = logarithm(sums) * weights - rests
    for row in block..<end { losses[row] = found[row - block] }
    block = end
  }
}

/// With S = Σ a, q = a / S, g = −y / clip(q): loss = −Σ y·log clip(q), gradient = (g − Σ g·q) / S.
@inlinable @inline(__always)
func categoricalCrossentropy(
  _ outputs: Matrix, _ targets: Matrix, _ gradient: Matrix, _ rows: Int, _ columns: Int, _ units: Int, _ losses: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    var sums = Vector()
    var column = 0
    while column < columns {
      sums += keepingFirst(units - column, outputs.place(row, column).vector, else: Vector())
      column += 16
    }
    let total = splat(vector_sum(sums))
    var losing = Vector()
    var pulls = Vector()
    column = 0
    while column < columns {
      let q = keepingFirst(units - column, outputs.place(row, column).vector / total, else: splat(0.5))
      let target = targets.place(row, column).vector
      let p = clipped(q)
      let slope = passingUnclipped(q, splat(0) - target / p)
      losing -= target * logarithm(p)
      pulls = multiplyAdd(slope, q, pulls)
      gradient.place(row, column).vector = slope
      column += 16
    }
    let pull = splat(vector_sum(pulls))
    column = 0
    while column < columns {
      gradient.place(row, column).vector = keepingFirst(units - column, (gradient.place(row, column).vector - pull) / total, else: Vector())
      column += 16
    }
    losses[row] = vector_sum(losing)
  }
}

@inlinable @inline(__always)
func clipped(_ p: Vector) -> Vector {
  vector_max(splat(probabilityClip), vector_min(splat(1 - probabilityClip), p))
}

/// `derivative` where `p` was inside the clip's range, else zero.
@inlinable @inline(__always)
func passingUnclipped(_ p: Vector, _ derivative: Vector) -> Vector {
  vector_if_equal(p, clipped(p), derivative, Vector())
}
