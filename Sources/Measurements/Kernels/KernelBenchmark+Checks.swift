import Failures
import KernelTemplates

/// Odd steps through the rows and columns of a product: all of a small one; of a large one so many that the reference takes a few milliseconds, and every
/// place in a tile comes up.
struct Sample: Equatable {
  static let mostMultiplyAdds = 2e6
  let step: Int

  init(rows: Int, inner: Int, columns: Int) {
    let share = (Double(rows) * Double(inner) * Double(columns) / Self.mostMultiplyAdds).squareRoot()
    step = share <= 1 ? 1 : Int(share.rounded(.up)) | 1
  }

  func places(_ count: Int) -> StrideTo<Int> { stride(from: 0, to: count, by: step) }
}

extension KernelBenchmark {
  /// Expects `found` to be x · w to the bit; shapes as `multiplyReference`.
  func checkProduct(_ name: String, _ x: Matrix, _ w: Matrix, _ found: Matrix, rows: Int, inner: Int, columns: Int) throws(Failure) {
    let sample = Sample(rows: rows, inner: inner, columns: columns)
    for row in sample.places(rows) {
      for column in sample.places(columns) {
        let expected = multiplyReference(x, w, row: row, column: column, inner: inner, fused: isFused)
        let value = found[row, column]
        guard value == expected else { throw mismatch(name, row: row, column: column, found: value, expected: expected) }
      }
    }
  }

  /// Expects `found` to be xᵀ · dz to the bit; shapes as `weightGradientReference`.
  func checkGradient(
    _ name: String, _ x: Matrix, _ dz: Matrix, _ found: Matrix, rows: Int, inputs: Int, columns: Int
  ) throws(Failure) {
    let sample = Sample(rows: inputs, inner: rows, columns: columns)
    for input in sample.places(inputs) {
      for column in sample.places(columns) {
        let expected = weightGradientReference(x, dz, input: input, column: column, rows: rows, fused: isFused)
        let value = found[input, column]
        guard value == expected else { throw mismatch(name, row: input, column: column, found: value, expected: expected) }
      }
    }
  }

  /// Expects `found` to be near `expected`.
  func checkNear(_ name: String, row: Int, column: Int, found: Float, expected: Double, within tolerance: Double) throws(Failure) {
    guard abs(Double(found) - expected) <= tolerance else { throw mismatch(name, row: row, column: column, found: found, expected: Float(expected)) }
  }

  func mismatch(_ name: String, row: Int, column: Int, found: Float, expected: Float) -> Failure {
    Failure(
      .internalError, at: "\(kernels.name) kernel \(name)",
      "row \(row), column \(column) is \(found), but its scalar reference gives \(expected); nothing is timed that is wrong")
  }
}
