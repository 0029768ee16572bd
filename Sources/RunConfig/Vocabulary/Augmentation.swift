/// What a random layer draws from, as Keras's factors: two limits, or one number, of which the layer says what it stands for.
public enum Factor: Equatable, Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// What it stands for, the layer says.
  case number(Double)
  /// In any order.
  case between(Double, Double)

  /// One number, for both directions.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// One number, for both directions.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }

  /// The limits, where a number x stands for −x to x.
  public var around: ClosedRange<Double> { limits { -abs($0)...abs($0) } }

  /// The limits, where a number x stands for 0 to x.
  public var upwards: ClosedRange<Double> { limits { 0...abs($0) } }

  private func limits(_ range: (Double) -> ClosedRange<Double>) -> ClosedRange<Double> {
    switch self {
    case .number(let number): range(number)
    case .between(let one, let other): min(one, other)...max(one, other)
    }
  }
}

/// What stands for pixels beyond an image's edges, in Keras's words.
public enum FillMode: String, CaseIterable, Sendable {
  /// `d c b a | a b c d | d c b a`.
  case reflect
  /// One value, `fill_value`.
  case constant
  /// The nearest pixel.
  case nearest
  /// The image again.
  case wrap
}

/// In training, moves images up, down and sideways, as Keras's `RandomTranslation`.
public struct RandomTranslation: Equatable, Sendable {
  /// How far down, in heights of the image, −1 to 1; one number is for both directions.
  public var heightFactor: Factor
  /// How far to the right, in widths.
  public var widthFactor: Factor
  /// What stands for pixels beyond the edges.
  public var fillMode: FillMode
  /// What they are in `FillMode.constant`.
  public var fillValue: Double

  /// - Parameters:
  ///   - heightFactor: how far down, in heights of the image.
  ///   - widthFactor: how far to the right, in widths.
  ///   - fillMode: what stands beyond the edges.
  ///   - fillValue: for `FillMode.constant`.
  public init(heightFactor: Factor, widthFactor: Factor, fillMode: FillMode = .reflect, fillValue: Double = 0) {
    self.heightFactor = heightFactor
    self.widthFactor = widthFactor
    self.fillMode = fillMode
    self.fillValue = fillValue
  }
}

/// In training, turns images around their centre, as Keras's `RandomRotation`.
public struct RandomRotation: Equatable, Sendable {
  /// How far, in whole turns, −1 to 1; one number is for both directions.
  public var factor: Factor
  /// What stands for pixels beyond the edges.
  public var fillMode: FillMode
  /// What they are in `FillMode.constant`.
  public var fillValue: Double

  /// - Parameters:
  ///   - factor: how far counterclockwise, in turns.
  ///   - fillMode: what stands beyond the edges.
  ///   - fillValue: for `FillMode.constant`.
  public init(_ factor: Factor, fillMode: FillMode = .reflect, fillValue: Double = 0) {
    self.factor = factor
    self.fillMode = fillMode
    self.fillValue = fillValue
  }
}

/// In training, makes images smaller (above 0) and larger (below), around their centre, as Keras's `RandomZoom`.
public struct RandomZoom: Equatable, Sendable {
  /// Above −1, up to 1; one number is for both directions.
  public var heightFactor: Factor
  /// Nil for as much as in height.
  public var widthFactor: Factor?
  /// What stands for pixels beyond the edges.
  public var fillMode: FillMode
  /// What they are in `FillMode.constant`.
  public var fillValue: Double

  /// - Parameters:
  ///   - heightFactor: by how much lower; below 0 higher.
  ///   - widthFactor: by how much narrower; nil for what `heightFactor` draws.
  ///   - fillMode: what stands beyond the edges.
  ///   - fillValue: for `FillMode.constant`.
  public init(heightFactor: Factor, widthFactor: Factor? = nil, fillMode: FillMode = .reflect, fillValue: Double = 0) {
    self.heightFactor = heightFactor
    self.widthFactor = widthFactor
    self.fillMode = fillMode
    self.fillValue = fillValue
  }
}

/// In training, slants images, as Keras's `RandomShear`: the first row and column stay where they are.
public struct RandomShear: Equatable, Sendable {
  /// Columns to the side a row, 0 to 1. One number x is for −x to x, of two limits each row draws the sign.
  public var xFactor: Factor
  /// Rows up or down a column.
  public var yFactor: Factor
  /// What stands for pixels beyond the edges.
  public var fillMode: FillMode
  /// What they are in `FillMode.constant`.
  public var fillValue: Double

  /// - Parameters:
  ///   - xFactor: columns to the side a row.
  ///   - yFactor: rows up or down a column.
  ///   - fillMode: what stands beyond the edges.
  ///   - fillValue: for `FillMode.constant`.
  public init(xFactor: Factor = 0, yFactor: Factor = 0, fillMode: FillMode = .reflect, fillValue: Double = 0) {
    self.xFactor = xFactor
    self.yFactor = yFactor
    self.fillMode = fillMode
    self.fillValue = fillValue
  }
}

/// In training, moves each pixel by smoothed noise, as Keras's `RandomElasticTransform`.
public struct RandomElasticTransform: Equatable, Sendable {
  /// The probability with which an image is distorted, 0 to 1, is itself drawn for each; one number x is for 0 to x.
  public var factor: Factor
  /// How much, 0 to 1, is drawn for each step; one number x is for 0 to x.
  public var scale: Factor
  /// What stands for pixels beyond the edges.
  public var fillMode: FillMode
  /// What they are in `FillMode.constant`.
  public var fillValue: Double
  /// What images are limited to.
  public var valueRange: ClosedRange<Double>

  /// - Parameters:
  ///   - factor: the probability with which an image is distorted.
  ///   - scale: how much.
  ///   - fillMode: what stands beyond the edges.
  ///   - fillValue: for `FillMode.constant`.
  ///   - valueRange: what pixels are limited to.
  public init(factor: Factor = 1, scale: Factor = 1, fillMode: FillMode = .reflect, fillValue: Double = 0, valueRange: ClosedRange<Double> = 0...255) {
    self.factor = factor
    self.scale = scale
    self.fillMode = fillMode
    self.fillValue = fillValue
    self.valueRange = valueRange
  }
}

/// In training, covers a rectangle of images with one value, or with noise, as Keras's `RandomErasing`.
public struct RandomErasing: Equatable, Sendable {
  /// The probability with which an image is covered, 0 to 1, is itself drawn for each; one number x is for 0 to x.
  public var factor: Factor
  /// The squares of the rectangle's shares of height and width, 0 to 1; one number x is for 0 to x.
  public var scale: Factor
  /// Nil for normal noise of the deviation `valueRange.upperBound`.
  public var fillValue: Double?
  /// What the covering is limited to.
  public var valueRange: ClosedRange<Double>

  /// - Parameters:
  ///   - factor: the probability with which an image is covered.
  ///   - scale: the squares of the rectangle's shares of height and width.
  ///   - fillValue: nil for noise.
  ///   - valueRange: what the covering is limited to.
  public init(factor: Factor = 1, scale: Factor = .between(0.02, 0.33), fillValue: Double? = nil, valueRange: ClosedRange<Double> = 0...255) {
    self.factor = factor
    self.scale = scale
    self.fillValue = fillValue
    self.valueRange = valueRange
  }
}

/// Says which rows and columns the numbers of an example are, as Keras's `Reshape`, for the layers that look at images.
public struct Reshape: Equatable, Sendable {
  /// Rows, columns, and perhaps a 1 for the channel.
  public var targetShape: [Int]

  /// - Parameter targetShape: rows, columns, and perhaps a 1 for the channel.
  public init(_ targetShape: [Int]) { self.targetShape = targetShape }
}

/// A layer that makes other images of images in training, each row of a batch by numbers of its own.
public enum Augmentation: Equatable, Sendable {
  /// Moved.
  case translation(RandomTranslation)
  /// Turned.
  case rotation(RandomRotation)
  /// Larger or smaller.
  case zoom(RandomZoom)
  /// Slanted.
  case shear(RandomShear)
  /// Bent.
  case elasticTransform(RandomElasticTransform)
  /// With a rectangle covered.
  case erasing(RandomErasing)

  var word: Layer.TypeWord {
    switch self {
    case .translation: .randomTranslation
    case .rotation: .randomRotation
    case .zoom: .randomZoom
    case .shear: .randomShear
    case .elasticTransform: .randomElasticTransform
    case .erasing: .randomErasing
    }
  }

  /// Keras's name for such a layer.
  public var name: String { word.rawValue }
}
