import KernelTemplates
import RunConfig

/// Where a normalisation's numbers lie: a matrix in the arena, in the panels of `Matrix`, with a row for each of γ, β, mean and variance that its kind has.
public struct NormalizationLayout: Equatable, Sendable {
  /// What is normalised by what, and so which rows there are.
  public enum Kind: Equatable, Sendable {
    /// By the batch; rows γ, β, and the running mean and variance, of which a batch leaves the share `momentum`.
    case batch(momentum: Double)
    /// By the row; γ and β.
    case layer
    /// Of inputs: mean and variance only.
    case inputs

    /// Whether a row's outputs in training depend on the other rows of its batch.
    public var isBatch: Bool { if case .batch = self { true } else { false } }
  }

  /// Keras's name: `batch_normalization`, `batch_normalization_1`, …
  public let name: String
  /// What it is normalised by.
  public let kind: Kind
  /// Numbers that come in and go out for each row.
  public let units: Int
  /// Added to the variance, so that nothing is divided by 0; 0 for inputs.
  public let epsilon: Float
  /// Nil where it is not learned, but 1.
  let gamma: Variable?
  /// Nil where it is not learned, but 0.
  let beta: Variable?
  /// Where the matrix starts in the arena, in floats.
  public let offset: Int

  init(name: String, kind: Kind, units: Int, epsilon: Double = 0, gamma: Variable? = nil, beta: Variable? = nil, offset: Int = 0) {
    self.name = name
    self.kind = kind
    self.units = units
    self.epsilon = Float(epsilon)
    self.gamma = gamma
    self.beta = beta
    self.offset = offset
  }

  func placed(at offset: Int) -> NormalizationLayout {
    NormalizationLayout(name: name, kind: kind, units: units, epsilon: Double(epsilon), gamma: gamma, beta: beta, offset: offset)
  }

  /// Whether γ is learned.
  public var scale: Bool { gamma != nil }
  /// Whether β is learned.
  public var center: Bool { beta != nil }

  /// `units` padded to whole vectors; the padding of γ and β stays zero.
  public var columns: Int { paddedToVector(units) }
  /// Rows of the matrix in the arena.
  public var arenaRows: Int {
    switch kind {
    case .batch: 4
    case .layer, .inputs: 2
    }
  }
  /// Floats of the matrix in the arena.
  public var count: Int { arenaRows * columns }

  /// γ and β as optimizers see them.
  var block: ParameterBlock {
    let rows = (scale ? 0 : 1)..<(center ? 2 : 1)
    return ParameterBlock(
      offset: offset, arenaRows: arenaRows, columns: columns, units: units, variables: [gamma, beta].compactMap(\.self),
      trainedRows: rows.isEmpty ? 0..<0 : rows)
  }

  /// The rows that a file holds, under Keras's names.
  var tensors: [(name: String, row: Int)] {
    let learned = (scale ? [("gamma", 0)] : []) + (center ? [("beta", 1)] : [])
    return switch kind {
    case .batch: learned + [("moving_mean", 2), ("moving_variance", 3)]
    case .layer: learned
    case .inputs: [("mean", 0), ("variance", 1)]
    }
  }

  /// Where a number lies in the arena.
  public func index(row: Int, unit: Int) -> Int { offset + Matrix.index(row: row, column: unit, rows: arenaRows, columns: columns) }

  /// The layer's matrix in a buffer of arena layout.
  func matrix(_ arena: UnsafeMutablePointer<Float>) -> Matrix { Matrix(arena + offset, rows: arenaRows, columns: columns) }
}
