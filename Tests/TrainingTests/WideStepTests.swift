import Datasets
import Kernels
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: large layers, which the workers take in blocks, lose no input, no unit and no row. Comparing numbers of workers would not show it.
@Suite struct WideStepTests {
  /// More than 512 inputs and more than 512 units in each layer, and two chunks of rows; no size fills its last block.
  @Test(arguments: [1, 2, 3])
  func aStepIsThatOfTheFormulas(_ workers: Int) throws {
    let (rows, width, units, outputs) = (130, 530, 560, 530)
    let features = seededFloats(rows * width, seed: 31)
    let targets = seededFloats(rows * outputs, seed: 32)
    let layers: [Layer] = [.dense(units), .dense(outputs)]
    let network = try Network(inputs: width, layers: layers)
    let start = network.tensors(arena: network.initialArena(seed: 5)).map { $0.values.map(Double.init) }
    let fit = SmallFit(
      layers: layers, optimizer: .sgd(learningRate: 1), loss: .meanSquaredError, options: FitSection(epochs: 1, batchSize: rows, shuffle: false),
      set: InstructionSet.supported[0], validates: false)
    let trained = try fit.run(try Dataset(floats: features, width: width, vectors: targets.chunks(of: outputs)), workers: workers).state.weights
    let found = network.tensors(arena: trained).map(\.values)

    // Two linear layers: y = (x · w₀ + b₀) · w₁ + b₁, and the mean of (y − t)².
    let x = Grid(rows, width, features.map(Double.init))
    let (w0, w1) = (Grid(width, units, start[0]), Grid(units, outputs, start[2]))
    let hidden = x.times(w0).plus(start[1])
    let y = hidden.times(w1).plus(start[3])
    let dy = Grid(rows, outputs, zip(y.values, targets).map { 2 * ($0 - Double($1)) / Double(rows * outputs) })
    let dHidden = dy.times(w1.transposed)
    let gradients = [x.transposed.times(dHidden).values, dHidden.columnSums, hidden.transposed.times(dy).values, dy.columnSums]
    for (tensor, gradient) in gradients.enumerated() {
      #expect(gradient.contains { abs($0) > 1e-4 }, "tensor \(tensor) moves")
      expectClose(found[tensor], zip(start[tensor], gradient).map { Float($0 - $1) }, within: 1e-6, "tensor \(tensor)")
    }
  }
}

/// A row-major matrix in Double.
private struct Grid {
  let rows: Int
  let columns: Int
  let values: [Double]

  init(_ rows: Int, _ columns: Int, _ values: [Double]) {
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  func times(_ other: Grid) -> Grid {
    var product = [Double](repeating: 0, count: rows * other.columns)
    for row in 0..<rows {
      for inner in 0..<columns {
        let factor = values[row * columns + inner]
        for column in 0..<other.columns { product[row * other.columns + column] += factor * other.values[inner * other.columns + column] }
      }
    }
    return Grid(rows, other.columns, product)
  }

  func plus(_ bias: [Double]) -> Grid { Grid(rows, columns, values.enumerated().map { $1 + bias[$0 % columns] }) }

  var transposed: Grid { Grid(columns, rows, (0..<columns * rows).map { values[$0 % rows * columns + $0 / rows] }) }

  var columnSums: [Double] { (0..<columns).map { column in (0..<rows).reduce(0) { $0 + values[$1 * columns + column] } } }
}
