import RandomStreams

/// `count` numbers evenly spread over `range`; the same for the same seed.
public func seededFloats(_ count: Int, seed: UInt64, in range: ClosedRange<Float> = -1...1) -> [Float] {
  var generator = CounterGenerator(seed: seed, stream: 0)
  return (0..<count).map { _ in range.lowerBound + Float(generator.nextUnit()) * (range.upperBound - range.lowerBound) }
}

/// `count` bytes; the same for the same seed.
public func seededBytes(_ count: Int, seed: UInt64) -> [UInt8] {
  var generator = CounterGenerator(seed: seed, stream: 0)
  return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 32) }
}

extension Array {
  /// The elements `count` by `count`.
  public func chunks(of count: Int) -> [[Element]] { stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) } }
}
