import KernelTemplates

/// Where in an image the pixel in column x and row y of the next one comes from: column a0·x + a1·y + a2, row b0·x + b1·y + b2, in the order of Keras's
/// `affine_transform`. In Double, and without the C library, so that it is the same everywhere.
package struct AffineMap: Equatable, Sendable {
  package var (a0, a1, a2) = (1.0, 0.0, 0.0)
  package var (b0, b1, b2) = (0.0, 1.0, 0.0)

  package static let identity = AffineMap()

  /// The image moves `x` columns to the right and `y` rows down.
  package static func translation(x: Double, y: Double) -> AffineMap {
    var map = identity
    (map.a2, map.b2) = (-x, -y)
    return map
  }

  /// It turns around its centre, counter-clockwise for positive turns.
  package static func rotation(turns: Double, _ image: ImageShape) -> AffineMap {
    let (cosine, sine) = (ExactFunctions.cosine(turns: turns), ExactFunctions.sine(turns: turns))
    return around(image, AffineMap(a0: cosine, a1: -sine, b0: sine, b1: cosine))
  }

  /// It becomes smaller by these factors, around its centre.
  package static func zoom(x: Double, y: Double, _ image: ImageShape) -> AffineMap { around(image, AffineMap(a0: x, a1: 0, b0: 0, b1: y)) }

  /// It is slanted by `x` columns a row and `y` rows a column, from its first pixel on.
  package static func shear(x: Double, y: Double) -> AffineMap { AffineMap(a0: 1, a1: x, b0: y, b1: 1) }

  /// The way back through two layers: `next` is of the one that comes after this map's.
  package func followed(by next: AffineMap) -> AffineMap {
    var map = AffineMap(
      a0: a0 * next.a0 + a1 * next.b0, a1: a0 * next.a1 + a1 * next.b1, b0: b0 * next.a0 + b1 * next.b0, b1: b0 * next.a1 + b1 * next.b1)
    map.a2 = a0 * next.a2 + a1 * next.b2 + a2
    map.b2 = b0 * next.a2 + b1 * next.b2 + b2
    return map
  }

  package var kernel: ImageMap { ImageMap(a0: Float(a0), a1: Float(a1), a2: Float(a2), b0: Float(b0), b1: Float(b1), b2: Float(b2)) }

  private init() {}

  private init(a0: Double, a1: Double, b0: Double, b1: Double) {
    (self.a0, self.a1) = (a0, a1)
    (self.b0, self.b1) = (b0, b1)
  }

  /// `map`, which leaves the first pixel where it is, moved so that it leaves the centre there.
  private static func around(_ image: ImageShape, _ map: AffineMap) -> AffineMap {
    let (x, y) = (Double(image.width - 1) / 2, Double(image.height - 1) / 2)
    var moved = map
    moved.a2 = x - (x * map.a0 + y * map.a1)
    moved.b2 = y - (x * map.b0 + y * map.b1)
    return moved
  }
}
