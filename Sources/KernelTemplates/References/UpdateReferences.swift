// References of what goes through numbers one by one.

/// One step of `adam` for one parameter, in Double; `gradient` is summed over the batch, as the kernel takes it.
public func adamReference(weight: Double, first: Double, second: Double, gradient: Double, _ factors: StepFactors) -> (
  weight: Double, first: Double, second: Double
) {
  let mean = gradient * Double(factors.gradientScale)
  let first = first + (mean - first) * Double(factors.firstMomentShare)
  let second = second + (mean * mean - second) * Double(factors.secondMomentShare)
  return (weight - Double(factors.rate) * first / (second.squareRoot() + Double(factors.epsilon)), first, second)
}

/// One chain of `peak`: `steps` times x ← x · factor + term.
public func peakReference(_ x: Float, steps: Int, factor: Float, term: Float, fused: Bool) -> Float {
  (0..<steps).reduce(x) { x, _ in multiplyAddReference(x, factor, term, fused) }
}
