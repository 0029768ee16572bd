import KernelTemplates
import Kernels
import TestSupport
import Testing

/// Penalties, averages and constraints, against their formulas in Double.
@Suite struct PenaltyTests {
  private static let (l1, l2): (Float, Float) = (0.3, 0.7)

  private static func penalty(_ x: [Float]) -> Float { Float(x.reduce(0.0) { $0 + Double(l1) * abs(Double($1)) + Double(l2) * Double($1) * Double($1) }) }
  private static func slope(_ x: Float) -> Float { (x > 0 ? l1 : x < 0 ? -l1 : 0) + 2 * l2 * x }

  @Test(arguments: instructionSets, [16, 48, 160]) func weights(_ set: InstructionSet, _ count: Int) {
    let (weights, gradient) = (TestMatrix(rows: 1, columns: count, seed: 3), TestMatrix(rows: 1, columns: count, seed: 4))
    let sums = TestMatrix(rows: 1, columns: count / 16)
    // Row-major up to 32 columns, panels beyond: the numbers are taken as they lie.
    let (w, g) = (weights.matrix.base, gradient.matrix.base)
    w[5] = 0
    let (values, before) = ((0..<count).map { w[$0] }, (0..<count).map { g[$0] })
    withExtendedLifetime((weights, gradient, sums)) {
      set.kernels.penalties(w, l1: Self.l1, l2: Self.l2, into: sums.matrix.base, count: count)
      set.kernels.penalize(w, gradient: g, l1: Self.l1, l2: Self.l2, scale: 8, count: count)
    }
    expectClose((0..<count / 16).map { sums.matrix.base[$0] }, (0..<count / 16).map { Self.penalty(Array(values[16 * $0..<16 * $0 + 16])) }, within: 1e-5)
    expectClose((0..<count).map { g[$0] }, zip(before, values).map { $0 + 8 * Self.slope($1) }, within: 1e-5)
    #expect(gradient.guardIsUntouched && sums.guardIsUntouched)
  }

  /// Behind the units stand numbers that count for nothing.
  @Test(arguments: instructionSets, [1, 15, 16, 17, 32, 33, 50]) func activities(_ set: InstructionSet, _ units: Int) {
    let rows = 7
    let (x, gradient) = (TestMatrix(rows: rows, columns: units, seed: 5, padding: 9), TestMatrix(rows: rows, columns: units, seed: 6, padding: 0))
    let losses = TestMatrix(rows: 1, columns: 16, seed: 7)
    let (before, sums) = ((0..<rows).map(gradient.row), losses.row(0))
    withExtendedLifetime((x, gradient, losses)) {
      set.kernels.activityPenalty(x.matrix, l1: Self.l1, l2: Self.l2, losses: losses.matrix.base, rows: rows, units: units)
      set.kernels.activityPenaltyGradient(x.matrix, gradient.matrix, l1: Self.l1, l2: Self.l2, rows: rows, units: units)
    }
    expectClose(losses.row(0), (0..<16).map { $0 < rows ? sums[$0] + Self.penalty(x.row($0)) : sums[$0] }, within: 2e-5)
    for row in 0..<rows { expectClose(gradient.row(row), zip(before[row], x.row(row)).map { $0 + Self.slope($1) }, within: 1e-6) }
    for row in 0..<rows { for column in units..<gradient.matrix.columns { #expect(gradient.matrix[row, column] == 0, "padding stays zero") } }
  }

  @Test(arguments: instructionSets, [true, false]) func gradientsWaitForEachOther(_ set: InstructionSet, _ ends: Bool) {
    let (gradient, waiting) = (TestMatrix(rows: 1, columns: 48, seed: 1), TestMatrix(rows: 1, columns: 48, seed: 2))
    let (g, a) = (gradient.matrix.base, waiting.matrix.base)
    let (before, sum) = ((0..<48).map { g[$0] }, (0..<48).map { a[$0] + g[$0] * 0.125 })
    withExtendedLifetime((gradient, waiting)) {
      let isFinite = set.kernels.accumulate(g, scale: 0.125, into: a, ends: ends, count: 48)
      #expect(isFinite)
      expectClose((0..<48).map { a[$0] }, ends ? Array(repeating: 0, count: 48) : sum, within: 1e-6)
      expectClose((0..<48).map { g[$0] }, ends ? sum : before, within: 1e-6)
      g[20] = .infinity
      let isStillFinite = set.kernels.accumulate(g, scale: 0.125, into: a, ends: ends, count: 48)
      #expect(!isStillFinite)
    }
  }

  @Test(arguments: instructionSets, [true, false]) func averages(_ set: InstructionSet, _ overwrites: Bool) {
    let (weights, average) = (TestMatrix(rows: 1, columns: 48, seed: 1), TestMatrix(rows: 1, columns: 48, seed: 2))
    let (w, a) = (weights.matrix.base, average.matrix.base)
    let (before, expected) = ((0..<48).map { w[$0] }, (0..<48).map { a[$0] * 0.9 + w[$0] * 0.1 })
    withExtendedLifetime((weights, average)) {
      set.kernels.average(w, into: a, momentum: 0.9, share: 0.1, overwrites: overwrites, count: 48)
      expectClose((0..<48).map { a[$0] }, expected, within: 1e-6)
      expectClose((0..<48).map { w[$0] }, overwrites ? expected : before, within: 1e-6)
    }
  }

  static let constraints: [ConstraintKernel] = [
    .nonNegative, .norm(lower: 0, upper: 0.8, rate: 1), .norm(lower: 1, upper: 1, rate: 1), .norm(lower: 2, upper: 3, rate: 0.25),
  ]

  private static func constrained(_ kind: ConstraintKernel, _ x: [Float]) -> [Float] {
    guard case .norm(let lower, let upper, let rate) = kind else { return x.map { max($0, 0) } }
    let norm = x.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let desired = Double(rate) * max(Double(lower), min(Double(upper), norm)) + Double(1 - rate) * norm
    return x.map { Float(Double($0) * desired / (norm + 1e-7)) }
  }

  /// Each column by itself; one of zeros stays so.
  @Test(arguments: instructionSets, constraints) func columns(_ set: InstructionSet, _ kind: ConstraintKernel) {
    for rows in [1, 5, 40] {
      let weights = TestMatrix(rows: rows, columns: 50, seed: 8, padding: 0)
      for row in 0..<rows { weights.matrix[row, 3] = 0 }
      let expected = (0..<50).map { column in Self.constrained(kind, (0..<rows).map { weights.matrix[$0, column] }) }
      withExtendedLifetime(weights) { for panel in [0, 32] { set.kernels.constrainColumns(kind, weights.matrix.panel(at: panel), rows: rows) } }
      for column in 0..<50 { expectClose((0..<rows).map { weights.matrix[$0, column] }, expected[column], within: 1e-6) }
      #expect((0..<rows).allSatisfy { weights.matrix[$0, 60] == 0 } && weights.guardIsUntouched)
    }
  }

  /// A row as one, whatever the number of panels.
  @Test(arguments: instructionSets, constraints) func rows(_ set: InstructionSet, _ kind: ConstraintKernel) {
    for columns in [1, 16, 33, 50] {
      let weights = TestMatrix(rows: 3, columns: columns, seed: 9, padding: 0)
      let expected = [weights.row(0), Self.constrained(kind, weights.row(1)), weights.row(2)]
      withExtendedLifetime(weights) { set.kernels.constrainRow(kind, weights.matrix.from(1), columns: weights.matrix.columns) }
      for row in 0..<3 { expectClose(weights.row(row), expected[row], within: 1e-6, "row \(row) of \(columns) columns") }
    }
  }
}
