import KernelTemplates
import Kernels
import TestSupport
import Testing

/// The matrix kernels give the reference's very bits on every level, for sizes that fill tiles, miss them by one, and are smaller than one.
@Suite struct ProductTests {
  static let shapes: [(rows: Int, inner: Int, columns: Int)] = [
    (0, 5, 16), (1, 1, 16), (1, 785, 32), (2, 7, 16), (3, 16, 48), (7, 26, 16), (8, 26, 32), (9, 33, 64), (12, 785, 32), (15, 5, 80), (16, 16, 16),
    (17, 100, 48), (20, 100, 48), (28, 300, 64), (33, 64, 96), (64, 170, 80), (70, 300, 1104), (77, 600, 1104),
  ]

  @Test(arguments: instructionSets, shapes)
  func multiplyMatchesReference(_ set: InstructionSet, _ shape: (rows: Int, inner: Int, columns: Int)) {
    let x = TestMatrix(rows: shape.rows, columns: shape.inner, seed: 1)
    let w = TestMatrix(rows: shape.inner, columns: shape.columns, seed: 2)
    let expected = TestMatrix(rows: shape.rows, columns: shape.columns)
    multiplyReference(x.matrix, w.matrix, into: expected.matrix, rows: shape.rows, inner: shape.inner, columns: shape.columns, fused: set.isFused)
    for cut in [0, shape.rows / 3] {
      let found = TestMatrix(rows: shape.rows, columns: shape.columns)
      for rows in [0..<cut, cut..<shape.rows] {
        set.kernels.multiply(x.matrix.from(rows.lowerBound), w.matrix, into: found.matrix.from(rows.lowerBound), rows: rows.count)
      }
      #expect(found.values == expected.values, "cut at row \(cut)")
      #expect(found.guardIsUntouched)
    }
  }

  static let gradientShapes: [(rows: Int, inputs: Int, columns: Int)] = [
    (1, 1, 16), (8, 785, 32), (16, 26, 16), (17, 33, 48), (24, 9, 32), (40, 7, 64), (56, 26, 32), (100, 16, 16), (128, 30, 32), (128, 11, 16), (5, 3, 16),
    (127, 64, 48),
  ]

  /// However the rows and inputs are cut, each sum is the one chain of the reference.
  @Test(arguments: instructionSets, gradientShapes)
  func weightGradientMatchesReference(_ set: InstructionSet, _ shape: (rows: Int, inputs: Int, columns: Int)) {
    let x = TestMatrix(rows: shape.rows, columns: shape.inputs, seed: 3)
    let dz = TestMatrix(rows: shape.rows, columns: shape.columns, seed: 4)
    let expected = TestMatrix(rows: shape.inputs, columns: shape.columns)
    weightGradientReference(
      x.matrix, dz.matrix, into: expected.matrix, rows: shape.rows, inputs: shape.inputs, columns: shape.columns, fused: set.isFused)
    for (cut, inputCut) in [(0, 0), (shape.rows / 3, shape.inputs / 2), (shape.rows - 1, shape.inputs - 1)] {
      let found = TestMatrix(rows: shape.inputs, columns: shape.columns)
      for rows in [0..<cut, cut..<shape.rows] where !rows.isEmpty {
        for column in stride(from: 0, to: shape.columns, by: 32) {
          for inputs in [0..<inputCut, inputCut..<shape.inputs] where !inputs.isEmpty {
            set.kernels.weightGradient(
              x.matrix.from(rows.lowerBound), dz.matrix.from(rows.lowerBound).panel(at: column), into: found.matrix.panel(at: column), inputs: inputs,
              adds: rows.lowerBound > 0, rows: rows.count)
          }
        }
      }
      #expect(found.values == expected.values, "cut at row \(cut), input \(inputCut)")
      #expect(found.guardIsUntouched)
    }
  }

  static let runShapes: [(rows: Int, inputs: Int, columns: Int)] = [
    (1, 2, 16), (7, 785, 32), (8, 129, 32), (9, 128, 48), (16, 26, 64), (24, 300, 32), (40, 200, 16), (100, 785, 32), (128, 130, 80), (128, 785, 48),
    (33, 17, 16),
  ]

  /// The first layer's kernels skip zeros, and give the bits of the references, which do not.
  @Test(arguments: instructionSets, runShapes)
  func runsMatchReferences(_ set: InstructionSet, _ shape: (rows: Int, inputs: Int, columns: Int)) {
    let width = shape.inputs - 1
    // Three of four runs of eight are zero in a row, and some are zero in every row.
    let chance = seededFloats(shape.rows * (width / 8 + 1), seed: 10, in: 0...1)
    let floats = seededFloats(shape.rows * width, seed: 9).enumerated().map { index, value -> Float in
      let (row, run) = (index / width, index % width / 8)
      return chance[row * (width / 8 + 1) + run] < 0.25 && run % 7 != 2 ? value : 0
    }
    let lists = TestRuns(rows: shape.rows, inputs: shape.inputs)
    let middle = lists.all.count / 2
    for runs in [middle..<lists.all.count, 0..<middle] {
      set.kernels.gatherFloats(
        floats, width: width, rows: (0..<shape.rows).map { UInt32($0) }, count: shape.rows, following: UnsafeBufferPointer(start: nil, count: 0), scale: 1,
        runs: runs, into: lists.runs)
    }
    let inputs = lists.all.count * 8
    let x = TestMatrix(rows: shape.rows, columns: inputs, padding: 0)
    for (row, values) in lists.dense(rows: shape.rows).enumerated() { for (input, value) in values.enumerated() { x.matrix[row, input] = value } }
    for row in 0..<shape.rows { #expect(Array(x.row(row).prefix(width)) == Array(floats[row * width..<(row + 1) * width])) }

    let w = TestMatrix(rows: inputs, columns: shape.columns, seed: 2)
    let out = TestMatrix(rows: shape.rows, columns: shape.columns)
    let right = TestMatrix(rows: shape.rows, columns: shape.columns)
    let expectedOut = TestMatrix(rows: shape.rows, columns: shape.columns)
    func multiply(_ runs: Range<Int>, into out: TestMatrix) {
      for column in stride(from: 0, to: shape.columns, by: 32) {
        set.kernels.multiplyRuns(
          lists.runs, runs: runs, w.matrix.panel(at: column), into: out.matrix.panel(at: column), rows: shape.rows)
      }
    }
    multiply(lists.all, into: out)
    multiplyReference(x.matrix, w.matrix, into: expectedOut.matrix, rows: shape.rows, inner: inputs, columns: shape.columns, fused: set.isFused)
    #expect(out.values == expectedOut.values)
    // Two parts, and their sum.
    multiply(0..<middle, into: out)
    multiply(middle..<lists.all.count, into: right)
    let parts = zip(out.values, right.values).map { $0 + $1 }
    for column in stride(from: 0, to: shape.columns, by: 32) {
      set.kernels.add(
        out.matrix.panel(at: column), right.matrix.panel(at: column), into: out.matrix.panel(at: column), rows: shape.rows,
        columns: min(32, paddedToVector(shape.columns) - column))
    }
    #expect(out.values == parts)
    #expect(out.guardIsUntouched && right.guardIsUntouched)

    let dz = TestMatrix(rows: shape.rows, columns: shape.columns, seed: 4)
    let gradient = TestMatrix(rows: inputs, columns: shape.columns)
    let expected = TestMatrix(rows: inputs, columns: shape.columns)
    for adds in [false, true] {
      for column in stride(from: 0, to: shape.columns, by: 32) {
        for runs in [0..<middle, middle..<lists.all.count] {
          set.kernels.weightGradientRuns(
            lists.runs, runs: runs, dz.matrix.panel(at: column), into: gradient.matrix.panel(at: column), adds: adds)
        }
      }
      for input in 0..<inputs {
        for column in 0..<shape.columns {
          expected.matrix[input, column] = weightGradientReference(
            x.matrix, dz.matrix, input: input, column: column, rows: shape.rows, startingWith: adds ? expected.matrix[input, column] : 0, fused: set.isFused)
        }
      }
      #expect(gradient.values == expected.values, "adds: \(adds)")
    }
    #expect(gradient.guardIsUntouched)
    #expect(lists.guardIsUntouched)
  }

  @Test(arguments: instructionSets, [(1, 1), (15, 3), (16, 16), (33, 17), (100, 25), (40, 33), (70, 100)])
  func transposeMatchesReference(_ set: InstructionSet, _ shape: (rows: Int, columns: Int)) {
    let w = TestMatrix(rows: shape.rows, columns: shape.columns, seed: 5)
    let out = TestMatrix(rows: shape.columns, columns: paddedToVector(shape.rows))
    // Each panel in two parts, as two stripes would.
    let middle = shape.rows / 3
    for panel in 0..<(shape.columns + 31) / 32 {
      set.kernels.transpose(w.matrix, into: out.matrix, panel: panel, firstRow: 0, endRow: middle)
      set.kernels.transpose(w.matrix, into: out.matrix, panel: panel, firstRow: middle, endRow: shape.rows)
    }
    for row in 0..<shape.rows { for column in 0..<shape.columns { #expect(out.matrix[column, row] == w.matrix[row, column]) } }
    #expect(out.guardIsUntouched)
  }

  /// 32 columns at a time, the last 16: every element has a place of its own.
  @Test(arguments: [16, 32, 48, 64, 80, 112])
  func panelsHoldEachElementOnce(_ columns: Int) {
    let rows = 5
    let places = (0..<rows).flatMap { row in (0..<columns).map { Matrix.index(row: row, column: $0, rows: rows, columns: columns) } }
    #expect(places.sorted() == Array(0..<rows * columns))
    let panels = TestMatrix(rows: rows, columns: columns)
    for column in stride(from: 0, to: columns, by: 16) {
      let part = panels.matrix.panel(at: column)
      for row in 0..<rows {
        for lane in 0..<16 {
          #expect(part.row(row) + lane == panels.matrix.base + Matrix.index(row: row, column: column + lane, rows: rows, columns: columns))
        }
      }
    }
  }

  /// AVX2 and AVX-512 agree to the bit; together with the references above, this is what "the same bits on any CPU" rests on.
  @Test(.enabled(if: instructionSets.contains(.avx512), "this CPU has no AVX-512"))
  func fusedLevelsAgree() {
    let z = TestMatrix(rows: 40, columns: 32, seed: 6)
    for kind in [ActivationKernel.sigmoid, .tanh, .softmax, .relu] {
      let wide = TestMatrix(rows: 40, columns: 32, seed: 6)
      let narrow = TestMatrix(rows: 40, columns: 32, seed: 6)
      InstructionSet.avx512.kernels.activate(kind, wide.matrix, keeping: wide.matrix, rows: 40, columns: 32, units: 25)
      InstructionSet.avx2.kernels.activate(kind, narrow.matrix, keeping: narrow.matrix, rows: 40, columns: 32, units: 25)
      #expect(wide.values == narrow.values)
      #expect(wide.values != z.values)
    }
  }
}
