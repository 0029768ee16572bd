import Failures
import KernelTemplates
import NeuralNetwork
import RandomStreams

/// A matrix with memory of its own, its padding zero.
final class OwnedMatrix {
  let rows: Int
  let columns: Int
  let matrix: Matrix
  private let memory: AlignedBuffer

  /// - Parameters:
  ///   - seed: of numbers in ±1; nil for zeros.
  ///   - isSpaced: whether the panels are spaced as those of activations are.
  init(rows: Int, columns: Int, seed: UInt64? = nil, isSpaced: Bool = false) throws(Failure) {
    self.rows = rows
    self.columns = columns
    let room = isSpaced ? Matrix.spacedRows(rows) : rows
    memory = try AlignedBuffer(count: room * paddedToVector(columns))
    matrix = Matrix(memory.base, rows: room, columns: paddedToVector(columns))
    guard let seed else { return }
    var generator = CounterGenerator(seed: seed, stream: 0)
    for row in 0..<rows { for column in 0..<columns { matrix[row, column] = Float(generator.nextUnit() * 2 - 1) } }
  }

  /// The numbers of row `row`, padding left out.
  func row(_ row: Int) -> [Float] { (0..<columns).map { matrix[row, $0] } }
}

/// Lists of inputs with memory of their own.
final class OwnedRuns {
  let runs: InputRuns
  private let memory: AlignedBuffer

  init(rows: Int, inputs: Int) throws(Failure) {
    let floats = InputRuns.listFloats(rows: rows, inputs: inputs)
    memory = try AlignedBuffer(count: floats + InputRuns.runs(inputs))
    let counts = UnsafeMutableRawPointer(memory.base + floats).bindMemory(to: UInt32.self, capacity: InputRuns.runs(inputs))
    runs = InputRuns(lists: memory.base, counts: counts, rows: rows, inputs: inputs)
  }

  var all: Range<Int> { 0..<InputRuns.runs(runs.inputs) }

  /// Runs of rows that were kept.
  var entries: Int { all.reduce(0) { $0 + Int(runs.counts[$1]) } }

  /// Writes the lists' rows to `matrix`, which is all zeros, and has whole runs of columns.
  func spread(into matrix: Matrix) {
    for run in all {
      runs.forEachEntry(run) { row, values in for place in 0..<8 { matrix[row, run * 8 + place] = values[place] } }
    }
  }
}
