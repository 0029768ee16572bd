import Failures
import KernelTemplates
import RunConfig

/// A stack of layers laid out in the parameter arena: what `define` makes.
public struct Network: Equatable, Sendable {
  /// Numbers in one example.
  public let inputs: Int
  /// The layers as the user wrote them.
  public let description: [Layer]
  public let layers: [DenseLayout]

  /// Lays out `layers` for examples of `inputs` numbers.
  ///
  /// - Throws: `Failure` (bad data) when there is no input, no layer, or a layer without units.
  public init(inputs: Int, layers description: [Layer]) throws(Failure) {
    guard inputs > 0 else { throw Failure(.badData, at: "inputs", "expected at least 1, found \(inputs)") }
    guard !description.isEmpty else { throw Failure(.badData, at: "model.layers", "expected at least one layer, found none") }
    self.inputs = inputs
    self.description = description
    var layers: [DenseLayout] = []
    var width = inputs
    var offset = 0
    var transposedOffset = 0
    for (index, layer) in description.enumerated() {
      guard case .dense(let dense) = layer else { continue }
      // A billion parameters in one layer is beyond any dense network; the bound keeps every size below in range.
      guard dense.units > 0, dense.units <= 1 << 24, width * dense.units <= 1 << 30 else {
        throw Failure(
          .badData, at: "model.layers[\(index)].units", "expected 1 to \(min(1 << 24, (1 << 30) / width)) units for \(width) inputs, found \(dense.units)")
      }
      guard !dense.useBias || !dense.biasInitializer.needsMatrix else {
        throw Failure(.badData, at: "model.layers[\(index)].bias_initializer", "\(dense.biasInitializer.name) makes matrices; a bias needs another initializer")
      }
      let layout = DenseLayout(
        name: index == 0 ? "dense" : "dense_\(index)", inputs: width, units: dense.units, useBias: dense.useBias,
        activation: ActivationKernel(dense.activation), offset: offset, transposedOffset: transposedOffset,
        arenaRows: index == 0 ? 8 * InputRuns.runs(width + (dense.useBias ? 1 : 0)) : width + (dense.useBias ? 1 : 0))
      layers.append(layout)
      offset += layout.count
      transposedOffset += layout.units * layout.transposedColumns
      width = dense.units
    }
    self.layers = layers
  }

  /// Numbers the network gives for one example.
  public var outputs: Int { layers[layers.count - 1].units }

  /// The last layer's activation.
  public var outputActivation: ActivationKernel { layers[layers.count - 1].activation }

  /// Floats in the parameter arena, padding included.
  public var arenaCount: Int { layers.reduce(0) { $0 + $1.count } }

  /// Floats in the arena of transposed kernels.
  public var transposedCount: Int { layers.reduce(0) { $0 + $1.units * $1.transposedColumns } }

  /// Trainable numbers, padding not counted.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.rows * $1.units } }
}
