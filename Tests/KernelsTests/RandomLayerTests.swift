import KernelTemplates
import Kernels
import Reference
import TestSupport
import Testing

/// The promise: what a random layer draws is a function of key, row and column, on every instruction set.
@Suite struct RandomLayerTests {
  /// Known answers of Threefry-2x32 with 20 rounds: Random123's own test vectors (kat_vectors).
  @Test func theReferenceIsThreefry() {
    #expect(threefry(key: (0, 0), counter: (0, 0)) == (0x6B20_0159, 0x99BA_4EFE))
    #expect(threefry(key: (.max, .max), counter: (.max, .max)) == (0x1CB9_96FC, 0xBB00_2BE7))
    #expect(threefry(key: (0x1319_8A2E, 0x0370_7344), counter: (0x243F_6A88, 0x85A3_08D3)) == (0xC492_3A9C, 0x483D_F7A0))
  }

  /// A rate of 2⁻²⁴·k drops exactly the numbers below k: so all 24 bits are seen, in matrices and in rows of inputs.
  @Test(arguments: instructionSets, [16, 17, 32, 33, 48, 100])
  func theKernelsDrawByThreefry(_ set: InstructionSet, _ columns: Int) {
    let rows = 5
    let key: UInt64 = 0x0370_7344_1319_8A2E
    let ones = TestMatrix(rows: rows, columns: columns, padding: 1)
    for row in 0..<rows { for column in 0..<columns { ones.matrix[row, column] = 1 } }
    let out = TestMatrix(rows: rows, columns: columns)
    for firstRow in [0, 3, 1_000_000] {
      for row in 0..<rows {
        for column in 0..<columns {
          let words = threefry(key: (0x1319_8A2E, 0x0370_7344), counter: (UInt32(firstRow + row), UInt32(column / 32 * 16 + column % 16)))
          let drawn = Float((column % 32 < 16 ? words.0 : words.1) >> 8) * 0x1p-24
          for (rate, expected): (Float, Float) in [(drawn, 2), (drawn.nextUp, 0)] {
            set.kernels.dropOut(ones.matrix, into: out.matrix, rate: rate, scale: 2, key: key, firstRow: firstRow, rows: rows, columns: paddedToVector(columns))
            #expect(out.matrix[row, column] == expected, "row \(firstRow + row), column \(column)")
            var inputs = [Float](repeating: 1, count: columns + 32)
            inputs.withUnsafeMutableBufferPointer {
              set.kernels.dropOutInputs($0.baseAddress!, rate: rate, scale: 2, key: key, row: firstRow + row, columns: 0..<columns)
            }
            #expect(inputs[column] == expected, "input \(column)")
          }
        }
      }
    }
    withExtendedLifetime((ones, out)) { #expect(out.guardIsUntouched) }
  }

  /// Mean, variance and fourth moment of a million numbers, and the shares beyond one and two deviations, each within four of its own deviations.
  @Test(arguments: instructionSets) func noiseIsNormal(_ set: InstructionSet) {
    let (rows, columns) = (20_000, 48)
    let zeros = TestMatrix(rows: rows, columns: columns, padding: 0)
    let out = TestMatrix(rows: rows, columns: columns)
    set.kernels.addNoise(zeros.matrix, into: out.matrix, deviation: 2, key: 42, firstRow: 0, rows: rows, columns: columns)
    let numbers = withExtendedLifetime((zeros, out)) { out.values.map { Double($0) / 2 } }
    let count = Double(numbers.count)
    func mean(_ f: (Double) -> Double) -> Double { numbers.reduce(0) { $0 + f($1) } / count }
    #expect(abs(mean { $0 }) < 4 / count.squareRoot())
    #expect(abs(mean { $0 * $0 } - 1) < 4 * (2 / count).squareRoot())
    #expect(abs(mean { $0 * $0 * $0 * $0 } - 3) < 4 * (96 / count).squareRoot())
    for (border, share) in [(1.0, 0.317_310_5), (2, 0.045_500_3), (4, 6.334e-5)] {
      #expect(abs(mean { abs($0) > border ? 1 : 0 } - share) < 4 * (share / count).squareRoot(), "beyond \(border)")
    }
    #expect(Set(numbers).count > 800_000, "of 2^24 there are few twice")
  }
}
