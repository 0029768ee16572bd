import KernelTemplates
import RunConfig

/// One of Keras's trainable variables, a kernel, a bias, γ or β: rows of a matrix of the parameter arena, and what keeps their numbers small.
public struct Variable: Equatable, Sendable {
  /// Rows of the matrix that are its own.
  public let rows: Range<Int>
  let penalty: Penalty?
  let constraint: Constraint?

  /// Whether it is a matrix, each column of which belongs to one unit; else a row of as many numbers as units.
  let isKernel: Bool

  init(rows: Range<Int>, isKernel: Bool = false, regularizer: Regularizer? = nil, constraint: Constraint? = nil) {
    self.rows = rows
    self.isKernel = isKernel
    penalty = regularizer.flatMap(Penalty.init)
    self.constraint = constraint
  }
}

extension ConstraintKernel {
  init(_ constraint: Constraint) {
    switch constraint {
    case .nonNeg: self = .nonNegative
    case .maxNorm(let maximum): self = .norm(lower: 0, upper: Float(maximum), rate: 1)
    case .unitNorm: self = .norm(lower: 1, upper: 1, rate: 1)
    case .minMaxNorm(let low, let high, let rate): self = .norm(lower: Float(low), upper: Float(high), rate: Float(rate))
    }
  }
}

/// What is added to the loss for numbers x: l1·Σ|x| + l2·Σx².
struct Penalty: Equatable, Sendable {
  let l1: Float
  let l2: Float

  /// Nil where nothing is added.
  init?(_ regularizer: Regularizer) {
    guard regularizer.l1 > 0 || regularizer.l2 > 0 else { return nil }
    (l1, l2) = (Float(regularizer.l1), Float(regularizer.l2))
  }
}
