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
    // Aligned to a cache line, as the network's buffers are.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    matrix = Matrix(memory.bindMemory(to: Float.self, capacity: count), stride: stride)
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

/// A parameter matrix, in panels, with memory of its own and NaN behind it; filled from a row-major one, and read back as one.
final class TestPanels {
  let panels: PanelMatrix
  private let guardCount = 64

  init(rows: Int, columns: Int) {
    let count = rows * columns + guardCount
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    panels = PanelMatrix(memory.bindMemory(to: Float.self, capacity: count), rows: rows, columns: columns)
    panels.base.initialize(repeating: .nan, count: count)
  }

  convenience init(_ matrix: TestMatrix) {
    self.init(rows: matrix.rows, columns: paddedToVector(matrix.columns))
    for row in 0..<panels.rows { for column in 0..<matrix.columns { self[row, column] = matrix.matrix.row(row)[column] } }
  }

  deinit { panels.base.deallocate() }

  subscript(row: Int, column: Int) -> Float {
    get { panels.base[PanelMatrix.index(row: row, column: column, rows: panels.rows, columns: panels.columns)] }
    set { panels.base[PanelMatrix.index(row: row, column: column, rows: panels.rows, columns: panels.columns)] = newValue }
  }

  /// All numbers, row by row.
  var values: [Float] { (0..<panels.rows).flatMap { row in (0..<panels.columns).map { self[row, $0] } } }

  var guardIsUntouched: Bool { UnsafeBufferPointer(start: panels.base + panels.rows * panels.columns, count: guardCount).allSatisfy { $0.isNaN } }
}

/// Input blocks with memory of their own, with NaN behind the last list.
final class TestBlocks {
  let blocks: InputBlocks
  private let lists: Int
  private let guardCount = 64

  init(rows: Int, inputs: Int) {
    lists = InputBlocks.lists(rows: rows, inputs: inputs)
    let values = UnsafeMutablePointer<Float>.allocate(capacity: lists * InputBlocks.listValues + guardCount)
    values.initialize(repeating: .nan, count: lists * InputBlocks.listValues + guardCount)
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: InputBlocks.scratchBytes, alignment: 64)
    blocks = InputBlocks(
      values: values, numbers: .allocate(capacity: lists * InputBlocks.listNumbers), counts: .allocate(capacity: lists),
      scratch: scratch.bindMemory(to: UInt8.self, capacity: InputBlocks.scratchBytes), inputs: inputs)
  }

  deinit {
    blocks.values.deallocate()
    blocks.numbers.deallocate()
    blocks.counts.deallocate()
    blocks.scratch.deallocate()
  }

  /// The rows as they would be without skipping. Empty if an entry is out of order or the filling is not what it should be.
  func dense(rows: Int) -> [[Float]] {
    var dense = [[Float]](repeating: [Float](repeating: 0, count: blocks.inputs), count: (rows + 7) / 8 * 8)
    for list in 0..<lists {
      let (block, panel) = list.quotientAndRemainder(dividingBy: blocks.panels)
      let count = Int(blocks.counts[list])
      var last = -1
      for entry in 0..<(count + 7) / 8 * 8 {
        let number = Int(blocks.numbers[list * InputBlocks.listNumbers + entry])
        let eight = UnsafeBufferPointer(start: blocks.values + list * InputBlocks.listValues + entry * 8, count: 8)
        if entry >= count {
          guard number == 128, eight.allSatisfy({ $0 == 0 }) else { return [] }
        } else {
          guard number > last, number < 128 else { return [] }
          for row in 0..<8 { dense[block * 8 + row][panel * 128 + number] = eight[row] }
          last = number
        }
      }
    }
    guard dense[rows...].allSatisfy({ $0.allSatisfy { $0 == 0 } }) else { return [] }
    return Array(dense.prefix(rows))
  }

  var guardIsUntouched: Bool {
    UnsafeBufferPointer(start: blocks.values + lists * InputBlocks.listValues, count: guardCount).allSatisfy { $0.isNaN }
  }
}

/// The levels that this CPU can run.
let instructionSets = InstructionSet.supported
