import RunConfig

extension LearningRate {
  /// The rate of `step`, from 0: Keras's formulas (keras.io/api/optimizers/learning_rate_schedules).
  public func value(step: Int) -> Double {
    let t = Double(step)
    func quotient(_ steps: Int, whole: Bool) -> Double { whole ? Double(step / steps) : t / Double(steps) }
    switch self {
    case .constant(let rate): return rate
    case .exponentialDecay(let initial, let steps, let rate, let staircase):
      return initial * ExactFunctions.power(rate, quotient(steps, whole: staircase))
    case .polynomialDecay(let initial, let steps, let end, let power, let cycle):
      // With `cycle` as many stretches as the step has begun, and one at least.
      let length = Double(steps) * (cycle ? max(1, (t / Double(steps)).rounded(.up)) : 1)
      return (initial - end) * ExactFunctions.power(1 - min(t, length) / length, power) + end
    case .piecewiseConstantDecay(let boundaries, let values):
      return values[boundaries.firstIndex { step <= $0 } ?? boundaries.count]
    case .cosineDecay(let initial, let steps, let alpha, let target, let warmup):
      guard let target else { return initial * Self.cosine(min(t / Double(steps), 1), alpha: alpha) }
      if step < warmup { return initial + (target - initial) * (t / Double(warmup)) }
      return target * Self.cosine(min(Double(step - warmup) / Double(steps), 1), alpha: alpha)
    case .cosineDecayRestarts(let initial, let first, let tMul, let mMul, let alpha):
      var (start, length, restarts) = (0.0, Double(first), 0)
      if tMul == 1 {
        restarts = step / first
        start = Double(restarts * first)
      } else {
        // A hundred restarts at 1.01 times the length are as long as 170 first stretches; a thousand, as two million.
        while t - start >= length { (start, length, restarts) = (start + length, length * tMul, restarts + 1) }
      }
      return initial * Self.cosine((t - start) / length, height: ExactFunctions.power(mMul, restarts), alpha: alpha)
    case .inverseTimeDecay(let initial, let steps, let rate, let staircase):
      return initial / (1 + rate * quotient(steps, whole: staircase))
    }
  }

  /// From `height` down to `alpha` as the part that is done goes from 0 to 1.
  private static func cosine(_ done: Double, height: Double = 1, alpha: Double) -> Double {
    (1 - alpha) * (0.5 * height * (1 + ExactFunctions.cosine(halfTurns: done))) + alpha
  }
}
