import CVectorMath

/// The losses a kernel knows, and what they take as the network's output.
@frozen public enum LossKernel: Equatable, Sendable {
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
  /// mean of |y − p|.
  case meanAbsoluteError
  /// With e = |y − p|: mean of ½e² up to δ, of δe − ½δ² beyond.
  case huber(delta: Float)
  /// mean of ln cosh(p − y).
  case logCosh
  /// Targets −1 and 1: mean of max(1 − y·p, 0).
  case hinge
  /// Targets −1 and 1: mean of max(1 − y·p, 0)².
  case squaredHinge
  /// max(max((1 − y)·p) − Σ y·p + 1, 0).
  case categoricalHinge
  /// Both clipped to [1e-7, 1] as Keras does: Σ y·log(y / p).
  case klDivergence
  /// mean of p − y·log(p + 1e-7).
  case poisson
  /// Logits z, p = σ(z), pₜ = y·p + (1 − y)·(1 − p): mean of w·(1 − pₜ)^γ · binary crossentropy, where w goes from `negative` to `positive` with y.
  case sigmoidFocalCrossentropy(gamma: Float, negative: Float, positive: Float)
  /// The same of probabilities p, clipped in the crossentropy as Keras does.
  case binaryFocalCrossentropy(gamma: Float, negative: Float, positive: Float)
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
  case .sigmoidCrossentropy: averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { z, y in sigmoidCrossentropy(z, y) }
  case .binaryCrossentropy: averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { p, y in binaryCrossentropy(p, y) }
  case .meanSquaredError:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { output, y in
      let difference = output - y
      return (difference * difference, difference + difference)
    }
  case .meanAbsoluteError:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { output, y in
      let difference = output - y
      return (vector_absolute(difference), signum(difference))
    }
  case .huber(let delta):
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { output, y in
      let difference = output - y
      let error = vector_absolute(difference)
      // Never more than δ; δ·(error − ½δ) beyond, ½error² = inner·(error − ½inner) within.
      let inner = vector_min(splat(delta), error)
      return (inner * (error - splat(0.5) * inner), vector_copy_sign(inner, difference))
    }
  case .logCosh:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { output, y in
      let difference = output - y
      let error = vector_absolute(difference)
      return (error + logarithmOfOnePlus(exponential(error * splat(-2))) - splat(0.693_147_18), hyperbolicTangent(difference))
    }
  case .hinge:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { output, y in
      let margin = splat(1) - y * output
      return (vector_max(splat(0), margin), vector_if_less(splat(0), margin, splat(0) - y, splat(0)))
    }
  case .squaredHinge:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { output, y in
      let margin = vector_max(splat(0), splat(1) - y * output)
      return (margin * margin, splat(-2) * y * margin)
    }
  case .categoricalHinge: for row in 0..<rows { losses[row] = categoricalHinge(outputs, targets, gradient, row, columns, units) }
  case .klDivergence:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses, isSum: true) { output, y in
      let truth = vector_max(splat(probabilityClip), vector_min(splat(1), y))
      let p = vector_max(splat(probabilityClip), vector_min(splat(1), output))
      return (truth * (logarithm(truth) - logarithm(p)), vector_if_equal(output, p, splat(0) - truth / p, splat(0)))
    }
  case .poisson:
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { output, y in
      let rate = output + splat(probabilityClip)
      // There is no logarithm of a rate of 0 or below, and that must not be hidden.
      return (output - y * vector_if_less(splat(0), rate, logarithm(rate), splat(.nan)), splat(1) - y / rate)
    }
  case .sigmoidFocalCrossentropy(let gamma, let negative, let positive):
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { z, y in
      let (p, q) = (logistic(z), logistic(splat(0) - z))
      return focal(sigmoidCrossentropy(z, y), p, q, y, slope: p * q, gamma: gamma, negative: negative, positive: positive)
    }
  case .binaryFocalCrossentropy(let gamma, let negative, let positive):
    averagedLoss(outputs, targets, gradient, rows, columns, units, losses) { p, y in
      focal(binaryCrossentropy(p, y), p, splat(1) - p, y, slope: splat(1), gamma: gamma, negative: negative, positive: positive)
    }
  }
}

/// max(z, 0) − z·y + ln(1 + e^−|z|), and its derivative by z.
@inlinable @inline(__always)
func sigmoidCrossentropy(_ z: Vector, _ y: Vector) -> (loss: Vector, derivative: Vector) {
  let decay = exponential(splat(0) - vector_absolute(z))
  let loss = vector_max(splat(0), z) - z * y + logarithmOfOnePlus(decay)
  return (loss, logistic(z) - y)
}

/// −y·log p − (1 − y)·log(1 − p) with p clipped, and its derivative by the output.
@inlinable @inline(__always)
func binaryCrossentropy(_ output: Vector, _ y: Vector) -> (loss: Vector, derivative: Vector) {
  let p = clipped(output)
  let q = splat(1) - p
  let loss = splat(0) - multiplyAdd(y, logarithm(p), (splat(1) - y) * logarithm(q))
  return (loss, passingUnclipped(output, (p - y) / (p * q)))
}

/// w·(1 − pₜ)^γ times a crossentropy.
///
/// - Parameter slope: the derivative of p by what the crossentropy's derivative is by.
@inlinable @inline(__always)
func focal(
  _ crossentropy: (loss: Vector, derivative: Vector), _ p: Vector, _ q: Vector, _ y: Vector, slope: Vector, gamma: Float, negative: Float, positive: Float
) -> (loss: Vector, derivative: Vector) {
  // 1 − pₜ, which the logarithm takes when it is normal and above 0.
  let rest = vector_max(splat(1.2e-38), multiplyAdd(y, q, (splat(1) - y) * p))
  let weight = multiplyAdd(y, splat(positive - negative), splat(negative))
  let power = logarithm(rest)
  let modulator = exponential(splat(gamma) * power)
  // γ·(1 − pₜ)^(γ − 1): as a power of its own, since (1 − pₜ)^γ / (1 − pₜ) is 0 / 0 where a right answer is sure.
  let pull = splat(gamma) * exponential(splat(gamma - 1) * power) * (splat(1) - y - y) * slope
  return (weight * modulator * crossentropy.loss, weight * multiplyAdd(pull, crossentropy.loss, modulator * crossentropy.derivative))
}

/// One row's loss, and its gradient: −y, and 1 at the largest of (1 − y)·p.
@inlinable @inline(__always)
func categoricalHinge(_ outputs: Matrix, _ targets: Matrix, _ gradient: Matrix, _ row: Int, _ columns: Int, _ units: Int) -> Float {
  var sums = Vector()
  var tops = splat(-Float.infinity)
  var column = 0
  while column < columns {
    let (p, y) = (outputs.place(row, column).vector, targets.place(row, column).vector)
    sums += keepingFirst(units - column, y * p, else: Vector())
    tops = vector_max(tops, keepingFirst(units - column, (splat(1) - y) * p, else: splat(-Float.infinity)))
    column += 16
  }
  let top = vector_largest(tops)
  let sum = vector_sum(sums)
  // Which the largest may have lost, but the sum has not.
  let loss = sum.isNaN ? sum : max(top - sum + 1, 0)
  let scale = splat(loss > 0 ? 1 : 0)
  // The first of equals.
  var isOpen = loss > 0
  column = 0
  while column < columns {
    let y = targets.place(row, column).vector
    gradient.place(row, column).vector = keepingFirst(units - column, splat(0) - y * scale, else: Vector())
    if isOpen {
      let others = keepingFirst(units - column, (splat(1) - y) * outputs.place(row, column).vector, else: splat(-Float.infinity))
      let lane = vector_smallest(vector_if_equal(others, splat(top), laneNumbers, splat(16)))
      if lane < 16 {
        gradient[row, column + Int(lane)] += 1 - targets[row, column + Int(lane)]
        isOpen = false
      }
    }
    column += 16
  }
  return loss
}

/// A loss that is the mean over the outputs, or with `isSum` the sum, of some function of (output, target), which also gives the derivative.
@inlinable @inline(__always)
func averagedLoss(
  _ outputs: Matrix, _ targets: Matrix, _ gradient: Matrix, _ rows: Int, _ columns: Int, _ units: Int, _ losses: UnsafeMutablePointer<Float>,
  isSum: Bool = false, _ term: (Vector, Vector) -> (loss: Vector, derivative: Vector)
) {
  let count = isSum ? 1 : Float(units)
  let share = splat(1 / count)
  for row in 0..<rows {
    var sums = Vector()
    var column = 0
    while column < columns {
      let (loss, derivative) = term(outputs.place(row, column).vector, targets.place(row, column).vector)
      sums += keepingFirst(units - column, loss, else: Vector())
      gradient.place(row, column).vector = keepingFirst(units - column, derivative * share, else: Vector())
      column += 16
    }
    losses[row] = vector_sum(sums) / count
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
