/// The rows and columns of images that lie row by row, and for each pixel its own; the lists have room for whole vectors behind the last.
@frozen public struct ImageGrid {
  public let height: Int
  public let width: Int
  /// The column of each pixel.
  public let xs: UnsafePointer<Float>
  /// Its row.
  public let ys: UnsafePointer<Float>

  @inlinable public init(height: Int, width: Int, xs: UnsafePointer<Float>, ys: UnsafePointer<Float>) {
    (self.height, self.width) = (height, width)
    (self.xs, self.ys) = (xs, ys)
  }
}

/// Where the pixel in column x and row y comes from: column a0·x + a1·y + a2, row b0·x + b1·y + b2.
@frozen public struct ImageMap: Equatable, Sendable {
  public let a0, a1, a2, b0, b1, b2: Float

  @inlinable public init(a0: Float, a1: Float, a2: Float, b0: Float, b1: Float, b2: Float) {
    (self.a0, self.a1, self.a2) = (a0, a1, a2)
    (self.b0, self.b1, self.b2) = (b0, b1, b2)
  }
}

/// How far each pixel moves before a map is asked where it comes from; with room for whole vectors behind the last.
@frozen public struct ImageMoves {
  public let xs: UnsafePointer<Float>
  public let ys: UnsafePointer<Float>

  @inlinable public init(xs: UnsafePointer<Float>, ys: UnsafePointer<Float>) { (self.xs, self.ys) = (xs, ys) }
}

/// What stands for pixels beyond the edges.
@frozen public enum ImageFill: Equatable, Sendable {
  /// The image as in a mirror along its edge.
  case reflect
  case constant(Float)
  case nearest
  /// The image again.
  case wrap
}

/// The pixels with x0 ≤ column < x1 and y0 ≤ row < y1.
@frozen public struct ImageBox: Equatable, Sendable {
  public let x0, x1, y0, y1: Float

  @inlinable public init(x0: Float, x1: Float, y0: Float, y1: Float) {
    (self.x0, self.x1) = (x0, x1)
    (self.y0, self.y1) = (y0, y1)
  }
}
