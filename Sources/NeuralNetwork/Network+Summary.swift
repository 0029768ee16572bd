extension Network {
  /// The stack as a table: a line a layer with its activation, output width and number of parameters.
  public var summary: String {
    let rows =
      [["layer", "activation", "outputs", "parameters"]]
      + zip(layers, description).map { layer, described in
        let activation =
          switch described {
          case .dense(let dense): dense.activation.name
          }
        return [layer.name, activation, "\(layer.units)", "\(layer.rows * layer.units)"]
      }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max()! }
    func pad(_ text: String, _ width: Int, _ isNumber: Bool) -> String {
      let blanks = String(repeating: " ", count: width - text.count)
      return isNumber ? blanks + text : text + blanks
    }
    let lines = rows.map { row in row.enumerated().map { pad($0.element, widths[$0.offset], $0.offset > 1) }.joined(separator: "  ") }
    return (["\(inputs) inputs"] + lines + ["\(parameterCount) parameters"]).joined(separator: "\n")
  }
}
