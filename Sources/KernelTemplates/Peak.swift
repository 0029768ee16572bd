/// The fastest loop there is of multiply-adds: each of `Chains.count` numbers goes through x ← x · factor + term, `steps` times, in registers.
///
/// What the other kernels reach is measured against it. The chains are independent and there are at least twelve registers of them, more than a
/// core has multiply-adds in flight; and a chain needs its own last result, so that no product can be taken out of the loop.
@inlinable @inline(__always)
public func peakTemplate<Chains: PeakChains>(_: Chains.Type, _ numbers: UnsafeMutablePointer<Float>, steps: Int, factor: Float, term: Float) {
  var chains = Chains(loading: numbers)
  let factors = splat(factor)
  let terms = splat(term)
  for _ in 0..<steps { chains.step(factors, terms) }
  chains.store(numbers)
}

/// Independent chains of multiply-adds that live in registers.
public protocol PeakChains {
  /// Floats; a multiple of 16.
  static var count: Int { get }
  init(loading source: UnsafePointer<Float>)
  /// x ← x · factor + term in every chain.
  mutating func step(_ factor: Vector, _ term: Vector)
  func store(_ destination: UnsafeMutablePointer<Float>)
}

/// `Level` is what it is for `TileRow`.
@frozen public struct OneChain<Level>: PeakChains {
  @usableFromInline var values: Vector

  @inlinable @inline(__always) public static var count: Int { 16 }
  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>) { values = source.vector }
  @inlinable @inline(__always) public mutating func step(_ factor: Vector, _ term: Vector) { values = multiplyAdd(values, factor, term) }
  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>) { destination.vector = values }
}

@frozen public struct ChainPair<First: PeakChains, Second: PeakChains>: PeakChains {
  @usableFromInline var first: First
  @usableFromInline var second: Second

  @inlinable @inline(__always) public static var count: Int { First.count + Second.count }

  @inlinable @inline(__always) public init(loading source: UnsafePointer<Float>) {
    first = First(loading: source)
    second = Second(loading: source + First.count)
  }

  @inlinable @inline(__always) public mutating func step(_ factor: Vector, _ term: Vector) {
    first.step(factor, term)
    second.step(factor, term)
  }

  @inlinable @inline(__always) public func store(_ destination: UnsafeMutablePointer<Float>) {
    first.store(destination)
    second.store(destination + First.count)
  }
}

public typealias ThreeChains<Level> = ChainPair<ChainPair<OneChain<Level>, OneChain<Level>>, OneChain<Level>>
public typealias SixChains<Level> = ChainPair<ThreeChains<Level>, ThreeChains<Level>>
public typealias TwelveChains<Level> = ChainPair<SixChains<Level>, SixChains<Level>>
