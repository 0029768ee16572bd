extension CounterGenerator {
  /// Shuffles `values` in place (Fisher and Yates; each order equally likely up to the generator's 64 bits).
  ///
  /// Inlinable, so that a caller in another module gets it for its own collection: not specialised, a swap takes ten times as long.
  @inlinable public mutating func shuffle<Values: MutableCollection & RandomAccessCollection>(_ values: inout Values)
  where Values.Index == Int {
    var remaining = values.count
    while remaining > 1 {
      let pick = Int(next(below: UInt64(remaining)))
      remaining -= 1
      values.swapAt(values.startIndex + remaining, values.startIndex + pick)
    }
  }

  /// A uniform value in 0 ..< `bound`, without modulo bias (Lemire, "Fast random integer generation in an interval", 2019).
  /// Written out, because the standard library does not promise the sequence of its own `random(in:)`.
  public mutating func next(below bound: UInt64) -> UInt64 {
    precondition(bound > 0, "next(below: 0)")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }
}
