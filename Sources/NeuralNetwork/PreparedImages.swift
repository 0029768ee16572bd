import KernelTemplates
import RunConfig

/// One thing that random layers do to images as they are gathered.
///
/// Nothing in it is reference-counted: all workers copy it for every row.
enum ImageOperation {
  /// Draws a map, behind those that were drawn since the last sampling.
  case map(RandomMap, family: UInt64)
  /// Samples the image once where the maps drawn so far say, all of which have this fill.
  case sample(ImageFill, ElasticMoves?, limits: (low: Float, high: Float))
  case erase(RandomErasure, family: UInt64)
}

/// Puts the layers' operations on each other: neighbours that move pixels and fill alike are sampled together, up to an elastic one, which asks for its
/// moves at whole pixels and so ends what is joined.
struct ImageOperations {
  private(set) var operations: [ImageOperation] = []
  /// Of maps that are not yet sampled.
  private var fill: ImageFill?
  private static let unlimited = (low: -Float.greatestFiniteMagnitude, high: Float.greatestFiniteMagnitude)

  mutating func push(_ layer: Augmentation, family: UInt64, _ image: ImageShape, workers: Int, _ plan: inout BufferPlan) {
    if let map = RandomMap(layer), let its = layer.fill {
      if fill != its { finish() }
      operations.append(.map(map, family: family))
      fill = its
    } else if case .elasticTransform(let elastic) = layer, let its = layer.fill {
      guard let moves = ElasticMoves(elastic, family: family, image, workers: workers, &plan) else { return }
      if fill != its { finish() }
      fill = nil
      let range = elastic.valueRange
      operations.append(.sample(its, moves, limits: (Float(range.lowerBound), Float(range.upperBound))))
    } else if case .erasing(let erasing) = layer {
      finish()
      operations.append(.erase(RandomErasure(erasing), family: family))
    }
  }

  /// What comes next is no image layer.
  mutating func finish() {
    if let fill { operations.append(.sample(fill, nil, limits: Self.unlimited)) }
    fill = nil
  }

  /// All of them, and none is left.
  mutating func take() -> [ImageOperation] {
    finish()
    defer { operations = [] }
    return operations
  }
}

extension Augmentation {
  fileprivate var fill: ImageFill? {
    switch self {
    case .translation(let layer): ImageFill(layer.fillMode, layer.fillValue)
    case .rotation(let layer): ImageFill(layer.fillMode, layer.fillValue)
    case .zoom(let layer): ImageFill(layer.fillMode, layer.fillValue)
    case .shear(let layer): ImageFill(layer.fillMode, layer.fillValue)
    case .elasticTransform(let layer): ImageFill(layer.fillMode, layer.fillValue)
    case .erasing: nil
    }
  }
}

extension ImageFill {
  fileprivate init(_ mode: FillMode, _ value: Double) {
    self =
      switch mode {
      case .reflect: .reflect
      case .constant: .constant(Float(value))
      case .nearest: .nearest
      case .wrap: .wrap
      }
  }
}
