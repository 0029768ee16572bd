/// An image in Double, one pixel at a time, straight from the formulas.
public struct DoubleImage: Equatable, Sendable {
  public let height: Int
  public let width: Int
  public var pixels: [Double]

  public init(height: Int, width: Int, pixels: [Double]) {
    precondition(pixels.count == height * width, "\(pixels.count) pixels for \(height) rows of \(width)")
    (self.height, self.width, self.pixels) = (height, width, pixels)
  }

  /// The pixel, continued in a mirror along the edges.
  public subscript(row: Int, column: Int) -> Double { pixels[Self.reflected(row, height) * width + Self.reflected(column, width)] }

  private static func reflected(_ index: Int, _ count: Int) -> Int {
    let place = ((index % (2 * count)) + 2 * count) % (2 * count)
    return min(place, 2 * count - 1 - place)
  }

  /// Each pixel between the four around the place that `place` tells for its column and row.
  public func sampled(_ place: (_ x: Double, _ y: Double) -> (x: Double, y: Double)) -> DoubleImage {
    var result = self
    for row in 0..<height {
      for column in 0..<width {
        let (x, y) = place(Double(column), Double(row))
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (partX, partY) = (x - left, y - top)
        let above = self[Int(top), Int(left)] * (1 - partX) + self[Int(top), Int(left) + 1] * partX
        let below = self[Int(top) + 1, Int(left)] * (1 - partX) + self[Int(top) + 1, Int(left) + 1] * partX
        result.pixels[row * width + column] = above * (1 - partY) + below * partY
      }
    }
    return result
  }
}
