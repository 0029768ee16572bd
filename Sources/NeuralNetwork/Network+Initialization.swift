import Glibc
import RandomStreams
import RunConfig

extension Network {
  /// The arena at the start of training: each layer's kernel and bias drawn by its initialisers from its own stream of `seed`.
  public func initialArena(seed: UInt64) -> [Float] {
    var arena = [Float](repeating: 0, count: arenaCount)
    for (index, layer) in layers.enumerated() {
      guard case .dense(let dense) = description[index] else { continue }
      var kernel = CounterGenerator(seed: seed, stream: Stream.kernel(layer: index))
      for row in 0..<layer.inputs {
        for unit in 0..<layer.units {
          arena[layer.index(row: row, unit: unit)] = dense.kernelInitializer.draw(fanIn: layer.inputs, fanOut: layer.units, &kernel)
        }
      }
      guard layer.useBias else { continue }
      var bias = CounterGenerator(seed: seed, stream: Stream.bias(layer: index))
      for unit in 0..<layer.units {
        // As Keras: for a vector both fans are its length.
        arena[layer.index(row: layer.inputs, unit: unit)] = dense.biasInitializer.draw(fanIn: layer.units, fanOut: layer.units, &bias)
      }
    }
    return arena
  }
}

extension Initializer {
  /// One value, by Keras's `VarianceScaling` formulas (keras.io/api/layers/initializers).
  func draw(fanIn: Int, fanOut: Int, _ generator: inout CounterGenerator) -> Float {
    switch self {
    case .zeros: 0
    case .glorotUniform: Float((generator.nextUnit() * 2 - 1) * (6 / Double(fanIn + fanOut)).squareRoot())
    case .heUniform: Float((generator.nextUnit() * 2 - 1) * (6 / Double(fanIn)).squareRoot())
    case .glorotNormal: Float(generator.nextTruncatedNormal() * (2 / Double(fanIn + fanOut)).squareRoot())
    case .heNormal: Float(generator.nextTruncatedNormal() * (2 / Double(fanIn)).squareRoot())
    }
  }
}

extension CounterGenerator {
  /// A normal value of mean 0, truncated at two standard deviations and scaled so that what is left has variance 1.
  ///
  /// By the polar method (Marsaglia and Bray, 1964), whose only transcendental function is a logarithm in Double.
  mutating func nextTruncatedNormal() -> Double {
    while true {
      let u = nextUnit() * 2 - 1
      let v = nextUnit() * 2 - 1
      let s = u * u + v * v
      guard s < 1, s > 0 else { continue }
      let normal = u * (-2 * log(s) / s).squareRoot()
      // 0.8796… is the standard deviation of a normal distribution cut at ±2.
      if abs(normal) <= 2 { return normal / 0.879_625_661_034_239_78 }
    }
  }
}
