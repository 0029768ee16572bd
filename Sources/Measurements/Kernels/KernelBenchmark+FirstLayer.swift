import Datasets
import Failures
import KernelTemplates
import RandomStreams
import Training

/// Bytes for the first layer's kernels, and the rows to take of them.
struct FirstLayerData: Sendable {
  let name: String
  let bytes: [UInt8]
  let width: Int
  let rows: [UInt32]

  /// `rows` of the digits, of all classes: 19% of their pixels are not zero.
  init(digits: Dataset, rows count: Int) throws(Failure) {
    guard case .bytes(let store) = digits.store.features else { throw Failure(.internalError, at: "bundled digits", "expected bytes") }
    name = "digits"
    bytes = Array(UnsafeBufferPointer(start: store.base, count: store.byteCount))
    width = digits.width
    var order = digits.rows
    var generator = CounterGenerator(seed: 1, stream: 0)
    generator.shuffle(&order)
    rows = Array(order.prefix(count))
  }

  /// `rows` of bytes none of which is zero.
  init(denseWidth width: Int, rows count: Int) {
    name = "dense"
    self.width = width
    var generator = CounterGenerator(seed: 2, stream: 0)
    bytes = (0..<count * width).map { _ in UInt8(truncatingIfNeeded: 1 + generator.next(below: 255)) }
    rows = Array(0..<UInt32(count))
  }

  /// What a worker's blocks must hold: scaled rows with the 1 of the bias behind them.
  func matrix(rows count: Int) throws(Failure) -> OwnedMatrix {
    let x = try OwnedMatrix(rows: count, columns: width + 1)
    for row in 0..<count {
      for column in 0..<width { x.matrix[row, column] = Float(bytes[Int(rows[row]) * width + column]) / Self.scale }
      x.matrix[row, width] = 1
    }
    return x
  }

  static let scale: Float = 255

  func gather(_ kernels: any KernelSet.Type, count: Int, into blocks: InputBlocks) {
    kernels.gatherBytes(bytes, width: width, rows: rows, count: count, scale: Self.scale, into: blocks)
  }
}

extension KernelBenchmark {
  /// Bytes to blocks. `rows` is a multiple of 8.
  func gather(_ data: FirstLayerData, rows: Int) throws(Failure) -> KernelTiming {
    let blocks = try OwnedBlocks(rows: rows, inputs: data.width + 1)
    data.gather(kernels, count: rows, into: blocks.blocks)
    let expected = try data.matrix(rows: rows)
    let found = try OwnedMatrix(rows: rows, columns: data.width + 1)
    blocks.spread(into: found.matrix)
    for row in 0..<rows {
      for (column, (value, wanted)) in zip(found.row(row), expected.row(row)).enumerated() where value != wanted {
        throw mismatch("gather \(data.name) \(rows) × \(data.width)", row: row, column: column, found: value, expected: wanted)
      }
    }
    return KernelTiming(
      "gather", data: data.name, rows: rows, inputs: data.width, time(budget) { data.gather(kernels, count: rows, into: blocks.blocks) },
      elements: Double(rows * data.width))
  }

  /// The first layer's two products. Inputs that the blocks leave out do not count as work.
  func firstLayer(_ data: FirstLayerData, _ shape: Shape) throws(Failure) -> [KernelTiming] {
    let (rows, inputs, units) = (shape.rows, data.width + 1, shape.units)
    let blocks = try OwnedBlocks(rows: rows, inputs: inputs)
    data.gather(kernels, count: rows, into: blocks.blocks)
    let x = try data.matrix(rows: rows)
    let w = try OwnedMatrix(rows: inputs, columns: units, seed: 2)
    let dz = try OwnedMatrix(rows: rows, columns: units, seed: 3, isSpaced: true)
    let z = try OwnedMatrix(rows: rows, columns: units, isSpaced: true)
    let dw = try OwnedMatrix(rows: inputs, columns: units)
    let scratch = try OwnedMatrix(rows: 1, columns: weightGradientScratch)
    let sliceRows = BatchPlan.sliceRows(batchSize: rows)

    func forward() { kernels.multiplyBlocks(blocks.blocks, w.matrix, into: z.matrix, rows: rows) }
    func weightGradient() {
      kernels.weightGradientBlocks(
        blocks.blocks, dz.matrix, into: dw.matrix, adds: false, rows: rows, sliceRows: sliceRows, scratch: scratch.matrix.base)
    }

    forward()
    try checkProduct("first_forward \(data.name) \(shape)", x.matrix, w.matrix, z.matrix, rows: rows, inner: inputs, columns: units)
    weightGradient()
    try checkGradient(
      "first_weight_gradient \(data.name) \(shape)", x.matrix, dz.matrix, dw.matrix, rows: rows, sliceRows: sliceRows, inputs: inputs, columns: units)
    let operations = 2 * 8 * Double(blocks.entries) * Double(units)
    return [
      try product("first_forward", data: data.name, shape, operations: operations, forward),
      try product("first_weight_gradient", data: data.name, shape, operations: operations, weightGradient),
    ]
  }
}
