import CVectorMath

/// What one step of an optimizer multiplies by; computed once a step, in Double, by the same formula on every worker.
@frozen public struct StepFactors: Sendable {
  /// 1 / the batch's total sample weight: sums of gradients become means.
  public var gradientScale: Float
  /// The learning rate; for Adam α = rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ).
  public var rate: Float
  /// SGD's momentum.
  public var momentum: Float
  /// 1 − β₁.
  public var firstMomentShare: Float
  /// 1 − β₂, or 1 − ρ.
  public var secondMomentShare: Float
  public var epsilon: Float

  @inlinable public init(gradientScale: Float, rate: Float, momentum: Float = 0, firstMomentShare: Float = 0, secondMomentShare: Float = 0, epsilon: Float = 0)
  {
    self.gradientScale = gradientScale
    self.rate = rate
    self.momentum = momentum
    self.firstMomentShare = firstMomentShare
    self.secondMomentShare = secondMomentShare
    self.epsilon = epsilon
  }
}

/// The batch's mean gradient. Adding zero turns −0 into +0: whether a sum that underflowed is the one or the other depends on where inputs of zero
/// were skipped, and no weight may tell.
@inlinable @inline(__always)
func mean(_ sum: Vector, _ scale: Vector) -> Vector { multiplyAdd(sum, scale, Vector()) }

/// Notices weights that are NaN or infinite: such a one, times zero, is NaN, which no sum loses. A gradient or moment that overflows makes such a weight in the
/// same step. It costs one multiply-add a vector beside operations that wait for each other.
@frozen @usableFromInline struct FiniteCheck {
  @usableFromInline var sum = Vector()

  @inlinable @inline(__always) init() {}
  @inlinable @inline(__always) mutating func look(at weights: Vector) { sum = multiplyAdd(weights, Vector(), sum) }
  @inlinable @inline(__always) var isFinite: Bool { vector_sum(sum) == 0 }
}

/// w −= rate · g. Returns whether all new weights are finite, as all of these templates do.
@inlinable @inline(__always)
public func sgdTemplate(_ w: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int, _ factors: StepFactors) -> Bool {
  var check = FiniteCheck()
  let scale = splat(factors.gradientScale)
  let rate = splat(-factors.rate)
  var i = 0
  while i < count {
    let moved = multiplyAdd(rate, mean((g + i).vector, scale), (w + i).vector)
    (w + i).vector = moved
    check.look(at: moved)
    i += 16
  }
  return check.isFinite
}

/// m = momentum · m − rate · g; then w += m, or with Nesterov w += momentum · m − rate · g (Keras's `SGD`).
@inlinable @inline(__always)
public func momentumTemplate(
  _ w: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int, nesterov: Bool, _ factors: StepFactors
) -> Bool {
  var check = FiniteCheck()
  let scale = splat(factors.gradientScale)
  let rate = splat(-factors.rate)
  let momentum = splat(factors.momentum)
  var i = 0
  while i < count {
    let push = mean((g + i).vector, scale) * rate
    let moment = multiplyAdd(momentum, (m + i).vector, push)
    (m + i).vector = moment
    let moved = (w + i).vector + (nesterov ? multiplyAdd(momentum, moment, push) : moment)
    (w + i).vector = moved
    check.look(at: moved)
    i += 16
  }
  return check.isFinite
}

/// m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); w −= α · m / (√v + ε) (Keras's `Adam`).
@inlinable @inline(__always)
public func adamTemplate(
  _ w: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int,
  _ factors: StepFactors
) -> Bool {
  var check = FiniteCheck()
  let scale = splat(factors.gradientScale)
  let first = splat(factors.firstMomentShare)
  let second = splat(factors.secondMomentShare)
  let rate = splat(factors.rate)
  let epsilon = splat(factors.epsilon)
  /// Moves the moments at `i`; answers α · m and √v + ε.
  @inline(__always) func moments(_ i: Int) -> (push: Vector, spread: Vector) {
    let gradient = mean((g + i).vector, scale)
    let moment = multiplyAdd(gradient - (m + i).vector, first, (m + i).vector)
    let square = multiplyAdd(multiplyAdd(gradient, gradient, Vector() - (v + i).vector), second, (v + i).vector)
    (m + i).vector = moment
    (v + i).vector = square
    return (moment * rate, vector_square_root(square) + epsilon)
  }
  @inline(__always) func move(_ i: Int, _ at: (push: Vector, spread: Vector)) {
    let moved = (w + i).vector - at.push * vector_reciprocal(at.spread)
    (w + i).vector = moved
    check.look(at: moved)
  }
  // One vector's operations wait for each other for longer than a core looks ahead. So the roots of the next two are under way while the last two are
  // divided by theirs: a quarter less time.
  var i = 0
  if count & vectorWidth != 0 {
    move(0, moments(0))
    i = vectorWidth
  }
  guard i < count else { return check.isFinite }
  var next = (moments(i), moments(i + vectorWidth))
  while i + 2 * vectorWidth < count {
    let now = next
    next = (moments(i + 2 * vectorWidth), moments(i + 3 * vectorWidth))
    move(i, now.0)
    move(i + vectorWidth, now.1)
    i += 2 * vectorWidth
  }
  move(i, next.0)
  move(i + vectorWidth, next.1)
  return check.isFinite
}

/// v = ρ·v + (1 − ρ)·g²; w −= rate · g / √(v + ε) (Keras's `RMSprop`).
@inlinable @inline(__always)
public func rmspropTemplate(
  _ w: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int, _ factors: StepFactors
) -> Bool {
  var check = FiniteCheck()
  let scale = splat(factors.gradientScale)
  let second = splat(factors.secondMomentShare)
  let rate = splat(factors.rate)
  let epsilon = splat(factors.epsilon)
  var i = 0
  while i < count {
    let gradient = mean((g + i).vector, scale)
    let square = multiplyAdd(multiplyAdd(gradient, gradient, Vector() - (v + i).vector), second, (v + i).vector)
    (v + i).vector = square
    let moved = (w + i).vector - rate * gradient / vector_square_root(square + epsilon)
    (w + i).vector = moved
    check.look(at: moved)
    // An infinite square moves a weight by nothing.
    check.look(at: square)
    i += 16
  }
  return check.isFinite
}
