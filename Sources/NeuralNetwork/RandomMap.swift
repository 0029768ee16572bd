import RandomStreams
import RunConfig

/// How a layer that moves images as a whole draws its map.
///
/// Nothing in it is reference-counted: all workers copy it for every row.
package enum RandomMap: Sendable {
  /// In heights and widths.
  case translation(height: ClosedRange<Double>, width: ClosedRange<Double>)
  /// In whole turns.
  case rotation(ClosedRange<Double>)
  /// What is added to a factor of 1; without a width as much in both directions.
  case zoom(height: ClosedRange<Double>, width: ClosedRange<Double>?)
  /// Their sign is drawn, too.
  case shear(x: ClosedRange<Double>, y: ClosedRange<Double>)

  /// Nil for layers that do other things.
  package init?(_ layer: Augmentation) {
    switch layer {
    case .translation(let layer): self = .translation(height: layer.heightFactor.around, width: layer.widthFactor.around)
    case .rotation(let layer): self = .rotation(layer.factor.around)
    case .zoom(let layer): self = .zoom(height: layer.heightFactor.around, width: layer.widthFactor?.around)
    case .shear(let layer): self = .shear(x: layer.xFactor.around, y: layer.yFactor.around)
    case .elasticTransform, .erasing: return nil
    }
  }

  /// The next map of `generator`.
  package func draw(_ generator: inout CounterGenerator, _ image: ImageShape) -> AffineMap {
    switch self {
    case .translation(let height, let width):
      let down = generator.next(in: height) * Double(image.height)
      return .translation(x: generator.next(in: width) * Double(image.width), y: down)
    case .rotation(let turns): return .rotation(turns: generator.next(in: turns), image)
    case .zoom(let height, let width):
      let down = 1 + generator.next(in: height)
      return .zoom(x: width.map { 1 + generator.next(in: $0) } ?? down, y: down, image)
    case .shear(let x, let y):
      let sign: Double = generator.nextUnit() > 0.5 ? -1 : 1
      let down = generator.next(in: y)
      return .shear(x: sign * generator.next(in: x), y: sign * down)
    }
  }
}

extension CounterGenerator {
  /// A number drawn evenly from `range`.
  mutating func next(in range: ClosedRange<Double>) -> Double { range.lowerBound + (range.upperBound - range.lowerBound) * nextUnit() }
}
