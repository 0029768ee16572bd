import Failures
import Interchange
import RunConfig

extension Network {
  /// What a layer of the network needs of a file.
  private struct Wanted {
    let name: String
    /// As the file should have them.
    let shapes: [(role: String, shape: [Int])]
    /// What to say of a matrix that would fit the other way round.
    let hint: String

    /// In words, for messages.
    var words: String { shapes.map { "\($0.role) \($0.shape)" }.joined(separator: ", ") }

    func fits(_ layer: ForeignLayer) -> Bool {
      layer.tensors.count == shapes.count && shapes.allSatisfy { layer.tensors[$0.role]?.shape == $0.shape }
    }
  }

  /// The network of `layers` whose weights a file of PyTorch's or Keras's holds, and which tensor of the file is which.
  ///
  /// How many inputs there are, the file tells. Layers are taken in the order of their names (`0`, `2`, `10`; `dense`, `dense_1`), dense ones and
  /// normalisations each for themselves; where shapes do not allow that, but only one other order, in that.
  ///
  /// - Parameters:
  ///   - tensors: of the file.
  ///   - layers: of the network.
  ///   - transposed: whether kernels are `[units, inputs]`, as PyTorch's are.
  /// - Throws: `Failure` (bad data) naming the tensor that does not fit, with the shapes found and expected.
  public static func importing(
    _ tensors: [NamedTensor], layers: [Layer], transposed: Bool
  ) throws(Failure) -> (network: Network, matches: [TensorMatch]) {
    let units = max(1, layers.lazy.compactMap { if case .dense(let dense) = $0 { dense.units } else { nil } }.first ?? 1)
    // The first by name is most often the first, but any may be it.
    let counts = try ForeignLayer.all(tensors).compactMap { $0.tensors["kernel"]?.values.count }.filter { $0 > 0 && $0 % units == 0 }
    var complaint: Failure?
    for count in counts {
      do throws(Failure) {
        let network = try Network(inputs: count / units, layers: layers)
        return (network, try network.matches(tensors, transposed: transposed))
      } catch { complaint = complaint ?? error }
    }
    throw complaint ?? Failure(.badData, "no tensor has as many numbers as a kernel of \(units) units")
  }

  /// Which tensor of another program's file is which of the network's; as `importing`.
  public func matches(_ tensors: [NamedTensor], transposed: Bool) throws(Failure) -> [TensorMatch] {
    let found = try ForeignLayer.all(tensors)
    let hint = transposed ? "; not transposed it would fit" : "; transposed it would fit, as those of PyTorch must be"
    let dense = layers.map { layer in
      let kernel = (role: "kernel", shape: transposed ? [layer.units, layer.inputs] : [layer.inputs, layer.units])
      return Wanted(name: layer.name, shapes: [kernel] + (layer.useBias ? [(role: "bias", shape: [layer.units])] : []), hint: hint)
    }
    let others = normalizations.filter { !$0.tensors.isEmpty }.map { layout in
      Wanted(name: layout.name, shapes: layout.tensors.map { (role: $0.name, shape: [layout.units]) }, hint: "")
    }
    var matches = try Self.match(found.filter { $0.kind == .dense }, dense, "dense layer")
    matches = matches.map { transposed && $0.tensor.shape.count == 2 ? $0.withTransposedTensor : $0 }
    matches += try Self.match(found.filter { $0.kind == .normalization }, others, "normalisation")
    return try matches + inputMatches(found.filter { $0.kind == .inputNormalization })
  }

  private static func match(_ found: [ForeignLayer], _ wanted: [Wanted], _ what: String) throws(Failure) -> [TensorMatch] {
    guard found.count == wanted.count else {
      let names = found.isEmpty ? "" : " (\(found.map { $0.name.isEmpty ? "without a name" : $0.name }.joined(separator: ", ")))"
      let wantedNames = wanted.isEmpty ? "" : ": \(wanted.map(\.name).joined(separator: ", "))"
      throw Failure(
        .badData, "the file has \(found.count) \(what)\(found.count == 1 ? "" : "s")\(names), the network \(wanted.count)\(wantedNames)")
    }
    var ordered = found
    if !zip(found, wanted).allSatisfy({ $1.fits($0) }) {
      let fitting = wanted.map { layer in found.indices.filter { layer.fits(found[$0]) } }
      if fitting.allSatisfy({ $0.count == 1 }), Set(fitting.map { $0[0] }).count == found.count { ordered = fitting.map { found[$0[0]] } }
    }
    var matches: [TensorMatch] = []
    for (layer, wanted) in zip(ordered, wanted) { matches += try Self.match(layer, wanted) }
    return matches
  }

  private static func match(_ layer: ForeignLayer, _ wanted: Wanted) throws(Failure) -> [TensorMatch] {
    var rest = layer.tensors
    var matches: [TensorMatch] = []
    for (role, shape) in wanted.shapes {
      let name = "\(wanted.name).\(role)"
      guard let tensor = rest.removeValue(forKey: role) else { throw Failure(.badData, at: layer.name, "has no \(role); expected shape \(shape) for \(name)") }
      guard tensor.shape == shape else {
        let hint = tensor.shape == shape.reversed() ? wanted.hint : ""
        throw Failure(.badData, at: tensor.name, "expected shape \(shape) for \(name), found \(tensor.shape)\(hint)")
      }
      matches.append(TensorMatch(source: tensor.name, sourceShape: shape, tensor: NamedTensor(name: name, shape: shape, values: tensor.values)))
    }
    if let extra = rest.values.map(\.name).min() { throw Failure(.badData, at: extra, "\(wanted.name) has no such tensor; it has \(wanted.words)") }
    return matches
  }

  /// Mean and variance of the inputs: the file's, one for all or one an input, or where it has none those that the layer was given.
  private func inputMatches(_ found: [ForeignLayer]) throws(Failure) -> [TensorMatch] {
    guard let layout = inputNormalization else {
      if let layer = found.first { throw Failure(.badData, at: layer.name, "the network does not normalize its inputs") }
      return []
    }
    guard let layer = found.first else {
      guard !description.contains(where: { if case .normalization(let layer) = $0 { layer.mean == nil } else { false } }) else {
        throw Failure(.badData, at: layout.name, "the file has no mean and variance of the inputs; give them in the config")
      }
      return tensors(arena: initialArena(seed: 0)).filter { $0.name.hasPrefix("\(layout.name).") }.map {
        TensorMatch(source: "config", sourceShape: $0.shape, tensor: $0)
      }
    }
    var matches: [TensorMatch] = []
    for (role, _) in layout.tensors {
      let name = "\(layout.name).\(role)"
      guard let tensor = layer.tensors[role] else { throw Failure(.badData, at: layer.name, "has no \(role); expected shape [\(inputs)] for \(name)") }
      guard tensor.values.count == 1 || tensor.values.count == inputs else {
        throw Failure(.badData, at: tensor.name, "expected shape [\(inputs)] for \(name), found \(tensor.shape)")
      }
      let values = tensor.values.count == 1 ? [Float](repeating: tensor.values[0], count: inputs) : tensor.values
      matches.append(TensorMatch(source: tensor.name, sourceShape: tensor.shape, tensor: NamedTensor(name: name, shape: [inputs], values: values)))
    }
    return matches
  }
}
