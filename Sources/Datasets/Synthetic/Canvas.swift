/// A square of pixels that a pen draws on: it keeps each pixel's squared distance to the nearest line so far.
///
/// Layout: row-major `[size][size + 8]`; the eight beyond the edge take what a vector writes past it. The memory is allocated once and serves
/// one digit after another.
struct Canvas: ~Copyable {
  private let size: Int
  private let stride: Int
  // Allocated here, freed in `deinit`, and handed to nobody.
  private let squares: UnsafeMutablePointer<Float>

  init(size: Int) {
    self.size = size
    stride = size + Self.lanes
    squares = .allocate(capacity: size * stride)
  }

  deinit { squares.deallocate() }

  /// Forgets every line.
  func clear() {
    squares.update(repeating: Self.far, count: size * stride)
  }

  /// Draws the straight line from `start` to `end` for a pen that reaches `reach` pixels to each side.
  func line(from start: SIMD2<Float>, to end: SIMD2<Float>, reach: Float) {
    let columns = pixels(min(start.x, end.x) - reach, max(start.x, end.x) + reach)
    let rows = pixels(min(start.y, end.y) - reach, max(start.y, end.y) + reach)
    let along = end - start
    // A line of no length is a dot: every pixel is nearest to its start.
    let scale = 1 / max(along.x * along.x + along.y * along.y, 1e-12)
    for y in rows {
      let fromY = Float(y) - start.y
      let alongY = fromY * along.y
      let row = UnsafeMutableRawPointer(squares + y * stride)
      var x = columns.lowerBound
      while x < columns.upperBound {
        let fromX = Self.steps + (Float(x) - start.x)
        var share = (fromX * along.x + alongY) * scale
        share.replace(with: 0, where: share .< 0)
        share.replace(with: 1, where: share .> 1)
        let (dx, dy) = (fromX - share * along.x, fromY - share * along.y)
        let square = dx * dx + dy * dy
        let place = row + x * MemoryLayout<Float>.stride
        let before = place.loadUnaligned(as: SIMD8<Float>.self)
        place.storeBytes(of: before.replacing(with: square, where: square .< before), as: SIMD8<Float>.self)
        x += Self.lanes
      }
    }
  }

  /// Writes the picture as `size * size` bytes, row by row: full ink within the pen's `radius`, fading to none over `edge` pixels around it.
  func shade(radius: Float, edge: Float, into image: UnsafeMutablePointer<UInt8>) {
    let reach = radius + edge / 2
    let (limit, slope) = (reach * reach, 255 / edge)
    for y in 0..<size {
      let row = squares + y * stride
      for x in 0..<size {
        let square = row[x]
        image[y * size + x] = square < limit ? UInt8(min((reach - square.squareRoot()) * slope + 0.5, 255)) : 0
      }
    }
  }

  /// The pixels whose centres lie between `low` and `high`.
  private func pixels(_ low: Float, _ high: Float) -> Range<Int> {
    let last = Float(size)
    let first = Int(max(0, min(last, low + 1)))
    return first..<max(first, Int(max(0, min(last, high + 1))))
  }

  private static let lanes = 8
  private static let steps = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
  /// More than the square of any distance on an image.
  private static let far: Float = 1e9
}
