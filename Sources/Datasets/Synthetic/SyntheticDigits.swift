import RandomStreams

/// An endless source of labelled pictures of handwritten-looking digits, without a file or a download.
///
/// Digit number `index` is a pure function of (seed, size, index): any thread makes any digit in any order, and the bytes are the same on every
/// machine. For that all arithmetic is IEEE 754's own (+, -, *, /, square root), in one order; nothing calls the C library's `sin` or `exp`,
/// whose last bits differ.
///
/// A digit is strokes (`Glyph`), bent, slanted, turned, scaled and shifted by a random hand (`Handwriting`), drawn with a round pen of random
/// width (`Canvas`). About a fifth of the pixels carry ink, as in MNIST.
public struct SyntheticDigits: Equatable, Sendable {
  /// Which digits: the same seed gives the same bytes on every machine.
  public let seed: UInt64
  /// Pixels a side.
  public let size: Int

  /// Sides an image may have: fewer pixels cannot tell an 8 from a 0.
  public static let sizes = 8...256
  /// Classes, 0 to 9.
  public static let classCount = 10

  /// - Parameters:
  ///   - seed: of every draw.
  ///   - size: must be in `sizes`.
  public init(seed: UInt64, size: Int = 28) {
    precondition(Self.sizes ~= size, "size \(size)")
    (self.seed, self.size) = (seed, size)
  }

  /// Bytes of an image.
  public var imageByteCount: Int { size * size }

  /// The class of digit `index`. Ten digits from a multiple of ten on have the ten classes in a random order, so that any run of digits is
  /// balanced to within one of each.
  public func label(index: UInt64) -> UInt8 {
    let count = UInt64(Self.classCount)
    var generator = CounterGenerator(seed: seed, stream: Stream.syntheticClasses(block: index / count))
    // Classes not yet given, four bits each, the first in the lowest.
    var rest: UInt64 = 0x98_7654_3210
    for taken in 0..<index % count {
      let place = 4 * generator.next(below: count - taken)
      let below = rest & ((1 << place) - 1)
      rest = (rest >> (place + 4)) << place | below
    }
    return UInt8(rest >> (4 * generator.next(below: count - index % count)) & 15)
  }

  /// Draws digit `index` into `image` and returns its class.
  ///
  /// - Parameters:
  ///   - index: of the digit.
  ///   - image: row-major `[size, size]`, 0 for paper and 255 for ink. Must hold `imageByteCount` bytes.
  @discardableResult
  public func render(index: UInt64, into image: UnsafeMutableBufferPointer<UInt8>) -> UInt8 {
    precondition(image.count == imageByteCount, "\(image.count) bytes for an image of \(imageByteCount)")
    return draw(index, on: Canvas(size: size), into: image.baseAddress!)
  }

  /// Draws the digits `indices` one after another; the one way without an allocation a digit.
  ///
  /// - Parameters:
  ///   - indices: of the digits.
  ///   - images: `[indices.count, size, size]`.
  ///   - labels: `[indices.count]`.
  public func render(_ indices: Range<UInt64>, images: UnsafeMutableBufferPointer<UInt8>, labels: UnsafeMutableBufferPointer<UInt8>) {
    precondition(images.count == indices.count * imageByteCount && labels.count == indices.count, "\(images.count) and \(labels.count) bytes for \(indices)")
    guard !indices.isEmpty else { return }
    let canvas = Canvas(size: size)
    for (row, index) in indices.enumerated() {
      labels[row] = draw(index, on: canvas, into: images.baseAddress! + row * imageByteCount)
    }
  }

  private func draw(_ index: UInt64, on canvas: borrowing Canvas, into image: UnsafeMutablePointer<UInt8>) -> UInt8 {
    let label = label(index: index)
    var generator = CounterGenerator(seed: seed, stream: Stream.syntheticShape(index: index))
    let hand = Handwriting(size: size, from: &generator)
    let ways = Glyph.all[Int(label)]
    let glyph = ways[Int(generator.next(below: UInt64(ways.count)))]
    // The edge of a line fades over a pixel and a half, as MNIST's do.
    let edge = 1.5 * Float(size) / 28
    canvas.clear()
    for stroke in glyph.strokes { draw(stroke, hand, reach: hand.radius + edge / 2, on: canvas, &generator) }
    canvas.shade(radius: hand.radius, edge: edge, into: image)
    return label
  }

  /// Draws the smooth curve through the points of `stroke`: between two neighbours, the cubic whose slope at each is half the way from the point
  /// before to the point after (Catmull and Rom, 1974), cut into straight lines.
  private func draw(_ stroke: [SIMD2<Float>], _ hand: Handwriting, reach: Float, on canvas: borrowing Canvas, _ generator: inout CounterGenerator) {
    let steps = max(4, size / 8)
    var here = hand.jittered(stroke[0], from: &generator)
    var next = hand.jittered(stroke[1], from: &generator)
    var before = here + here - next
    var pen = hand.place(here)
    for number in 2...stroke.count {
      // Beyond the ends the curve goes on as it came.
      let after = number < stroke.count ? hand.jittered(stroke[number], from: &generator) : next + next - here
      let (leaving, arriving) = ((next - before) * 0.5, (after - here) * 0.5)
      let way = next - here
      let (square, cube) = (way * 3 - leaving * 2 - arriving, leaving + arriving - way * 2)
      for step in 1...steps {
        let t = Float(step) / Float(steps)
        let to = hand.place(here + (leaving + (square + cube * t) * t) * t)
        canvas.line(from: pen, to: to, reach: reach)
        pen = to
      }
      (before, here, next) = (here, next, after)
    }
  }
}
