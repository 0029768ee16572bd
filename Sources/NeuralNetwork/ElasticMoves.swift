import KernelTemplates
import RandomStreams
import RunConfig

/// How an elastic layer smooths noise, and how far it takes it: Keras's formulas for its `scale`.
package struct ElasticSmoothing {
  /// The standard deviation of the Gaussian, in pixels.
  private let deviation: Double
  /// Taps on each side of the middle.
  package let radius: Int
  /// What smoothed normal noise of deviation 1 is multiplied by.
  package let strength: Float

  package init(scale: Double, _ image: ImageShape) {
    deviation = 0.05 * scale * Double(min(image.height, image.width))
    // Keras's kernel has `int(6·σ) | 1` taps.
    radius = (Int(6 * deviation) | 1) / 2
    strength = Float(deviation * 0.1 * scale * Double(max(image.height, image.width)))
  }

  /// Writes 2 · radius + 1 numbers, whose sum is 1.
  package func write(_ taps: UnsafeMutablePointer<Float>) {
    var sum = 0.0
    for place in -radius...radius { sum += density(place) }
    for place in -radius...radius { taps[place + radius] = Float(density(place) / sum) }
  }

  private func density(_ place: Int) -> Double {
    place == 0 ? 1 : ExactFunctions.exponential(-0.5 * (Double(place) / deviation) * (Double(place) / deviation))
  }
}

/// How far an elastic layer moves each pixel: normal noise, smoothed; and each worker's memory for it.
///
/// A pixel's noise is drawn by its place, so a worker computes the rows of pixels that it needs, and all get the same.
struct ElasticMoves {
  private let probabilities: ClosedRange<Double>
  private let scales: ClosedRange<Double>
  private let family: UInt64
  private let image: ImageShape
  /// Floats from one row of noise to the next.
  private let pitch: Int
  /// Zeros before the first row of noise.
  private let margin: Int
  private let mostTaps: Int
  private let memory: UnsafeMutablePointer<Float>
  /// Floats of one worker: taps; zeros, and two fields of noise; one that is smoothed across; and the moves.
  private let stride: Int

  /// Nil where nothing would ever move.
  init?(_ layer: RandomElasticTransform, family: UInt64, _ image: ImageShape, workers: Int, _ plan: inout BufferPlan) {
    probabilities = layer.factor.upwards
    scales = layer.scale.upwards
    guard probabilities.upperBound > 0, scales.upperBound > 0 else { return nil }
    self.family = family
    self.image = image
    let radius = ElasticSmoothing(scale: scales.upperBound, image).radius
    mostTaps = paddedToVector(2 * radius + 1)
    margin = paddedToVector(radius)
    pitch = (image.width + radius + 31) / 32 * 32
    stride = mostTaps + margin + 3 * image.height * pitch + 2 * Self.room(image)
    memory = plan.floats(workers * stride)
  }

  /// Floats of a move of every pixel, and what is written behind the last.
  private static func room(_ image: ImageShape) -> Int { paddedToVector(image.count + 32) }

  /// How much this step's images are distorted: as in Keras, all of a batch alike.
  private func drawnSmoothing(_ position: BatchPosition) -> ElasticSmoothing {
    var generator = CounterGenerator(seed: position.key(family), stream: .max)
    return ElasticSmoothing(scale: generator.next(in: scales), image)
  }

  /// Before a step's rows.
  func prepare(_ position: BatchPosition, worker: Int) { drawnSmoothing(position).write(memory + worker * stride) }

  /// The moves of the pixels in `columns` for the row of this number in the batch; nil where its image stays as it is.
  func draw(_ kernels: any KernelSet.Type, _ grid: ImageGrid, row: Int, columns: Range<Int>, _ position: BatchPosition, worker: Int) -> ImageMoves? {
    let key = position.key(family)
    var generator = CounterGenerator(seed: key, stream: UInt64(row))
    guard generator.nextUnit() < generator.next(in: probabilities) else { return nil }
    let smoothing = drawnSmoothing(position)
    let rows = columns.lowerBound / image.width..<(columns.upperBound + image.width - 1) / image.width
    let drawn = max(rows.lowerBound - smoothing.radius, 0)..<min(rows.upperBound + smoothing.radius, image.height)
    let taps = memory + worker * stride
    let noise = taps + mostTaps + margin
    let across = noise + 2 * image.height * pitch
    func smooth(_ field: Int, into moves: UnsafeMutablePointer<Float>) {
      let first = field * image.height
      let drawnColumns = (first + drawn.lowerBound) * pitch..<(first + drawn.upperBound) * pitch
      (noise + drawnColumns.lowerBound).update(repeating: 0, count: drawnColumns.count)
      kernels.addNoiseToInputs(noise, deviation: 1, key: key, row: row, columns: drawnColumns)
      for y in drawn { (noise + (first + y) * pitch + image.width).update(repeating: 0, count: pitch - image.width) }
      kernels.smoothNoise(
        noise + first * pitch, grid, pitch: pitch, rows: rows, taps: taps, radius: smoothing.radius, strength: smoothing.strength, across: across, into: moves)
    }
    let xs = across + image.height * pitch
    let ys = xs + Self.room(image)
    smooth(0, into: xs)
    smooth(1, into: ys)
    return ImageMoves(xs: xs, ys: ys)
  }
}
