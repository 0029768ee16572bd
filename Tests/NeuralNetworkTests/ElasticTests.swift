import KernelTemplates
import Kernels
import NeuralNetwork
import TestSupport
import Testing

/// The promise: given Keras's noise, an elastic layer's formulas and kernels move pixels where Keras's do.
@Suite struct ElasticTests {
  @Test(arguments: InstructionSet.supported) func asKeras(_ set: InstructionSet) throws {
    let table = try #require(GoldenImages.table)
    let shape = try #require(ImageShape([table.height, table.width]))
    #expect(table.elastic.count == 3)
    for golden in table.elastic {
      let smoothing = ElasticSmoothing(scale: try #require(golden.layer.scale)[0], shape)
      let moves = try [table.noiseX, table.noiseY].map { try smoothed($0, smoothing, shape, set) }
      let fill: ImageFill =
        switch golden.layer.fillMode {
        case "constant": .constant(try #require(golden.layer.fillValue))
        case "wrap": .wrap
        default: .reflect
        }
      let range = golden.layer.valueRange ?? [0, 255]
      let found = sampled(table.image, moves, fill, (range[0], range[1]), shape, set)
      expectClose(found, golden.pixels[0], within: 2e-5, "\(golden.layer)")
    }
  }

  /// Not every radius is that of a small image: against sums over the whole Gaussian.
  @Test(arguments: InstructionSet.supported, [(3, 5), (28, 28), (40, 33), (90, 64)]) func everyRadius(_ set: InstructionSet, _ size: (Int, Int)) throws {
    let shape = try #require(ImageShape([size.0, size.1]))
    let noise = seededFloats(shape.count, seed: 3)
    for scale in [0.3, 1] {
      let smoothing = ElasticSmoothing(scale: scale, shape)
      var taps = [Float](repeating: 0, count: 2 * smoothing.radius + 1)
      taps.withUnsafeMutableBufferPointer { smoothing.write($0.baseAddress!) }
      #expect(abs(taps.reduce(0, +) - 1) < 1e-6)
      let found = try smoothed(noise, smoothing, shape, set)
      var expected = [Float](repeating: 0, count: shape.count)
      for y in 0..<shape.height {
        for x in 0..<shape.width {
          var sum = 0.0
          for (i, down) in taps.enumerated() {
            for (j, across) in taps.enumerated() {
              let (row, column) = (y + i - smoothing.radius, x + j - smoothing.radius)
              guard 0..<shape.height ~= row, 0..<shape.width ~= column else { continue }
              sum += Double(down) * Double(across) * Double(noise[row * shape.width + column])
            }
          }
          expected[y * shape.width + x] = Float(sum * Double(smoothing.strength))
        }
      }
      expectClose(found, expected, within: 1e-5, "scale \(scale)")
    }
  }

  private func smoothed(_ noise: [Float], _ smoothing: ElasticSmoothing, _ shape: ImageShape, _ set: InstructionSet) throws -> [Float] {
    var taps = [Float](repeating: 0, count: 2 * smoothing.radius + 1)
    taps.withUnsafeMutableBufferPointer { smoothing.write($0.baseAddress!) }
    let pitch = (shape.width + smoothing.radius + 31) / 32 * 32
    let margin = smoothing.radius
    var rows = [Float](repeating: 0, count: margin + shape.height * pitch + smoothing.radius + 16)
    for y in 0..<shape.height { for x in 0..<shape.width { rows[margin + y * pitch + x] = noise[y * shape.width + x] } }
    var across = [Float](repeating: .nan, count: shape.height * pitch)
    var moves = [Float](repeating: .nan, count: shape.count + 16)
    withGrid(shape) { grid in
      rows.withUnsafeBufferPointer { rows in
        set.kernels.smoothNoise(
          rows.baseAddress! + margin, grid, pitch: pitch, rows: 0..<shape.height, taps: taps, radius: smoothing.radius, strength: smoothing.strength,
          across: &across, into: &moves)
      }
    }
    return Array(moves.prefix(shape.count))
  }

  private func sampled(
    _ image: [Float], _ moves: [[Float]], _ fill: ImageFill, _ limits: (low: Float, high: Float), _ shape: ImageShape, _ set: InstructionSet
  ) -> [Float] {
    var found = [Float](repeating: .nan, count: shape.count + 16)
    let (xs, ys) = (moves[0] + [Float](repeating: 0, count: 16), moves[1] + [Float](repeating: 0, count: 16))
    withGrid(shape) { grid in
      xs.withUnsafeBufferPointer { xs in
        ys.withUnsafeBufferPointer { ys in
          set.kernels.sampleImage(
            image, grid, map: AffineMap.identity.kernel, moves: ImageMoves(xs: xs.baseAddress!, ys: ys.baseAddress!), fill: fill, limits: limits,
            columns: 0..<shape.count, into: &found)
        }
      }
    }
    return Array(found.prefix(shape.count))
  }

  private func withGrid(_ shape: ImageShape, _ body: (ImageGrid) -> Void) {
    let padding = [Float](repeating: 0, count: 16)
    let xs = (0..<shape.count).map { Float($0 % shape.width) } + padding
    let ys = (0..<shape.count).map { Float($0 / shape.width) } + padding
    xs.withUnsafeBufferPointer { xs in
      ys.withUnsafeBufferPointer { ys in body(ImageGrid(height: shape.height, width: shape.width, xs: xs.baseAddress!, ys: ys.baseAddress!)) }
    }
  }
}
