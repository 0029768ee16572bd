import RandomStreams

/// How one digit is written: what turns the points of a glyph into places on an image.
///
/// In turn: an elastic bend of the unit box, then scale, aspect, slant, rotation and shift. The bend is a free-form deformation (Sederberg and
/// Parry, SIGGRAPH 1986): a 4 × 4 grid of random displacements, blended by cubic Bernstein polynomials in x and in y.
///
/// Every number comes from +, -, *, / alone, which IEEE 754 rounds in one way, so the places are the same bits on every machine.
struct Handwriting {
  /// Half the width of the pen's line, in pixels.
  let radius: Float
  /// How far each point of the glyph itself is off, at most, in the unit box.
  private let tremor: Float = 0.075
  /// `[4][4]` displacements: each row's four in x, then its four in y.
  private var bend: (SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>)
  /// The columns of the linear map from the centred box to pixels.
  private let across: SIMD2<Float>
  private let down: SIMD2<Float>
  private let center: SIMD2<Float>

  /// Draws a hand from `generator` for an image of `size` × `size` pixels.
  init(size: Int, from generator: inout CounterGenerator) {
    let pixels = Float(size)
    // MNIST's digits fill 20 of 28 pixels.
    let height = pixels * (0.66 + 0.08 * generator.nextBell())
    let width = height * (0.84 + 0.28 * generator.nextBell())
    // A rotation without sine and cosine: both are rational in t = tan(angle / 2).
    let t = 0.2 * generator.nextBell()
    let (cosine, sine) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
    let slant = 0.1 + 0.5 * generator.nextBell()
    across = SIMD2(cosine, sine) * width
    down = SIMD2(-slant * cosine - sine, cosine - slant * sine) * height
    center = SIMD2(generator.nextBell(), generator.nextBell()) * (pixels * 0.07) + (pixels - 1) / 2
    radius = pixels / 28 * (1.05 + 0.5 * generator.nextBell())
    bend = (.zero, .zero, .zero, .zero)
    let strength: Float = 0.42
    bend.0 = generator.nextBells() * strength
    bend.1 = generator.nextBells() * strength
    bend.2 = generator.nextBells() * strength
    bend.3 = generator.nextBells() * strength
  }

  /// `point` of a glyph, a little off.
  func jittered(_ point: SIMD2<Float>, from generator: inout CounterGenerator) -> SIMD2<Float> {
    point + SIMD2(generator.nextBell(), generator.nextBell()) * tremor
  }

  /// Where `point` of the unit box comes to lie on the image, in pixels; the first pixel's centre is (0, 0).
  func place(_ point: SIMD2<Float>) -> SIMD2<Float> {
    let (columns, rows) = (Self.bernstein(point.x), Self.bernstein(point.y))
    var row = bend.0 * rows[0]
    row += bend.1 * rows[1]
    row += bend.2 * rows[2]
    row += bend.3 * rows[3]
    let (x, y) = (row.lowHalf * columns, row.highHalf * columns)
    let halves = SIMD4(lowHalf: x.lowHalf + x.highHalf, highHalf: y.lowHalf + y.highHalf)
    let bent = point + halves.evenHalf + halves.oddHalf - 0.5
    return center + across * bent.x + down * bent.y
  }

  /// The four cubic Bernstein polynomials at `t`; they add up to 1.
  private static func bernstein(_ t: Float) -> SIMD4<Float> {
    let s = 1 - t
    return SIMD4(s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
  }
}

extension CounterGenerator {
  /// A value in (-1, 1) on a bell curve around 0: the sum of four 16-bit parts of one draw, as no logarithm is needed. Standard deviation 0.29.
  mutating func nextBell() -> Float { Self.bell(next()) }

  /// Eight of them.
  mutating func nextBells() -> SIMD8<Float> {
    var bells = SIMD8<Float>()
    for lane in 0..<8 { bells[lane] = nextBell() }
    return bells
  }

  private static func bell(_ bits: UInt64) -> Float {
    let sum = Int32(bits & 0xFFFF) + Int32(bits >> 16 & 0xFFFF) + Int32(bits >> 32 & 0xFFFF) + Int32(bits >> 48)
    return Float(sum - 2 * 0xFFFF) / Float(2 * 0xFFFF)
  }
}
