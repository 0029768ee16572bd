import Failures
import KernelTemplates
import NeuralNetwork

extension KernelBenchmark {
  /// The three products of a dense layer: z = x · w, the weights' gradient xᵀ · dz, and the inputs' gradient dz · wᵀ.
  func dense(_ shape: Shape) throws(Failure) -> [KernelTiming] {
    let (rows, inputs, units) = (shape.rows, shape.inputs, shape.units)
    let x = try OwnedMatrix(rows: rows, columns: inputs, seed: 1, isSpaced: true)
    let w = try OwnedMatrix(rows: inputs, columns: units, seed: 2)
    let dz = try OwnedMatrix(rows: rows, columns: units, seed: 3, isSpaced: true)
    let transposed = try OwnedMatrix(rows: units, columns: inputs)
    for panel in 0..<(units + 31) / 32 { kernels.transpose(w.matrix, into: transposed.matrix, panel: panel, firstRow: 0, endRow: inputs) }
    let z = try OwnedMatrix(rows: rows, columns: units, isSpaced: true)
    let dw = try OwnedMatrix(rows: inputs, columns: units)
    let dx = try OwnedMatrix(rows: rows, columns: inputs, isSpaced: true)

    // A chunk of rows at a time, and for gradients some units and inputs, in the order of training.
    func forChunks(_ body: (_ first: Int, _ count: Int) -> Void) {
      for first in stride(from: 0, to: rows, by: BatchBuffers.chunkRows) { body(first, min(BatchBuffers.chunkRows, rows - first)) }
    }
    func forward() { forChunks { kernels.multiply(x.matrix.from($0), w.matrix, into: z.matrix.from($0), rows: $1) } }
    func weightGradient() {
      for group in stride(from: 0, to: units, by: BatchBuffers.gradientUnits) {
        forChunks { first, count in
          for input in stride(from: 0, to: inputs, by: BatchBuffers.gradientInputs) {
            for column in stride(from: group, to: min(group + BatchBuffers.gradientUnits, units), by: 32) {
              kernels.weightGradient(
                x.matrix.from(first), dz.matrix.from(first).panel(at: column), into: dw.matrix.panel(at: column),
                inputs: input..<min(input + BatchBuffers.gradientInputs, inputs), adds: first > 0, rows: count)
            }
          }
        }
      }
    }
    func inputGradient() { forChunks { kernels.multiply(dz.matrix.from($0), transposed.matrix, into: dx.matrix.from($0), rows: $1) } }

    forward()
    try checkProduct("forward \(shape)", x.matrix, w.matrix, z.matrix, rows: rows, inner: inputs, columns: units)
    weightGradient()
    try checkGradient("weight_gradient \(shape)", x.matrix, dz.matrix, dw.matrix, rows: rows, inputs: inputs, columns: units)
    inputGradient()
    try checkProduct("input_gradient \(shape)", dz.matrix, transposed.matrix, dx.matrix, rows: rows, inner: units, columns: inputs)
    let operations = 2 * Double(rows) * Double(inputs) * Double(units)
    return [
      try product("forward", shape, operations: operations, forward),
      try product("weight_gradient", shape, operations: operations, weightGradient),
      try product("input_gradient", shape, operations: operations, inputGradient),
    ]
  }
}

extension KernelBenchmark.Shape: CustomStringConvertible {
  var description: String { "\(rows) × \(inputs) × \(units)" }
}
