import Datasets
import Failures
import KernelTemplates
import RandomStreams

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

  /// What the lists must hold: scaled rows with the 1 of the bias behind them.
  func matrix(rows count: Int) throws(Failure) -> OwnedMatrix {
    let x = try OwnedMatrix(rows: count, columns: width + 1)
    for row in 0..<count {
      for column in 0..<width { x.matrix[row, column] = Float(bytes[Int(rows[row]) * width + column]) / Self.scale }
      x.matrix[row, width] = 1
    }
    return x
  }

  static let scale: Float = 255

  func gather(_ kernels: any KernelSet.Type, count: Int, into lists: OwnedRuns) {
    kernels.gatherBytes(
      bytes, width: width, rows: rows, count: count, following: UnsafeBufferPointer(start: nil, count: 0), scale: Self.scale, runs: lists.all,
      into: lists.runs)
  }
}

extension KernelBenchmark {
  /// Bytes to lists.
  func gather(_ data: FirstLayerData, rows: Int) throws(Failure) -> KernelTiming {
    let lists = try OwnedRuns(rows: rows, inputs: data.width + 1)
    data.gather(kernels, count: rows, into: lists)
    let expected = try data.matrix(rows: rows)
    let found = try OwnedMatrix(rows: rows, columns: lists.all.count * 8)
    lists.spread(into: found.matrix)
    for row in 0..<rows {
      for (column, (value, wanted)) in zip(found.row(row), expected.row(row)).enumerated() where value != wanted {
        throw mismatch("gather \(data.name) \(rows) × \(data.width)", row: row, column: column, found: value, expected: wanted)
      }
    }
    return KernelTiming(
      "gather", data: data.name, rows: rows, inputs: data.width, time(budget) { data.gather(kernels, count: rows, into: lists) },
      elements: Double(rows * data.width))
  }

  /// The first layer's two products. Inputs that the lists leave out do not count as work.
  func firstLayer(_ data: FirstLayerData, _ shape: Shape) throws(Failure) -> [KernelTiming] {
    let (rows, inputs, units) = (shape.rows, data.width + 1, shape.units)
    let lists = try OwnedRuns(rows: rows, inputs: inputs)
    data.gather(kernels, count: rows, into: lists)
    let x = try data.matrix(rows: rows)
    let w = try OwnedMatrix(rows: lists.all.count * 8, columns: units, seed: 2)
    let dz = try OwnedMatrix(rows: rows, columns: units, seed: 3, isSpaced: true)
    let z = try OwnedMatrix(rows: rows, columns: units, isSpaced: true)
    let dw = try OwnedMatrix(rows: lists.all.count * 8, columns: units)

    func forward() {
      for column in stride(from: 0, to: units, by: 32) {
        kernels.multiplyRuns(
          lists.runs, runs: lists.all, w.matrix.panel(at: column), into: z.matrix.panel(at: column), rows: rows)
      }
    }
    func weightGradient() {
      for column in stride(from: 0, to: units, by: 32) {
        kernels.weightGradientRuns(
          lists.runs, runs: lists.all, dz.matrix.panel(at: column), into: dw.matrix.panel(at: column), adds: false)
      }
    }

    forward()
    try checkProduct("first_forward \(data.name) \(shape)", x.matrix, w.matrix, z.matrix, rows: rows, inner: inputs, columns: units)
    weightGradient()
    try checkGradient("first_weight_gradient \(data.name) \(shape)", x.matrix, dz.matrix, dw.matrix, rows: rows, inputs: inputs, columns: units)
    let operations = 2 * 8 * Double(lists.entries) * Double(units)
    return [
      try product("first_forward", data: data.name, shape, operations: operations, forward),
      try product("first_weight_gradient", data: data.name, shape, operations: operations, weightGradient),
    ]
  }
}
