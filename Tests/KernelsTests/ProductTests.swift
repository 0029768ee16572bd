import KernelTemplates
import Kernels
import TestSupport
import Testing

/// The matrix kernels give the reference's very bits on every level, for sizes that fill tiles, miss them by one, and are smaller than one.
@Suite struct ProductTests {
  static let shapes: [(rows: Int, inner: Int, columns: Int)] = [
    (1, 1, 16), (1, 785, 32), (2, 7, 16), (3, 16, 48), (7, 26, 16), (8, 26, 32), (9, 33, 64), (12, 785, 32), (15, 5, 80), (16, 16, 16), (17, 100, 48),
    (33, 64, 96),
  ]

  @Test(arguments: instructionSets, shapes)
  func multiplyMatchesReference(_ set: InstructionSet, _ shape: (rows: Int, inner: Int, columns: Int)) {
    let x = TestMatrix(rows: shape.rows, columns: shape.inner, seed: 1)
    let w = TestMatrix(rows: shape.inner, columns: shape.columns, seed: 2)
    let found = TestMatrix(rows: shape.rows, columns: shape.columns)
    let expected = TestMatrix(rows: shape.rows, columns: shape.columns)
    set.kernels.multiply(x.matrix, w.matrix, into: found.matrix, rows: shape.rows)
    multiplyReference(x.matrix, w.matrix, into: expected.matrix, rows: shape.rows, inner: shape.inner, columns: shape.columns, fused: set.isFused)
    #expect(found.values == expected.values)
    #expect(found.guardIsUntouched)
  }

  static let gradientShapes: [(rows: Int, sliceRows: Int, inputs: Int, columns: Int)] = [
    (1, 8, 1, 16), (8, 8, 785, 32), (16, 8, 26, 16), (17, 8, 33, 48), (24, 8, 9, 32), (40, 8, 7, 64), (56, 8, 26, 32), (100, 8, 16, 16), (128, 8, 30, 32),
    (128, 64, 11, 16),
    (5, 1, 3, 16), (127, 3, 4, 48),
  ]

  @Test(arguments: instructionSets, gradientShapes)
  func weightGradientMatchesReference(_ set: InstructionSet, _ shape: (rows: Int, sliceRows: Int, inputs: Int, columns: Int)) {
    let x = TestMatrix(rows: shape.rows, columns: shape.inputs, seed: 3)
    let dz = TestMatrix(rows: shape.rows, columns: shape.columns, seed: 4)
    let found = TestMatrix(rows: shape.inputs, columns: shape.columns)
    let expected = TestMatrix(rows: shape.inputs, columns: shape.columns)
    let scratch = TestMatrix(rows: 1, columns: weightGradientScratch)
    set.kernels.weightGradient(
      x.matrix, dz.matrix, into: found.matrix, adds: false, rows: shape.rows, sliceRows: shape.sliceRows, scratch: scratch.matrix.base)
    weightGradientReference(
      x.matrix, dz.matrix, into: expected.matrix, rows: shape.rows, sliceRows: shape.sliceRows, inputs: shape.inputs, columns: shape.columns, fused: set.isFused
    )
    #expect(found.values == expected.values)
    // And once more, on top of it: each sum is added whole.
    set.kernels.weightGradient(
      x.matrix, dz.matrix, into: found.matrix, adds: true, rows: shape.rows, sliceRows: shape.sliceRows, scratch: scratch.matrix.base)
    #expect(found.values == expected.values.map { $0 + $0 })
    #expect(found.guardIsUntouched)
    #expect(scratch.guardIsUntouched)
  }

  static let blockShapes: [(rows: Int, sliceRows: Int, inputs: Int, columns: Int)] = [
    (1, 8, 2, 16), (7, 8, 785, 32), (8, 8, 129, 32), (9, 8, 128, 48), (16, 8, 26, 64), (24, 8, 300, 32), (40, 8, 200, 16), (100, 8, 785, 32),
    (128, 8, 130, 80), (128, 16, 785, 32), (100, 32, 785, 48), (128, 64, 785, 32), (33, 64, 17, 16),
  ]

  /// The first layer's kernels skip zeros, and give the bits of the references, which do not.
  @Test(arguments: instructionSets, blockShapes)
  func blocksMatchReferences(_ set: InstructionSet, _ shape: (rows: Int, sliceRows: Int, inputs: Int, columns: Int)) {
    let width = shape.inputs - 1
    // A fifth of the inputs are not zero, and some are zero in every row.
    let chance = seededFloats(shape.rows * width, seed: 10, in: 0...1)
    let floats = seededFloats(shape.rows * width, seed: 9).enumerated().map { chance[$0] < 0.2 && $0 % width % 7 != 2 ? $1 : 0 }
    let blocks = TestBlocks(rows: shape.rows, inputs: shape.inputs)
    set.kernels.gatherFloats(floats, width: width, rows: (0..<shape.rows).map { UInt32($0) }, count: shape.rows, scale: 1, into: blocks.blocks)
    let x = TestMatrix(rows: shape.rows, columns: shape.inputs)
    for row in 0..<shape.rows {
      for input in 0..<width { x.matrix[row, input] = floats[row * width + input] }
      x.matrix[row, width] = 1
    }
    let whole = (shape.rows + 7) / 8 * 8

    let w = TestMatrix(rows: shape.inputs, columns: shape.columns, seed: 2)
    let out = TestMatrix(rows: whole, columns: shape.columns)
    let expectedOut = TestMatrix(rows: shape.rows, columns: shape.columns)
    set.kernels.multiplyBlocks(blocks.blocks, w.matrix, into: out.matrix, rows: shape.rows)
    multiplyReference(x.matrix, w.matrix, into: expectedOut.matrix, rows: shape.rows, inner: shape.inputs, columns: shape.columns, fused: set.isFused)
    for row in 0..<shape.rows { #expect(out.row(row) == expectedOut.row(row)) }
    #expect(out.guardIsUntouched)

    let dz = TestMatrix(rows: whole, columns: shape.columns, seed: 4)
    let gradient = TestMatrix(rows: shape.inputs, columns: shape.columns)
    let expected = TestMatrix(rows: shape.inputs, columns: shape.columns)
    let scratch = TestMatrix(rows: 1, columns: weightGradientScratch)
    set.kernels.weightGradientBlocks(
      blocks.blocks, dz.matrix, into: gradient.matrix, adds: false, rows: shape.rows, sliceRows: shape.sliceRows, scratch: scratch.matrix.base)
    weightGradientReference(
      x.matrix, dz.matrix, into: expected.matrix, rows: shape.rows, sliceRows: shape.sliceRows, inputs: shape.inputs, columns: shape.columns,
      fused: set.isFused)
    #expect(gradient.values == expected.values)
    set.kernels.weightGradientBlocks(
      blocks.blocks, dz.matrix, into: gradient.matrix, adds: true, rows: shape.rows, sliceRows: shape.sliceRows, scratch: scratch.matrix.base)
    #expect(gradient.values == expected.values.map { $0 + $0 })
    #expect(gradient.guardIsUntouched)
    #expect(scratch.guardIsUntouched)
    #expect(blocks.guardIsUntouched)
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
      InstructionSet.avx512.kernels.activate(kind, wide.matrix, rows: 40, columns: 32, units: 25)
      InstructionSet.avx2.kernels.activate(kind, narrow.matrix, rows: 40, columns: 32, units: 25)
      #expect(wide.values == narrow.values)
      #expect(wide.values != z.values)
    }
  }
}
