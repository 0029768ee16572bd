import CLinux
import KernelTemplates
import Kernels
import RandomStreams

/// A matrix of seeded numbers in ±1 with memory of its own. Everything beyond the given columns, and behind the last row, is NaN, so that a kernel
/// which reads it is found out.
final class TestMatrix {
  let rows: Int
  let columns: Int
  let matrix: Matrix
  private let count: Int
  private let guardCount = 64

  init(rows: Int, columns: Int, seed: UInt64? = nil, padding: Float = .nan) {
    self.rows = rows
    self.columns = columns
    count = rows * paddedToVector(columns)
    // Aligned to a cache line, as the network's buffers are.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: (count + guardCount) * MemoryLayout<Float>.stride, alignment: 64)
    matrix = Matrix(memory.bindMemory(to: Float.self, capacity: count + guardCount), rows: rows, columns: paddedToVector(columns))
    matrix.base.initialize(repeating: padding, count: count)
    (matrix.base + count).initialize(repeating: .nan, count: guardCount)
    guard let seed else { return }
    var generator = CounterGenerator(seed: seed, stream: 0)
    for row in 0..<rows { for column in 0..<columns { matrix[row, column] = Float(generator.nextUnit() * 2 - 1) } }
  }

  deinit { matrix.base.deallocate() }

  /// The numbers of row `row`, padding left out.
  func row(_ row: Int) -> [Float] { (0..<columns).map { matrix[row, $0] } }

  /// All numbers, row by row, padding left out.
  var values: [Float] { (0..<rows).flatMap(row) }

  /// True while nothing was written after the last panel.
  var guardIsUntouched: Bool { UnsafeBufferPointer(start: matrix.base + count, count: guardCount).allSatisfy { $0.isNaN } }
}

/// Lists of inputs with memory of their own, with NaN in and behind them.
final class TestRuns {
  let runs: InputRuns
  private let floats: Int
  private let guardCount = 64

  init(rows: Int, inputs: Int) {
    floats = InputRuns.listFloats(rows: rows, inputs: inputs)
    let lists = UnsafeMutablePointer<Float>.allocate(capacity: floats + guardCount)
    lists.initialize(repeating: .nan, count: floats + guardCount)
    let counts = UnsafeMutablePointer<UInt32>.allocate(capacity: InputRuns.runs(inputs))
    // What an earlier pass left must not count.
    counts.initialize(repeating: 3, count: InputRuns.runs(inputs))
    runs = InputRuns(lists: lists, counts: counts, rows: rows, inputs: inputs)
  }

  deinit {
    runs.lists.deallocate()
    runs.counts.deallocate()
  }

  var all: Range<Int> { 0..<InputRuns.runs(runs.inputs) }

  /// The rows as they would be without skipping, and zeros up to a whole run. Empty if a list is out of order, or holds a run of zeros.
  func dense(rows: Int) -> [[Float]] {
    var found = [[Float]](repeating: [Float](repeating: 0, count: all.count * 8), count: rows)
    var isSound = true
    for run in all {
      var last = -1
      runs.forEachEntry(run) { row, values in
        isSound = isSound && row > last && row < rows && (0..<8).contains { values[$0] != 0 }
        guard isSound else { return }
        for place in 0..<8 { found[row][run * 8 + place] = values[place] }
        last = row
      }
    }
    return isSound ? found : []
  }

  /// Whether nothing was written behind the lists.
  var guardIsUntouched: Bool { UnsafeBufferPointer(start: runs.lists + floats, count: guardCount).allSatisfy { $0.isNaN } }
}

/// The levels that this CPU can run.
let instructionSets = InstructionSet.supported

/// Runs `body` as workers run everything: denormal numbers are 0.
func flushingDenormals(_ body: () -> Void) {
  let mode = lockstep_flush_denormals()
  body()
  lockstep_restore_float_mode(mode)
}
