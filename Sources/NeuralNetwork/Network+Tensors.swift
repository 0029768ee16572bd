import Failures
import Interchange

extension Network {
  /// A tensor of Keras's, and the rows of the arena that it lies in.
  private struct Place {
    let name: String
    let shape: [Int]
    let rows: Range<Int>
    let units: Int
    /// Whether optimizers change it.
    let isTrained: Bool
    let index: (_ row: Int, _ unit: Int) -> Int

    var numbers: Int { rows.count * units }
    /// Where its numbers lie, in their order.
    var indices: [Int] { rows.flatMap { row in (0..<units).map { index(row, $0) } } }
  }

  /// `dense.kernel` [inputs, units], `dense.bias` [units], `dense_1.kernel`, …, then `batch_normalization.gamma` [units], `.beta`, `.moving_mean`,
  /// `.moving_variance`, …, and `normalization.mean` [inputs] and `.variance`.
  private var places: [Place] {
    var places: [Place] = []
    for layer in layers {
      places.append(
        Place(
          name: "\(layer.name).kernel", shape: [layer.inputs, layer.units], rows: 0..<layer.inputs, units: layer.units, isTrained: true, index: layer.index))
      guard layer.useBias else { continue }
      places.append(
        Place(
          name: "\(layer.name).bias", shape: [layer.units], rows: layer.inputs..<layer.inputs + 1, units: layer.units, isTrained: true, index: layer.index))
    }
    for layout in normalizations + [inputNormalization].compactMap(\.self) {
      for (name, row) in layout.tensors {
        places.append(
          Place(
            name: "\(layout.name).\(name)", shape: [layout.units], rows: row..<row + 1, units: layout.units,
            isTrained: layout.block.trainedRows.contains(row) && layout.kind != .inputs, index: layout.index))
      }
    }
    return places
  }

  /// The arena's numbers as Keras's tensors, unpadded, in layer order.
  ///
  /// - Parameters:
  ///   - arena: weights, or as many other numbers.
  ///   - trained: only those that optimizers change, as an arena of moments has them.
  public func tensors(arena: [Float], trained: Bool = false) -> [NamedTensor] {
    precondition(arena.count == arenaCount, "an arena of \(arena.count) floats for a network of \(arenaCount)")
    return places.filter { $0.isTrained || !trained }.map { place in
      NamedTensor(name: place.name, shape: place.shape, values: place.indices.map { arena[$0] })
    }
  }

  /// The arena for `tensors`, padding zero: the inverse of `tensors(arena:)`, in any order of the tensors.
  ///
  /// - Parameters:
  ///   - tensors: by name, unpadded.
  ///   - trained: as for `tensors(arena:)`.
  ///   - allowsNaN: whether NaN and infinities are taken.
  /// - Throws: `Failure` (bad data) naming the tensor that is missing, has another shape or not as many numbers, is not of this network, or holds a NaN or
  ///   infinity.
  public func arena(tensors: [NamedTensor], trained: Bool = false, allowsNaN: Bool = false) throws(Failure) -> [Float] {
    var arena = [Float](repeating: 0, count: arenaCount)
    // A factor that is not learned is in no file.
    if !trained { for layout in normalizations where !layout.scale { for unit in 0..<layout.units { arena[layout.index(row: 0, unit: unit)] = 1 } } }
    var unused = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for place in places where place.isTrained || !trained {
      let name = place.name
      guard let tensor = unused.removeValue(forKey: name) else {
        throw Failure(.badData, at: name, "missing; expected shape \(place.shape)")
      }
      guard tensor.shape == place.shape else { throw Failure(.badData, at: name, "expected shape \(place.shape), found \(tensor.shape)") }
      guard tensor.values.count == place.numbers else {
        throw Failure(.badData, at: name, "expected \(place.numbers) numbers for shape \(place.shape), found \(tensor.values.count)")
      }
      if !allowsNaN, let bad = tensor.values.firstIndex(where: { !$0.isFinite }) {
        throw Failure(.badData, at: name, "expected finite numbers, found \(tensor.values[bad]) at element \(bad)")
      }
      for (index, value) in zip(place.indices, tensor.values) { arena[index] = value }
    }
    if let extra = unused.keys.min() {
      let names = layers.map(\.name) + normalizations.map(\.name) + [inputNormalization].compactMap { $0?.name }
      throw Failure(.badData, at: extra, "the network has no such tensor; it has \(names.joined(separator: ", "))")
    }
    return arena
  }
}
