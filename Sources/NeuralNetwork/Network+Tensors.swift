import Failures
import Interchange

extension Network {
  /// The arena's numbers as Keras's tensors: `dense.kernel` [inputs, units], `dense.bias` [units], `dense_1.kernel`, …; unpadded, in layer
  /// order.
  public func tensors(arena: [Float]) -> [NamedTensor] {
    precondition(arena.count == arenaCount, "an arena of \(arena.count) floats for a network of \(arenaCount)")
    var tensors: [NamedTensor] = []
    for layer in layers {
      func rows(_ range: Range<Int>) -> [Float] {
        range.flatMap { row in (0..<layer.units).map { arena[layer.index(row: row, unit: $0)] } }
      }
      tensors.append(NamedTensor(name: "\(layer.name).kernel", shape: [layer.inputs, layer.units], values: rows(0..<layer.inputs)))
      if layer.useBias {
        tensors.append(NamedTensor(name: "\(layer.name).bias", shape: [layer.units], values: rows(layer.inputs..<layer.inputs + 1)))
      }
    }
    return tensors
  }

  /// The arena for `tensors`, padding zero: the inverse of `tensors(arena:)`, in any order of the tensors.
  ///
  /// - Parameter allowsNaN: whether NaN and infinities are taken.
  /// - Throws: `Failure` (bad data) naming the tensor that is missing, has another shape or not as many numbers, is not of this network, or holds a NaN or
  ///   infinity.
  public func arena(tensors: [NamedTensor], allowsNaN: Bool = false) throws(Failure) -> [Float] {
    var arena = [Float](repeating: 0, count: arenaCount)
    var unused = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    func take(_ name: String, _ shape: [Int]) throws(Failure) -> NamedTensor {
      guard let tensor = unused.removeValue(forKey: name) else {
        throw Failure(.badData, at: name, "missing; expected shape \(shape)")
      }
      guard tensor.shape == shape else { throw Failure(.badData, at: name, "expected shape \(shape), found \(tensor.shape)") }
      let count = shape.reduce(1, *)
      guard tensor.values.count == count else {
        throw Failure(.badData, at: name, "expected \(count) numbers for shape \(shape), found \(tensor.values.count)")
      }
      if !allowsNaN, let bad = tensor.values.firstIndex(where: { !$0.isFinite }) {
        throw Failure(.badData, at: name, "expected finite numbers, found \(tensor.values[bad]) at element \(bad)")
      }
      return tensor
    }
    for layer in layers {
      let kernel = try take("\(layer.name).kernel", [layer.inputs, layer.units])
      let bias = layer.useBias ? try take("\(layer.name).bias", [layer.units]).values : []
      let values = kernel.values + bias
      for row in 0..<layer.rows {
        for unit in 0..<layer.units { arena[layer.index(row: row, unit: unit)] = values[row * layer.units + unit] }
      }
    }
    if let extra = unused.keys.min() {
      throw Failure(.badData, at: extra, "the network has no such tensor; it has \(layers.map(\.name).joined(separator: ", "))")
    }
    return arena
  }
}
