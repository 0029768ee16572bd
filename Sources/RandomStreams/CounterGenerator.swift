/// A counter-based random generator: value number *n* of a stream is a pure function of (seed, stream, *n*).
///
/// No state is shared and none needs saving, so any worker can draw any value in any order, and a resumed run draws what an uninterrupted
/// one would have drawn. The mixing function is SplitMix64's finaliser (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014), applied to a Weyl sequence; the stream number picks its starting point.
public struct CounterGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Stream `stream` of the family `seed`, at its first value.
  public init(seed: UInt64, stream: UInt64) {
    state = Self.mix(Self.mix(seed &+ Self.weyl) ^ (stream &* 0xD1B5_4A32_D192_ED03))
  }

  /// A uniform 64-bit value; moves to the next one.
  public mutating func next() -> UInt64 {
    state &+= Self.weyl
    return Self.mix(state)
  }

  /// A uniform value in [0, 1) with 53 random bits.
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  private static let weyl: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
