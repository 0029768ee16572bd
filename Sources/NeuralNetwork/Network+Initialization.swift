import RandomStreams
import RunConfig

extension Network {
  /// The arena at the start of training: each layer's kernel and bias drawn by its initialisers from its own stream of `seed`. What the training rows tell,
  /// mean and variance of the inputs, is as `Normalization` gives it, or 0 and 1.
  public func initialArena(seed: UInt64) -> [Float] {
    var arena = [Float](repeating: 0, count: arenaCount)
    setDense(&arena, seed)
    setNormalizations(&arena, seed)
    for case .normalization(let normalization) in description {
      guard let layout = inputNormalization else { continue }
      for (row, given, other) in [(0, normalization.mean, 0.0), (1, normalization.variance, 1.0)] {
        for unit in 0..<inputs { arena[layout.index(row: row, unit: unit)] = Float(given.map { $0.count == 1 ? $0[0] : $0[unit] } ?? other) }
      }
    }
    return arena
  }

  private func setNormalizations(_ arena: inout [Float], _ seed: UInt64) {
    let initializers: [[Initializer]] = description.compactMap { layer in
      switch layer {
      case .batchNormalization(let layer):
        [layer.gammaInitializer, layer.betaInitializer, layer.movingMeanInitializer, layer.movingVarianceInitializer]
      case .layerNormalization(let layer): [layer.gammaInitializer, layer.betaInitializer]
      default: nil
      }
    }
    for (number, (layout, initializers)) in zip(normalizations, initializers).enumerated() {
      for (row, initializer) in initializers.enumerated() {
        // A factor that is not learned is 1, an offset 0.
        let initializer = row == 0 && !layout.scale ? .ones : row == 1 && !layout.center ? .zeros : initializer
        var stream = CounterGenerator(seed: seed, stream: Stream.normalization(number, row: row))
        let numbers = initializer.numbers(layout.units, fanIn: layout.units, fanOut: layout.units, &stream)
        for unit in 0..<layout.units { arena[layout.index(row: row, unit: unit)] = numbers[unit] }
      }
    }
  }

  private func setDense(_ arena: inout [Float], _ seed: UInt64) {
    let denses = description.compactMap { if case .dense(let dense) = $0 { dense } else { nil } }
    for (index, (layer, dense)) in zip(layers, denses).enumerated() {
      var stream = CounterGenerator(seed: seed, stream: Stream.kernel(layer: index))
      let kernel = dense.kernelInitializer.matrix(rows: layer.inputs, columns: layer.units, &stream)
      for row in 0..<layer.inputs { for unit in 0..<layer.units { arena[layer.index(row: row, unit: unit)] = kernel[row * layer.units + unit] } }
      guard layer.useBias else { continue }
      stream = CounterGenerator(seed: seed, stream: Stream.bias(layer: index))
      let bias = dense.biasInitializer.numbers(layer.units, fanIn: layer.units, fanOut: layer.units, &stream)
      for unit in 0..<layer.units { arena[layer.index(row: layer.inputs, unit: unit)] = bias[unit] }
    }
  }
}

/// Keras's formulas (keras.io/api/layers/initializers).
extension Initializer {
  /// A kernel, row-major `[rows, columns]`.
  func matrix(rows: Int, columns: Int, _ generator: inout CounterGenerator) -> [Float] {
    switch self {
    case .identity(let gain): (0..<rows * columns).map { $0 / columns == $0 % columns ? Float(gain) : 0 }
    case .orthogonal(let gain): Self.orthogonal(rows: rows, columns: columns, &generator).map { Float(gain * $0) }
    default: numbers(rows * columns, fanIn: rows, fanOut: columns, &generator)
    }
  }

  /// `count` numbers that know nothing of each other.
  func numbers(_ count: Int, fanIn: Int, fanOut: Int, _ generator: inout CounterGenerator) -> [Float] {
    func draw(_ next: (inout CounterGenerator) -> Double) -> [Float] { (0..<count).map { _ in Float(next(&generator)) } }
    func scaled(_ scale: Double, _ fan: Fan, _ distribution: Distribution) -> [Float] {
      let fans =
        switch fan {
        case .fanIn: Double(fanIn)
        case .fanOut: Double(fanOut)
        case .fanAverage: Double(fanIn + fanOut) / 2
        }
      let deviation = (scale / fans).squareRoot()
      switch distribution {
      case .truncatedNormal: return draw { $0.nextTruncatedNormal() / Self.truncation * deviation }
      case .untruncatedNormal: return draw { $0.nextNormal() * deviation }
      case .uniform:
        let limit = (3 * scale / fans).squareRoot()
        return draw { ($0.nextUnit() * 2 - 1) * limit }
      }
    }
    switch self {
    case .zeros: return Array(repeating: 0, count: count)
    case .ones: return Array(repeating: 1, count: count)
    case .constant(let value): return Array(repeating: Float(value), count: count)
    case .randomNormal(let mean, let stddev): return draw { mean + stddev * $0.nextNormal() }
    case .randomUniform(let minval, let maxval): return draw { minval + (maxval - minval) * $0.nextUnit() }
    case .truncatedNormal(let mean, let stddev): return draw { mean + stddev * $0.nextTruncatedNormal() }
    case .varianceScaling(let scale, let mode, let distribution): return scaled(scale, mode, distribution)
    case .glorotUniform: return scaled(1, .fanAverage, .uniform)
    case .glorotNormal: return scaled(1, .fanAverage, .truncatedNormal)
    case .heUniform: return scaled(2, .fanIn, .uniform)
    case .heNormal: return scaled(2, .fanIn, .truncatedNormal)
    case .lecunUniform: return scaled(1, .fanIn, .uniform)
    case .lecunNormal: return scaled(1, .fanIn, .truncatedNormal)
    case .identity, .orthogonal: preconditionFailure("\(name) makes matrices only")
    }
  }

  /// The standard deviation of a normal distribution cut at ±2.
  private static let truncation = 0.879_625_661_034_239_78

  /// Orthonormal columns, or rows where those are fewer: normal numbers made orthogonal one after the other (Gram and Schmidt), which is what Keras's QR
  /// decomposition with positive diagonal gives.
  private static func orthogonal(rows: Int, columns: Int, _ generator: inout CounterGenerator) -> [Double] {
    let (length, count) = (max(rows, columns), min(rows, columns))
    // One vector behind the other.
    var vectors = (0..<length * count).map { _ in generator.nextNormal() }
    vectors.withUnsafeMutableBufferPointer { vectors in
      /// In four sums, which the compiler may take at once.
      func dot(_ a: Int, _ b: Int) -> Double {
        let (a, b) = (a * length, b * length)
        var sums = SIMD4<Double>.zero
        var i = 0
        while i < length {
          var products = SIMD4<Double>.zero
          for lane in 0..<min(4, length - i) { products[lane] = vectors[a + i + lane] * vectors[b + i + lane] }
          sums += products
          i += 4
        }
        return (sums[0] + sums[1]) + (sums[2] + sums[3])
      }
      for vector in 0..<count {
        for earlier in 0..<vector {
          let share = dot(vector, earlier)
          for i in 0..<length { vectors[vector * length + i] -= share * vectors[earlier * length + i] }
        }
        let norm = dot(vector, vector).squareRoot()
        for i in 0..<length { vectors[vector * length + i] /= norm }
      }
    }
    // The vectors are the columns of a tall matrix, and the rows of a wide one.
    guard rows > columns else { return vectors }
    return (0..<rows * columns).map { vectors[$0 % columns * length + $0 / columns] }
  }
}

extension CounterGenerator {
  /// A normal value of mean 0 and variance 1, by the polar method (Marsaglia and Bray, 1964).
  mutating func nextNormal() -> Double {
    while true {
      let u = nextUnit() * 2 - 1
      let v = nextUnit() * 2 - 1
      let s = u * u + v * v
      if s < 1, s > 0 { return u * (-2 * ExactFunctions.logarithm(s) / s).squareRoot() }
    }
  }

  /// The same, drawn again beyond two standard deviations.
  mutating func nextTruncatedNormal() -> Double {
    while true {
      let normal = nextNormal()
      if abs(normal) <= 2 { return normal }
    }
  }
}
