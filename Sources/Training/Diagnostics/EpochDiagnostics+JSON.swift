// Written by hand, one piece behind the other: `JSONEncoder` took as long for an epoch of a small network as a tenth of its training, and strings within strings
// half of that. Keys in snake case and sorted; numbers with as many digits as it takes to read the same bits back; those that JSON has none for as words.

extension EpochDiagnostics {
  var json: String {
    var text = "{\"activities\":["
    text.reserveCapacity(1024)
    for (index, activity) in activities.enumerated() {
      if index > 0 { text += "," }
      activity.add(to: &text)
    }
    text += "],\"norms\":"
    norms.add(to: &text)
    text += ",\"step\":"
    text += String(step)
    text += "}"
    return text
  }
}

extension [LayerNorms] {
  var json: String {
    var text = ""
    add(to: &text)
    return text
  }

  fileprivate func add(to text: inout String) {
    text += "["
    for (index, norms) in enumerated() {
      text += index > 0 ? ",{" : "{"
      text.add("gradient_norm", number(norms.gradientNorm))
      text.add("layer", after: ",", "\"" + norms.layer + "\"")
      text.add("update_norm", after: ",", number(norms.updateNorm))
      text.add("weight_norm", after: ",", number(norms.weightNorm))
      text += "}"
    }
    text += "]"
  }
}

extension LayerActivity {
  fileprivate func add(to text: inout String) {
    text += "{"
    text.add("activation", "\"" + activation + "\"")
    if let flatShare { text.add("flat_share", after: ",", number(flatShare)) }
    if let flatUnits { text.add("flat_units", after: ",", String(flatUnits)) }
    text.add("highest", after: ",", number(highest))
    text += ",\"histogram\":["
    for (index, count) in histogram.enumerated() {
      if index > 0 { text += "," }
      text += String(count)
    }
    text += "]"
    text.add("layer", after: ",", "\"" + layer + "\"")
    text.add("lowest", after: ",", number(lowest))
    text.add("rows", after: ",", String(rows))
    text.add("units", after: ",", String(units))
    text += "}"
  }
}

extension String {
  /// Adds a member to an object; all but its first come after a comma.
  fileprivate mutating func add(_ key: String, after separator: String = "", _ value: String) {
    self += separator
    self += "\""
    self += key
    self += "\":"
    self += value
  }
}

private func number(_ value: Double) -> String { value.isFinite ? String(describing: value) : "\"\(value)\"" }
