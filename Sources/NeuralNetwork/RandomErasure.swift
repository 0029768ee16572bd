import KernelTemplates
import RandomStreams
import RunConfig

/// How a layer that covers a part of an image draws which.
package struct RandomErasure: Sendable {
  private let probability: ClosedRange<Double>
  private let scale: ClosedRange<Double>
  /// Nil for noise.
  let value: Float?
  /// Of the noise.
  let deviation: Float
  let limits: (low: Float, high: Float)

  package init(_ layer: RandomErasing) {
    probability = layer.factor.upwards
    scale = layer.scale.upwards
    let range = layer.valueRange
    value = layer.fillValue.map { Float(min(max($0, range.lowerBound), range.upperBound)) }
    deviation = Float(range.upperBound)
    limits = (Float(range.lowerBound), Float(range.upperBound))
  }

  /// The next box of `generator`; nil for an image that stays as it is.
  package func draw(_ generator: inout CounterGenerator, _ image: ImageShape) -> ImageBox? {
    guard generator.nextUnit() < generator.next(in: probability) else { return nil }
    let width = generator.next(in: scale).squareRoot() * Double(image.width)
    let height = generator.next(in: scale).squareRoot() * Double(image.height)
    let x = generator.nextUnit() * (Double(image.width) - width)
    let y = generator.nextUnit() * (Double(image.height) - height)
    return ImageBox(x0: Float(x), x1: Float(x + width), y0: Float(y), y1: Float(y + height))
  }
}
