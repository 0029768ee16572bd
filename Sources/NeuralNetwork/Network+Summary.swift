import RunConfig

extension Network {
  /// The stack as a table: a line a layer with its activation, output width and number of parameters.
  public var summary: String {
    var (dense, normalization) = (layers[...], normalizations[...])
    var width = inputs
    var rows = [["layer", "activation", "outputs", "parameters"]]
    for (name, layer) in zip(names, description) {
      var (activation, parameters) = ("", 0)
      switch layer {
      case .dense(let described):
        let layout = dense.removeFirst()
        (activation, width, parameters) = (described.activation.name, layout.units, layout.rows * layout.units)
      case .activation(let described): activation = described.name
      case .batchNormalization, .layerNormalization: parameters = normalization.removeFirst().tensors.count * width
      case .normalization: parameters = 2 * width
      case .dropout, .gaussianNoise, .flatten, .rescaling, .reshape, .augmentation: break
      }
      rows.append([name, activation, "\(width)", "\(parameters)"])
    }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max()! }
    func pad(_ text: String, _ width: Int, _ isNumber: Bool) -> String {
      let blanks = String(repeating: " ", count: width - text.count)
      return isNumber ? blanks + text : text + blanks
    }
    let lines = rows.map { row in row.enumerated().map { pad($0.element, widths[$0.offset], $0.offset > 1) }.joined(separator: "  ") }
    let untrained = otherCount > 0 ? ", and \(otherCount) numbers that no gradient changes" : ""
    return (["\(inputs) inputs"] + lines + ["\(parameterCount) parameters\(untrained)"]).joined(separator: "\n")
  }

  /// Means and variances, running or of the inputs.
  private var otherCount: Int {
    normalizations.reduce(2 * (inputNormalization?.units ?? 0)) { $0 + ($1.kind.isBatch ? 2 * $1.units : 0) }
  }
}
