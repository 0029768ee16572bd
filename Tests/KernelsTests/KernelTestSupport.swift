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
