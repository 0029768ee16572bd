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

/// Input blocks with memory of their own.
final class OwnedBlocks {
  let blocks: InputBlocks
  private let memory: AlignedBuffer
  private let lists: Int

  init(rows: Int, inputs: Int) throws(Failure) {
    lists = InputBlocks.lists(rows: rows, inputs: inputs)
    let (values, numbers) = (lists * InputBlocks.listValues, lists * InputBlocks.listNumbers)
    let (scratch, presence) = (InputBlocks.scratchBytes / 4, InputBlocks.presenceBytes(rows: rows, inputs: inputs) / 4)
    memory = try AlignedBuffer(count: values + numbers + scratch + presence + lists)
    let rest = UnsafeMutableRawPointer(memory.base + values)
    blocks = InputBlocks(
      values: memory.base, numbers: rest.bindMemory(to: UInt32.self, capacity: numbers),
      counts: (rest + 4 * (numbers + scratch + presence)).bindMemory(to: UInt32.self, capacity: lists),
      presence: (rest + 4 * (numbers + scratch)).bindMemory(to: UInt8.self, capacity: 4 * presence),
      scratch: (rest + 4 * numbers).bindMemory(to: UInt8.self, capacity: InputBlocks.scratchBytes), rows: rows, inputs: inputs)
  }

  /// Inputs that were kept, over all blocks.
  var entries: Int { (0..<lists).reduce(0) { $0 + Int(blocks.counts[$1]) } }

  /// Writes the blocks' rows to `matrix`, which is all zeros.
  func spread(into matrix: Matrix) {
    for list in 0..<lists {
      let (block, panel) = list.quotientAndRemainder(dividingBy: blocks.panels)
      for entry in 0..<Int(blocks.counts[list]) {
        let number = Int(blocks.numbers[list * InputBlocks.listNumbers + entry])
        for row in 0..<8 { matrix[block * 8 + row, panel * 128 + number] = blocks.values[list * InputBlocks.listValues + number * 8 + row] }
      }
    }
  }
}
