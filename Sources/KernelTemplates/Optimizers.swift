import CVectorMath

/// The optimizers a kernel knows, as Keras defines them. g is the batch's mean gradient.
@frozen public enum OptimizerKernel: Equatable, Sendable {
  /// w −= rate·g.
  case sgd
  /// m = momentum·m − rate·g; w += m, or with Nesterov w += momentum·m − rate·g.
  case momentum(nesterov: Bool)
  /// m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); w −= α·m / (√v + ε).
  case adam
  /// The same with √v̂, v̂ = max(v̂, v).
  case amsgrad
  /// Moments as Adam's; w −= (rate·m + gradientRate·g) / (√(correction·v) + ε).
  case nadam
  /// m as Adam's; u = max(β₂·u, |g|); w −= rate·m / (u + ε).
  case adamax
  /// v += (g² − v)(1 − ρ); w −= rate·g / √(v + ε). Centered: a += (g − a)(1 − ρ), and v − a² for v. With momentum, what is taken from w is first added to
  /// momentum·m.
  case rmsprop(centered: Bool, momentum: Bool)
  /// v += g²; w −= rate·g / √(v + ε).
  case adagrad
  /// v += (g² − v)(1 − ρ); d = √(u + ε) / √(v + ε)·g; u += (d² − u)(1 − ρ); w −= rate·d.
  case adadelta
  /// w −= rate·sign(β₁·m + (1 − β₁)·g); m = β₂·m + (1 − β₂)·g.
  case lion
}

/// What one step of an optimizer multiplies by; computed once a step, in Double, by the same formula on every worker.
@frozen public struct StepFactors: Sendable {
  /// 1 / the batch's total sample weight: sums of gradients become means. Smaller where the gradient's norm is clipped.
  public var gradientScale: Float
  /// The learning rate, with the corrections of the optimizer's moments.
  public var rate: Float
  /// The momentum, or β₁ for Lion.
  public var momentum: Float
  /// 1 − β₁.
  public var firstMomentShare: Float
  /// 1 − β₂, or 1 − ρ.
  public var secondMomentShare: Float
  public var epsilon: Float
  /// β₂, for Adamax.
  public var decay: Float
  /// What Nadam multiplies the gradient itself by, and its second moment.
  public var gradientRate: Float
  public var correction: Float
  /// The share that every weight loses before the step: rate·weight_decay. (Not what it keeps: beside 1, a small share would be rounded away.)
  public var weightDecay: Float = 0
  /// Gradients are limited to ± this; 0: they are not.
  public var clip: Float = 0

  @inlinable public init(
    gradientScale: Float, rate: Float, momentum: Float = 0, firstMomentShare: Float = 0, secondMomentShare: Float = 0, epsilon: Float = 0, decay: Float = 0,
    gradientRate: Float = 0, correction: Float = 0
  ) {
    self.gradientScale = gradientScale
    self.rate = rate
    self.momentum = momentum
    self.firstMomentShare = firstMomentShare
    self.secondMomentShare = secondMomentShare
    self.epsilon = epsilon
    self.decay = decay
    self.gradientRate = gradientRate
    self.correction = correction
  }
}

/// Where an update reads and writes. Moments that the optimizer does not have are never touched.
@frozen public struct UpdateArenas {
  public var weights: UnsafeMutablePointer<Float>
  public var first: UnsafeMutablePointer<Float>
  public var second: UnsafeMutablePointer<Float>
  public var third: UnsafeMutablePointer<Float>
  /// Summed over the batch.
  public var gradient: UnsafeMutablePointer<Float>

  @inlinable @inline(__always) public init(
    weights: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, third: UnsafeMutablePointer<Float>,
    gradient: UnsafeMutablePointer<Float>
  ) {
    self.weights = weights
    self.first = first
    self.second = second
    self.third = third
    self.gradient = gradient
  }
}

/// One step for `count` weights, a multiple of 16. Returns whether all new weights are finite.
@inlinable @inline(__always)
public func updateTemplate(_ kind: OptimizerKernel, _ arenas: UpdateArenas, count: Int, _ given: StepFactors) -> Bool {
  var factors = given
  let (w, g) = (arenas.weights, arenas.gradient)
  // Passes of their own, over numbers that are in the first-level cache by then: most optimizers need neither.
  if factors.clip > 0 {
    // An infinite gradient would be limited like any other.
    guard clip(g, count: count, factors) else { return false }
    factors.gradientScale = 1
  }
  if factors.weightDecay > 0 { decay(w, count: count, factors.weightDecay) }
  switch kind {
  case .sgd: return sgdTemplate(w, g, count: count, factors)
  case .momentum(let nesterov): return momentumTemplate(w, arenas.first, g, count: count, nesterov: nesterov, factors)
  case .adam: return adamTemplate(w, arenas.first, arenas.second, g, count: count, factors)
  case .amsgrad: return amsgradTemplate(arenas, count: count, factors)
  case .nadam: return nadamTemplate(arenas, count: count, factors)
  case .adamax: return adamaxTemplate(arenas, count: count, factors)
  case .rmsprop(centered: false, momentum: false): return rmspropTemplate(w, arenas.first, g, count: count, factors)
  case .rmsprop(centered: false, momentum: true):
    return generalRmspropTemplate(arenas, average: nil, momentum: arenas.second, count: count, factors)
  case .rmsprop(centered: true, momentum: false):
    return generalRmspropTemplate(arenas, average: arenas.second, momentum: nil, count: count, factors)
  case .rmsprop(centered: true, momentum: true):
    return generalRmspropTemplate(arenas, average: arenas.third, momentum: arenas.second, count: count, factors)
  case .adagrad: return adagradTemplate(arenas, count: count, factors)
  case .adadelta: return adadeltaTemplate(arenas, count: count, factors)
  case .lion: return lionTemplate(arenas, count: count, factors)
  }
}

/// sums[i] = the squares of 16 numbers from 16·i on, added.
@inlinable @inline(__always)
public func sumSquaresTemplate(_ values: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, count: Int) {
  var i = 0
  while i < count {
    sums[i / 16] = vector_sum((values + i).vector * (values + i).vector)
    i += 16
  }
}

/// Sums become means, limited to ± `factors.clip`. Returns whether they were finite.
@inlinable @inline(__always)
func clip(_ g: UnsafeMutablePointer<Float>, count: Int, _ factors: StepFactors) -> Bool {
  var check = FiniteCheck()
  let gradientScale = splat(factors.gradientScale)
  let (lower, upper) = (splat(-factors.clip), splat(factors.clip))
  var i = 0
  while i < count {
    let gradient = mean((g + i).vector, gradientScale)
    check.look(at: gradient)
    // What is not finite stays as it is, for the diagnosis to find.
    let limited = vector_max(lower, vector_min(upper, gradient))
    (g + i).vector = vector_if_equal(gradient - gradient, splat(0), limited, gradient)
    i += 16
  }
  return check.isFinite
}

/// w −= share·w.
@inlinable @inline(__always)
func decay(_ w: UnsafeMutablePointer<Float>, count: Int, _ share: Float) {
  let share = splat(-share)
  var i = 0
  while i < count {
    (w + i).vector = multiplyAdd((w + i).vector, share, (w + i).vector)
    i += 16
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

/// Returns whether all new weights are finite, as all of these templates do.
@inlinable @inline(__always)
func sgdTemplate(_ w: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, count: Int, _ factors: StepFactors) -> Bool {
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

@inlinable @inline(__always)
func momentumTemplate(
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

@inlinable @inline(__always)
func adamTemplate(
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

@inlinable @inline(__always)
func rmspropTemplate(
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

/// A step in which the weights at `i` move by −`move(i, mean gradient)`. Where a moment that became infinite would move a weight by nothing, `move` also looks
/// at that.
@inlinable @inline(__always)
func moveWeights(
  _ arenas: UpdateArenas, count: Int, _ factors: StepFactors, _ move: (_ i: Int, _ gradient: Vector, _ check: inout FiniteCheck) -> Vector
) -> Bool {
  var check = FiniteCheck()
  let scale = splat(factors.gradientScale)
  var i = 0
  while i < count {
    let moved = (arenas.weights + i).vector - move(i, mean((arenas.gradient + i).vector, scale), &check)
    (arenas.weights + i).vector = moved
    check.look(at: moved)
    i += 16
  }
  return check.isFinite
}

/// x += (target − x)·share, and that.
@inlinable @inline(__always)
func approach(_ x: UnsafeMutablePointer<Float>, _ target: Vector, _ share: Vector) -> Vector {
  let value = multiplyAdd(target - x.vector, share, x.vector)
  x.vector = value
  return value
}

@inlinable @inline(__always)
func amsgradTemplate(_ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool {
  moveWeights(arenas, count: count, factors) { i, g, check in
    let moment = approach(arenas.first + i, g, splat(factors.firstMomentShare))
    let square = approach(arenas.second + i, g * g, splat(factors.secondMomentShare))
    let highest = vector_max((arenas.third + i).vector, square)
    (arenas.third + i).vector = highest
    check.look(at: highest)
    return moment * splat(factors.rate) / (vector_square_root(highest) + splat(factors.epsilon))
  }
}

@inlinable @inline(__always)
func nadamTemplate(_ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool {
  moveWeights(arenas, count: count, factors) { i, g, check in
    let moment = approach(arenas.first + i, g, splat(factors.firstMomentShare))
    let square = approach(arenas.second + i, g * g, splat(factors.secondMomentShare))
    check.look(at: square)
    let push = multiplyAdd(moment, splat(factors.rate), g * splat(factors.gradientRate))
    return push / (vector_square_root(square * splat(factors.correction)) + splat(factors.epsilon))
  }
}

@inlinable @inline(__always)
func adamaxTemplate(_ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool {
  moveWeights(arenas, count: count, factors) { i, g, check in
    let moment = approach(arenas.first + i, g, splat(factors.firstMomentShare))
    let norm = vector_max((arenas.second + i).vector * splat(factors.decay), vector_absolute(g))
    (arenas.second + i).vector = norm
    check.look(at: norm)
    return moment * splat(factors.rate) / (norm + splat(factors.epsilon))
  }
}

/// RMSprop with an average of gradients or a momentum, or both.
@inlinable @inline(__always)
func generalRmspropTemplate(
  _ arenas: UpdateArenas, average: UnsafeMutablePointer<Float>?, momentum: UnsafeMutablePointer<Float>?, count: Int, _ factors: StepFactors
) -> Bool {
  moveWeights(arenas, count: count, factors) { i, g, check in
    let share = splat(factors.secondMomentShare)
    let square = approach(arenas.first + i, g * g, share)
    check.look(at: square)
    var spread = square
    if let average {
      let center = approach(average + i, g, share)
      // Never below 0 but for rounding.
      spread = vector_max(splat(0), square - center * center)
    }
    let push = splat(factors.rate) * g / vector_square_root(spread + splat(factors.epsilon))
    guard let momentum else { return push }
    let moment = multiplyAdd(splat(factors.momentum), (momentum + i).vector, push)
    (momentum + i).vector = moment
    return moment
  }
}

@inlinable @inline(__always)
func adagradTemplate(_ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool {
  moveWeights(arenas, count: count, factors) { i, g, check in
    let sum = multiplyAdd(g, g, (arenas.first + i).vector)
    (arenas.first + i).vector = sum
    check.look(at: sum)
    return splat(factors.rate) * g / vector_square_root(sum + splat(factors.epsilon))
  }
}

@inlinable @inline(__always)
func adadeltaTemplate(_ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool {
  moveWeights(arenas, count: count, factors) { i, g, check in
    let (share, epsilon) = (splat(factors.secondMomentShare), splat(factors.epsilon))
    let square = approach(arenas.first + i, g * g, share)
    check.look(at: square)
    let delta = vector_square_root((arenas.second + i).vector + epsilon) / vector_square_root(square + epsilon) * g
    _ = approach(arenas.second + i, delta * delta, share)
    return splat(factors.rate) * delta
  }
}

@inlinable @inline(__always)
func lionTemplate(_ arenas: UpdateArenas, count: Int, _ factors: StepFactors) -> Bool {
  moveWeights(arenas, count: count, factors) { i, g, check in
    let moment = (arenas.first + i).vector
    let direction = multiplyAdd(moment, splat(factors.momentum), g * splat(factors.firstMomentShare))
    check.look(at: approach(arenas.first + i, g, splat(factors.secondMomentShare)))
    return splat(factors.rate) * signum(direction)
  }
}
