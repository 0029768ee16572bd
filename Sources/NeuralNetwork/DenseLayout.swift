import KernelTemplates
import RunConfig

/// Where a dense layer's numbers lie.
///
/// Its parameters are one matrix `[inputs + 1, columns]` in the arena, in the panels of `Matrix`: the kernel, then the bias as one more row (none
/// without a bias). The layer's input rows end with a 1 in column `inputs` (the first layer's lists with one more input), so that forward, gradient and
/// update treat the bias as one more input and need no code of its own.
public struct DenseLayout: Equatable, Sendable {
  /// Keras's name: `dense`, `dense_1`, …
  public let name: String
  /// Numbers that come in for each row.
  public let inputs: Int
  /// Numbers that go out for each row.
  public let units: Int
  /// Whether a bias is added.
  public let useBias: Bool
  /// Where the matrix starts in the arena, in floats; a multiple of 16.
  public let offset: Int
  /// Where the transposed kernel `[units, padded inputs]`, in panels too, starts in the arena of transposed kernels.
  public let transposedOffset: Int

  /// `units` padded to whole vectors; the padding stays zero.
  public var columns: Int { paddedToVector(units) }
  /// Rows of the matrix: the inputs, and one for the bias.
  public var rows: Int { inputs + (useBias ? 1 : 0) }
  /// Rows of the matrix in the arena: those of the first layer are padded to whole runs of eight inputs; the padding stays zero.
  public let arenaRows: Int
  /// The kernel, and the bias if there is one.
  let variables: [Variable]
  /// What becomes of each sum; linear where the loss holds the activation.
  public internal(set) var activation: ActivationKernel
  /// What is done to the layer's outputs before the next dense layer takes them, in order.
  public internal(set) var followers: [Follower] = []

  /// What the outputs went through last; linear where it was no activation.
  public var outputActivation: ActivationKernel {
    switch followers.last {
    // A penalty for outputs needs them, so a loss cannot hold an activation before it.
    case nil: activation
    case .activation(let kernel)?: kernel
    default: .linear
    }
  }

  /// The matrix as optimizers see it.
  var block: ParameterBlock {
    ParameterBlock(offset: offset, arenaRows: arenaRows, columns: columns, units: units, variables: variables, trainedRows: 0..<arenaRows)
  }

  /// Floats of the matrix in the arena.
  public var count: Int { arenaRows * columns }
  /// Panels of 32 units; the last may be 16 wide.
  public var panels: Int { (columns + 31) / 32 }
  /// Columns of the matrix that holds the layer's outputs: the units, the 1 of the next layer's bias, padding.
  public var outputColumns: Int { paddedToVector(units + 1) }
  /// Columns of the transposed kernel.
  public var transposedColumns: Int { paddedToVector(inputs) }

  /// Where the weight from input `row` (the bias's is `inputs`) to `unit` lies in the arena.
  public func index(row: Int, unit: Int) -> Int { offset + Matrix.index(row: row, column: unit, rows: arenaRows, columns: columns) }

  /// The layer's matrix in a buffer of arena layout.
  func matrix(_ arena: UnsafeMutablePointer<Float>) -> Matrix { Matrix(arena + offset, rows: arenaRows, columns: columns) }

  /// The transposed kernel in the arena of those.
  func transposedMatrix(_ arena: UnsafeMutablePointer<Float>) -> Matrix {
    Matrix(arena + transposedOffset, rows: units, columns: transposedColumns)
  }
}

/// What is done to a dense layer's outputs, behind its activation. It leaves as many.
public enum Follower: Equatable, Sendable {
  /// A function of each number.
  case activation(ActivationKernel)
  /// x · scale + offset.
  case rescaling(scale: Float, offset: Float)
  /// In training only. Random numbers come from `stream`.
  case dropout(rate: Float, stream: UInt64)
  /// In training only: normal noise is added. Random numbers come from `stream`.
  case gaussianNoise(deviation: Float, stream: UInt64)
  /// The number of one of `Network.normalizations`.
  case normalization(Int)
  /// Adds l1·Σ|x| + l2·Σx² to the loss of each row, and leaves x as it is.
  case activityPenalty(l1: Float, l2: Float)
}

extension ActivationKernel {
  /// The kernel of a configured activation.
  init(_ activation: Activation) {
    switch activation {
    case .linear: self = .linear
    case .sigmoid: self = .sigmoid
    case .relu: self = .relu
    case .softmax: self = .softmax
    case .tanh: self = .tanh
    case .softplus: self = .softplus
    case .softsign: self = .softsign
    case .elu(let alpha): self = .elu(alpha: Float(alpha))
    case .selu: self = .selu
    case .gelu(let approximate): self = approximate ? .geluTanh : .gelu
    case .silu: self = .silu
    case .leakyRelu(let slope): self = .leakyRelu(negativeSlope: Float(slope))
    case .exponential: self = .exponential
    case .hardSigmoid: self = .hardSigmoid
    case .mish: self = .mish
    }
  }
}
