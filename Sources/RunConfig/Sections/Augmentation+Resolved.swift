extension Augmentation {
  /// Every option but the type.
  var fields: [String: JSONValue] {
    switch self {
    case .translation(let layer):
      fill(layer.fillMode, layer.fillValue).merging(["height_factor": layer.heightFactor.json, "width_factor": layer.widthFactor.json]) { $1 }
    case .rotation(let layer): fill(layer.fillMode, layer.fillValue).merging(["factor": layer.factor.json]) { $1 }
    case .zoom(let layer):
      fill(layer.fillMode, layer.fillValue).merging(["height_factor": layer.heightFactor.json, "width_factor": layer.widthFactor?.json ?? .null]) { $1 }
    case .shear(let layer): fill(layer.fillMode, layer.fillValue).merging(["x_factor": layer.xFactor.json, "y_factor": layer.yFactor.json]) { $1 }
    case .elasticTransform(let layer):
      fill(layer.fillMode, layer.fillValue).merging([
        "factor": layer.factor.json, "scale": layer.scale.json, "value_range": json(layer.valueRange),
      ]) { $1 }
    case .erasing(let layer):
      [
        "factor": layer.factor.json, "scale": layer.scale.json, "fill_value": layer.fillValue.map(JSONValue.number) ?? .null,
        "value_range": json(layer.valueRange),
      ]
    }
  }

  private func fill(_ mode: FillMode, _ value: Double) -> [String: JSONValue] { ["fill_mode": .string(mode.rawValue), "fill_value": .number(value)] }

  private func json(_ range: ClosedRange<Double>) -> JSONValue { .array([.number(range.lowerBound), .number(range.upperBound)]) }
}

extension Factor {
  fileprivate var json: JSONValue {
    switch self {
    case .number(let number): .number(number)
    case .between(let one, let other): .array([.number(one), .number(other)])
    }
  }
}
