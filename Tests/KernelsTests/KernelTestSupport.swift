import KernelTemplates
import Kernels
import RandomStreams

/// A matrix of seeded numbers in ±1 with memory of its own. Everything beyond the given columns is NaN, so that a kernel which reads it is found out.
final class TestMatrix {
  let rows: Int
  let columns: Int
  let matrix: Matrix
  private let guardRows = 1

  init(rows: Int, columns: Int, seed: UInt64? = nil, padding: Float = .nan) {
    self.rows = rows
    self.columns = columns
    let stride = paddedToVector(columns)
    let count = max(16, (rows + guardRows) * stride)
    matrix = Matrix(.allocate(capacity: count), stride: stride)
    matrix.base.initialize(repeating: padding, count: count)
    guard let seed else { return }
    var generator = CounterGenerator(seed: seed, stream: 0)
    for row in 0..<rows { for column in 0..<columns { matrix.row(row)[column] = Float(generator.nextUnit() * 2 - 1) } }
  }

  deinit { matrix.base.deallocate() }

  /// The numbers of row `row`, padding left out.
  func row(_ row: Int) -> [Float] { Array(UnsafeBufferPointer(start: matrix.row(row), count: columns)) }

  /// All numbers, padding left out.
  var values: [Float] { (0..<rows).flatMap(row) }

  /// True while nothing was written after the last row.
  var guardIsUntouched: Bool { UnsafeBufferPointer(start: matrix.row(rows), count: matrix.stride).allSatisfy { $0.isNaN } }
}

/// The levels that this CPU can run.
let instructionSets = InstructionSet.supported

extension InstructionSet {
  /// Whether its multiply-adds round once.
  var isFused: Bool { self != .portable }
}
