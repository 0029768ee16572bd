import RandomStreams

/// What a random layer draws in a step, computed one number at a time.
public struct DrawnNumbers {
  private let key: (UInt32, UInt32)

  /// - Parameters:
  ///   - layer: its number among the random layers.
  ///   - step: steps taken before.
  public init(seed: UInt64, layer: Int, step: Int) {
    var family = CounterGenerator(seed: seed, stream: Stream.randomLayer(layer))
    var generator = CounterGenerator(seed: family.next(), stream: UInt64(step))
    let bits = generator.next()
    key = (UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32))
  }

  /// The uniform number of a row of the batch and a column.
  public func uniform(row: Int, column: Int) -> Double {
    let words = threefry(key: key, counter: (UInt32(row), UInt32(column / 32 * 16 + column % 16)))
    return Double((column % 32 < 16 ? words.0 : words.1) >> 8) * 0x1p-24
  }
}

/// Threefry-2x32 with 20 rounds, as its authors' Random123 has it.
public func threefry(key: (UInt32, UInt32), counter: (UInt32, UInt32)) -> (UInt32, UInt32) {
  let keys = [key.0, key.1, 0x1BD1_1BDA ^ key.0 ^ key.1]
  let turns: [UInt32] = [13, 15, 26, 6, 17, 29, 16, 24]
  var (a, b) = (counter.0 &+ keys[0], counter.1 &+ keys[1])
  for round in 0..<20 {
    a &+= b
    b = (b << turns[round % 8] | b >> (32 - turns[round % 8])) ^ a
    if round % 4 == 3 {
      let group = round / 4 + 1
      a &+= keys[group % 3]
      b &+= keys[(group + 1) % 3] &+ UInt32(group)
    }
  }
  return (a, b)
}
