import Datasets
import Failures
import NeuralNetwork
import RunConfig

/// A data set made ready for workers: checked against the network and loss, with every pointer that they will read kept alive.
///
/// `@unchecked Sendable`: nothing is written after `init`.
public final class Examples: @unchecked Sendable {
  public let dataset: Dataset
  /// What workers read; valid while this object lives.
  public let source: ExampleSource
  private let classes: UnsafeMutablePointer<Int32>
  private let vectors: AlignedBuffer
  private let floats: AlignedBuffer

  /// Fits `dataset` to `network` and `objective`.
  ///
  /// - Parameters:
  ///   - scale: inputs are divided by it.
  ///   - name: what the data is called in messages, for example "training data".
  /// - Throws: `Failure` (bad data) when the width is not the network's, or a target is one that the loss cannot take; names the row.
  public init(_ dataset: Dataset, network: Network, objective: Objective, loss: Loss, scale: Double, name: String) throws(Failure) {
    guard dataset.width == network.inputs else {
      throw Failure(.badData, at: name, "an example has \(dataset.width) numbers, the network takes \(network.inputs)")
    }
    try Self.check(dataset, network: network, objective: objective, loss: loss, name: name)
    self.dataset = dataset
    let store = dataset.store
    classes = .allocate(capacity: store.count)
    classes.initialize(repeating: 0, count: store.count)
    switch dataset.targets {
    case .classes(let labels):
      vectors = try AlignedBuffer(count: 0)
      for (row, label) in labels.enumerated() { classes[row] = label }
    case .vectors(let values, let width):
      vectors = try AlignedBuffer(count: values.count)
      for (index, value) in values.enumerated() { vectors.base[index] = value }
      for row in 0..<store.count {
        let vector = values[row * width..<(row + 1) * width]
        classes[row] = Int32(vector.firstIndex(of: vector.max()!)! - vector.startIndex)
      }
    }
    let features: ExampleSource.Features
    switch store.features {
    case .bytes(let rows):
      floats = try AlignedBuffer(count: 0)
      features = .bytes(rows.base)
    case .floats(let values):
      floats = try AlignedBuffer(count: values.count)
      values.withUnsafeBufferPointer { floats.base.update(from: $0.baseAddress!, count: values.count) }
      features = .floats(UnsafePointer(floats.base))
    }
    source = ExampleSource(features: features, width: dataset.width, scale: Float(scale), classes: classes, vectors: vectors.base)
  }

  deinit { classes.deallocate() }

  /// Every target that belongs to the data set, against what the loss can take.
  private static func check(_ dataset: Dataset, network: Network, objective: Objective, loss: Loss, name: String) throws(Failure) {
    let isCrossentropy = loss != .meanSquaredError
    switch (objective.targetForm, dataset.targets) {
    case (.oneHot, .classes(let labels)):
      for row in dataset.rows where !(0..<network.outputs ~= Int(labels[Int(row)])) {
        throw Failure(
          .badData, at: "\(name): row \(row)",
          "label \(labels[Int(row)]) is out of range for \(network.outputs) outputs; expected 0 to \(network.outputs - 1)")
      }
    case (.number, .classes(let labels)) where isCrossentropy:
      for row in dataset.rows where !(0...1 ~= labels[Int(row)]) {
        throw Failure(.badData, at: "\(name): row \(row)", "label \(labels[Int(row)]) is out of range for \(loss.name); expected 0 or 1 (data.classes picks two classes)")
      }
    case (.vector, .vectors(let values, let width)) where isCrossentropy:
      for row in dataset.rows {
        for column in 0..<width where !(0...1 ~= values[Int(row) * width + column]) {
          throw Failure(
            .badData, at: "\(name): row \(row)", "target \(values[Int(row) * width + column]) in column \(column) is out of range for \(loss.name); expected 0 to 1")
        }
      }
    default: break
    }
  }
}
