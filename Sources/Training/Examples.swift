import Datasets
import Failures
import NeuralNetwork
import RunConfig

/// A data set made ready for workers: checked against the network and loss, with every pointer that they will read kept alive.
///
/// `@unchecked Sendable`: nothing is written after `init`.
final class Examples: @unchecked Sendable {
  /// The store rows that belong, in order.
  let rows: [UInt32]
  /// Keeps the features alive.
  private let store: ExampleStore
  /// What workers read; valid while this object lives.
  let source: ExampleSource
  private let classes: ClassNumbers
  private let vectors: AlignedBuffer
  private let floats: AlignedBuffer
  private let weights: AlignedBuffer

  /// Fits `dataset` to a network and its objective; `name` is what the data is called in messages, for example "training data".
  ///
  /// - Parameter classWeight: what rows count because of their class.
  /// - Throws: `Failure` (bad data) when the width is not the network's, a target is one that the loss cannot take (names the row), or a class to be weighted is
  ///   unknown.
  init(_ dataset: Dataset, _ compiled: CompiledNetwork, _ objective: Objective, classWeight: ClassWeight? = nil, name: String) throws(Failure) {
    let network = compiled.network
    guard dataset.width == network.inputs else {
      throw Failure(.badData, at: name, "an example has \(dataset.width) numbers, the network takes \(network.inputs)")
    }
    let scale = dataset.scale / network.inputScale
    try Self.check(scale: scale, name: name)
    try Self.check(dataset, network: network, objective: objective, loss: compiled.compile.loss, name: name)
    rows = dataset.rows
    store = dataset.store
    switch dataset.targets {
    case .classes(let labels):
      vectors = try AlignedBuffer(count: 0)
      classes = labels
    case .vectors(let values, let width):
      vectors = try AlignedBuffer(count: values.count)
      HugePages.advise(UnsafeMutableRawBufferPointer(start: vectors.base, count: 4 * values.count))
      for (index, value) in values.enumerated() { vectors.base[index] = value }
      classes = ClassNumbers(count: store.count) { row in
        let vector = values[row * width..<(row + 1) * width]
        return Int32(vector.firstIndex(of: vector.max()!)! - vector.startIndex)
      }
    }
    floats = try Self.floats(of: store)
    weights = try dataset.lossWeights(classWeight)
    source = ExampleSource(
      features: Self.features(of: store, floats: floats.base), width: store.width, scale: Float(scale), classes: classes.base,
      vectors: vectors.count > 0 ? UnsafePointer(vectors.base) : nil, weights: weights.count > 0 ? UnsafePointer(weights.base) : nil)
  }

  /// All rows of `store`, to predict what nobody has labelled.
  ///
  /// - Throws: `Failure` (bad data) when the width is not the network's, or the scale is not in `DataSection.scales`.
  init(unlabelled store: ExampleStore, network: Network, scale: Double) throws(Failure) {
    guard store.width == network.inputs else {
      throw Failure(.badData, at: "input", "an example has \(store.width) numbers, the network takes \(network.inputs)")
    }
    let scale = scale / network.inputScale
    try Self.check(scale: scale, name: "input")
    self.store = store
    rows = Array(0..<UInt32(store.count))
    classes = []
    vectors = try AlignedBuffer(count: 0)
    weights = try AlignedBuffer(count: 0)
    floats = try Self.floats(of: store)
    source = ExampleSource(
      features: Self.features(of: store, floats: floats.base), width: store.width, scale: Float(scale), classes: classes.base, vectors: nil)
  }

  private static func check(scale: Double, name: String) throws(Failure) {
    let scales = DataSection.scales
    guard scales.contains(Float(scale)) else {
      throw Failure(.badData, at: name, "the scale is \(scale); expected a number from \(scales.lowerBound) to \(scales.upperBound)")
    }
  }

  /// A copy of float features at an address that stays; empty where features are bytes, which have one.
  private static func floats(of store: ExampleStore) throws(Failure) -> AlignedBuffer {
    guard case .floats(let values) = store.features else { return try AlignedBuffer(count: 0) }
    let buffer = try AlignedBuffer(count: values.count)
    HugePages.advise(UnsafeMutableRawBufferPointer(start: buffer.base, count: 4 * values.count))
    values.withUnsafeBufferPointer { buffer.base.update(from: $0.baseAddress!, count: values.count) }
    return buffer
  }

  private static func features(of store: ExampleStore, floats: UnsafeMutablePointer<Float>) -> ExampleSource.Features {
    switch store.features {
    case .bytes(let rows): .bytes(rows.base)
    case .floats: .floats(UnsafePointer(floats))
    }
  }

  /// Every target that belongs to the data set, against what the loss can take.
  private static func check(_ dataset: Dataset, network: Network, objective: Objective, loss: Loss, name: String) throws(Failure) {
    let isQuantity = loss.question == .quantity
    // Where the training data's 0 stands for −1, there is no −1.
    let lowest: Float = loss.question == .side && objective.targetMap == .identity ? -1 : 0
    switch (objective.targetForm, dataset.targets) {
    case (.oneHot, .classes(let labels)):
      for row in dataset.rows where !(0..<network.outputs ~= Int(labels[Int(row)])) {
        throw Failure(
          .badData, at: "\(name): row \(row)",
          "label \(labels[Int(row)]) is out of range for \(network.outputs) outputs; expected 0 to \(network.outputs - 1)")
      }
    case (.number, .classes(let labels)) where !isQuantity:
      for row in dataset.rows where !(0...1 ~= labels[Int(row)]) {
        throw Failure(
          .badData, at: "\(name): row \(row)", "label \(labels[Int(row)]) is out of range for \(loss.name); expected 0 or 1 (data.classes picks two classes)")
      }
    case (.vector, .vectors(let values, let width)) where !isQuantity:
      for row in dataset.rows {
        for column in 0..<width where !(lowest...1 ~= values[Int(row) * width + column]) {
          throw Failure(
            .badData, at: "\(name): row \(row)",
            "target \(values[Int(row) * width + column]) in column \(column) is out of range for \(loss.name); expected \(Int(lowest)) to 1")
        }
      }
    default: break
    }
  }
}
