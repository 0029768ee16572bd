import CVectorMath

// What goes on over several steps beside the optimizer's moments; `count` is a multiple of 16.

/// Batches that share a step: accumulator += scale · gradient; in the last of them gradient = that sum, and accumulator = 0. Returns whether all are finite.
@inlinable @inline(__always)
public func accumulateTemplate(
  _ gradient: UnsafeMutablePointer<Float>, scale: Float, into accumulator: UnsafeMutablePointer<Float>, ends: Bool, count: Int
) -> Bool {
  var check = FiniteCheck()
  var i = 0
  while i < count {
    let sum = (accumulator + i).vector + mean((gradient + i).vector, splat(scale))
    check.look(at: sum)
    if ends { (gradient + i).vector = sum }
    (accumulator + i).vector = ends ? Vector() : sum
    i += 16
  }
  return check.isFinite
}

/// average = momentum · average + share · weights; with `overwrites`, the weights become that.
@inlinable @inline(__always)
public func averageTemplate(
  _ weights: UnsafeMutablePointer<Float>, into average: UnsafeMutablePointer<Float>, momentum: Float, share: Float, overwrites: Bool, count: Int
) {
  var i = 0
  while i < count {
    let next = multiplyAdd((average + i).vector, splat(momentum), (weights + i).vector * splat(share))
    (average + i).vector = next
    if overwrites { (weights + i).vector = next }
    i += 16
  }
}
