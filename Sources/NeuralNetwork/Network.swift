import Failures
import KernelTemplates
import RunConfig

/// A stack of layers laid out in the parameter arena: what `define` makes.
///
/// Its backbone are the dense layers. What stands before the first of them is done to the inputs as they are gathered; what stands behind one, up to the next,
/// follows it, number by number.
public struct Network: Equatable, Sendable {
  /// Numbers in one example.
  public let inputs: Int
  /// The layers as the user wrote them.
  public let description: [Layer]
  /// Keras's name of each of them: `dense`, `dense_1`, …
  public let names: [String]
  /// Inputs are multiplied by this as they are gathered.
  public let inputScale: Double
  /// The rows and columns that an example's numbers are; nil where only the data know.
  public private(set) var image: ImageShape?
  /// What is done to the inputs after that, in order.
  public let preparation: [Preparation]
  /// The dense layers, from the inputs on, each with what follows it.
  public let layers: [DenseLayout]
  /// The normalisations that follow dense layers, in order.
  public let normalizations: [NormalizationLayout]
  /// Every matrix of numbers that optimizers change: those of `layers`, then those of `normalizations`.
  public let blocks: [ParameterBlock]
  /// Floats in the parameter arena, padding included.
  public let arenaCount: Int

  /// Lays out `layers` for examples of `inputs` numbers.
  ///
  /// - Throws: `Failure` (bad data) when there is no input, no dense layer, a layer without units, or one where it cannot stand.
  public init(inputs: Int, layers description: [Layer]) throws(Failure) {
    guard inputs > 0 else { throw Failure(.badData, at: "inputs", "expected at least 1, found \(inputs)") }
    var stack = LayerStack(inputs: inputs)
    for (index, layer) in description.enumerated() {
      try stack.push(layer, at: "model.layers[\(index)]")
    }
    guard !stack.layers.isEmpty else { throw Failure(.badData, at: "model.layers", "expected at least one dense layer, found none") }
    self.inputs = inputs
    self.description = description
    names = stack.names
    inputScale = stack.inputScale
    image = stack.image
    // Behind the dense layers' matrices.
    var offset = stack.layers.reduce(0) { $0 + $1.count }
    func placed(_ layout: NormalizationLayout) -> NormalizationLayout {
      defer { offset += layout.count }
      return layout.placed(at: offset)
    }
    normalizations = stack.normalizations.map(placed)
    preparation = stack.preparation.map { if case .normalization(let layout) = $0 { .normalization(placed(layout)) } else { $0 } }
    layers = stack.layers
    blocks = layers.map(\.block) + normalizations.map(\.block)
    arenaCount = offset
    penalizesWeights = blocks.contains { $0.variables.contains { $0.penalty != nil } }
    constrainsWeights = blocks.contains { $0.variables.contains { $0.constraint != nil } }
  }

  /// Numbers the network gives for one example.
  public var outputs: Int { layers[layers.count - 1].units }

  /// What the outputs went through last; linear where it was no activation.
  public var outputActivation: ActivationKernel { layers[layers.count - 1].outputActivation }

  /// Floats in the arena of transposed kernels.
  public var transposedCount: Int { layers.reduce(0) { $0 + $1.units * $1.transposedColumns } }

  /// Trainable numbers, padding not counted.
  public var parameterCount: Int { blocks.reduce(0) { $0 + $1.variables.reduce(0) { $0 + $1.rows.count } * $1.units } }

  /// The normalisation of inputs, if there is one.
  public var inputNormalization: NormalizationLayout? {
    for case .normalization(let layout) in preparation { return layout }
    return nil
  }

  /// Whether the loss has a part for the weights themselves.
  public let penalizesWeights: Bool
  /// Whether weights are put back into some range after a step.
  public let constrainsWeights: Bool

  /// The first layer that looks at images, if there is one.
  public var firstAugmentation: Augmentation? {
    for case .augmentation(let augmentation, _) in preparation { return augmentation }
    return nil
  }

  /// The same for images of this shape.
  public func seeing(_ image: ImageShape) -> Network {
    precondition(image.count == inputs, "images of \(image.count) pixels for \(inputs) inputs")
    var network = self
    network.image = image
    return network
  }

  /// Whether a row's outputs in training depend on the other rows of its batch.
  public var usesBatchStatistics: Bool { normalizations.contains { $0.kind.isBatch } }
}

/// One thing that is done to inputs before the first dense layer.
public enum Preparation: Equatable, Sendable {
  /// x · scale + offset.
  case rescaling(scale: Double, offset: Double)
  /// (x − mean) / √variance.
  case normalization(NormalizationLayout)
  /// In training only. Random numbers come from `stream`.
  case dropout(rate: Float, stream: UInt64)
  /// In training only: normal noise is added. Random numbers come from `stream`.
  case gaussianNoise(deviation: Float, stream: UInt64)
  /// In training only: the image becomes another one. Random numbers come from `stream`.
  case augmentation(Augmentation, stream: UInt64)
}

/// A matrix of the parameter arena as optimizers see it.
public struct ParameterBlock: Equatable, Sendable {
  /// Where it starts in the arena, in floats.
  public let offset: Int
  /// Rows in the arena.
  public let arenaRows: Int
  /// Numbers a row in the arena: `units`, padded to whole vectors.
  public let columns: Int
  /// Numbers a row without the padding.
  public let units: Int
  /// One behind the other.
  public let variables: [Variable]
  /// The rows that gradients are summed for: those of the variables, and padding.
  public let trainedRows: Range<Int>

  /// Panels of 32 units; the last may be 16 wide.
  public var panels: Int { (columns + 31) / 32 }
  /// Floats that are trained.
  public var trainedCount: Int { trainedRows.count * columns }

  /// Where a number lies in the arena.
  public func index(row: Int, unit: Int) -> Int { offset + Matrix.index(row: row, column: unit, rows: arenaRows, columns: columns) }
}
