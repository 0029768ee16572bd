import RunConfig

/// A layer of the stack as tables show it.
public struct LayerSummary: Equatable, Sendable {
  /// Keras's: `dense`, `dense_1`, …
  public let name: String
  /// Keras's word; empty where the layer is not about one.
  public let activation: String
  /// Numbers that go out for each row.
  public let outputs: Int
  /// Numbers that it keeps, running statistics included.
  public let parameters: Int
}

extension Network {
  /// Every layer, as the user wrote them.
  public var layerSummaries: [LayerSummary] {
    var (dense, normalization) = (layers[...], normalizations[...])
    var width = inputs
    return zip(names, description).map { name, layer in
      var (activation, parameters) = ("", 0)
      switch layer {
      case .dense(let described):
        let layout = dense.removeFirst()
        (activation, width, parameters) = (described.activation.name, layout.units, layout.rows * layout.units)
      case .activation(let described): activation = described.name
      case .batchNormalization, .layerNormalization: parameters = normalization.removeFirst().tensors.count * width
      case .normalization: parameters = 2 * width
      case .dropout, .gaussianNoise, .activityRegularization, .flatten, .rescaling, .reshape, .augmentation: break
      }
      return LayerSummary(name: name, activation: activation, outputs: width, parameters: parameters)
    }
  }

  /// The stack as a table: a line a layer with its activation, output width and number of parameters.
  public var summary: String {
    let rows = [["layer", "activation", "outputs", "parameters"]] + layerSummaries.map { [$0.name, $0.activation, "\($0.outputs)", "\($0.parameters)"] }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max()! }
    func pad(_ text: String, _ width: Int, _ isNumber: Bool) -> String {
      let blanks = String(repeating: " ", count: width - text.count)
      return isNumber ? blanks + text : text + blanks
    }
    let lines = rows.map { row in row.enumerated().map { pad($0.element, widths[$0.offset], $0.offset > 1) }.joined(separator: "  ") }
    let untrained = otherCount > 0 ? ", and \(otherCount) numbers that no gradient changes" : ""
    return (["\(inputs) inputs"] + lines + ["\(parameterCount) parameters\(untrained)"]).joined(separator: "\n")
  }

  /// Means and variances, running or of the inputs, which no gradient changes.
  public var otherCount: Int {
    normalizations.reduce(2 * (inputNormalization?.units ?? 0)) { $0 + ($1.kind.isBatch ? 2 * $1.units : 0) }
  }
}
