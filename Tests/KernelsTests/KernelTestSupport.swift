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

/// Input blocks with memory of their own, with NaN in and behind the lists.
final class TestBlocks {
  let blocks: InputBlocks
  private let lists: Int
  private let guardCount = 64

  init(rows: Int, inputs: Int) {
    lists = InputBlocks.lists(rows: rows, inputs: inputs)
    let values = UnsafeMutablePointer<Float>.allocate(capacity: lists * InputBlocks.listValues + guardCount)
    values.initialize(repeating: .nan, count: lists * InputBlocks.listValues + guardCount)
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: InputBlocks.scratchBytes, alignment: 64)
    let presence = UnsafeMutablePointer<UInt8>.allocate(capacity: InputBlocks.presenceBytes(rows: rows, inputs: inputs))
    // What an earlier pass left must not count.
    presence.initialize(repeating: 0xff, count: InputBlocks.presenceBytes(rows: rows, inputs: inputs))
    blocks = InputBlocks(
      values: values, numbers: .allocate(capacity: lists * InputBlocks.listNumbers), counts: .allocate(capacity: lists),
      presence: presence, scratch: scratch.bindMemory(to: UInt8.self, capacity: InputBlocks.scratchBytes), rows: rows, inputs: inputs)
  }

  deinit {
    blocks.values.deallocate()
    blocks.numbers.deallocate()
    blocks.counts.deallocate()
    blocks.presence.deallocate()
    blocks.scratch.deallocate()
  }

  /// The rows as they would be without skipping. Empty if a list is out of order, or does not agree with the presence bits and the values.
  func dense(rows: Int) -> [[Float]] {
    var found = [[Float]](repeating: [Float](repeating: 0, count: blocks.inputs), count: (rows + 7) / 8 * 8)
    for list in 0..<lists {
      let (block, panel) = list.quotientAndRemainder(dividingBy: blocks.panels)
      var last = -1
      for entry in 0..<Int(blocks.counts[list]) {
        let number = Int(blocks.numbers[list * InputBlocks.listNumbers + entry])
        guard number > last, number < 128 else { return [] }
        for row in 0..<8 { found[block * 8 + row][panel * 128 + number] = blocks.values[list * InputBlocks.listValues + number * 8 + row] }
        last = number
      }
    }
    guard found[rows...].allSatisfy({ $0.allSatisfy { $0 == 0 } }) else { return [] }
    for block in 0..<found.count / 8 {
      for run in stride(from: 0, to: blocks.inputs, by: 8) {
        let inputs = run..<min(run + 8, blocks.inputs)
        let present = blocks.presence[run / 8 * blocks.capacity + block]
        for row in 0..<8 where (present >> row & 1 == 1) != found[block * 8 + row][inputs].contains(where: { $0 != 0 }) { return [] }
        guard present != 0 else { continue }
        // The gradient reads the whole run.
        for input in inputs {
          let eight = UnsafeBufferPointer(start: blocks.values + (block * blocks.panels + input / 128) * InputBlocks.listValues + input % 128 * 8, count: 8)
          guard eight.elementsEqual(found[block * 8..<block * 8 + 8].map { $0[input] }, by: { $0.bitPattern == $1.bitPattern }) else { return [] }
        }
      }
    }
    return Array(found.prefix(rows))
  }

  /// Whether nothing was written behind the lists.
  var guardIsUntouched: Bool {
    UnsafeBufferPointer(start: blocks.values + lists * InputBlocks.listValues, count: guardCount).allSatisfy { $0.isNaN }
  }
}

/// The levels that this CPU can run.
let instructionSets = InstructionSet.supported
