import Failures

// Keras's defaults are those of the layers' initialisers, each read where a key is not given.

extension RandomTranslation {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init(
      heightFactor: try reader.required("height_factor", "How far down, in heights of the image: a number for both directions, or [lowest, highest].").factor(
        .turn),
      widthFactor: try reader.required("width_factor", "How far to the right, in widths of the image: a number for both directions, or [lowest, highest].")
        .factor(.turn))
    try reader.fill(&fillMode, &fillValue)
  }
}

extension RandomRotation {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init(try reader.required("factor", "How far counterclockwise, in turns: a number for both directions, or [lowest, highest].").factor(.turn))
    try reader.fill(&fillMode, &fillValue)
  }
}

extension RandomZoom {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init(
      heightFactor: try reader.required(
        "height_factor", "By how much lower and higher the image becomes: a number for both directions, or [lowest, highest]; below 0 enlarges."
      ).factor(.zoom),
      widthFactor: try reader.nullable("width_factor", "By how much narrower and wider; null for as much as height_factor draws.").map { node throws(Failure) in
        try node.factor(.zoom)
      })
    try reader.fill(&fillMode, &fillValue)
  }
}

extension RandomShear {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let factor = try reader.optional("x_factor", "How far columns move to the side a row: a number for both directions, or [lowest, highest] in both.")?
      .factor(.portion)
    {
      xFactor = factor
    }
    if let factor = try reader.optional("y_factor", "How far rows move up or down a column: a number for both directions, or [lowest, highest] in both.")?
      .factor(.portion)
    {
      yFactor = factor
    }
    try reader.fill(&fillMode, &fillValue)
  }
}

extension RandomElasticTransform {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let factor = try reader.optional("factor", "The probability with which an image is bent: 0 to this, or [lowest, highest], drawn for each.")?.factor(
      .portion)
    {
      self.factor = factor
    }
    if let scale = try reader.optional("scale", "How much, 0 to 1: 0 to this, or [lowest, highest].")?.factor(.portion) { self.scale = scale }
    try reader.fill(&fillMode, &fillValue)
    if let range = try reader.optional("value_range", "The lowest and the highest value that a pixel is limited to.")?.limits() { valueRange = range }
  }
}

extension RandomErasing {
  init(_ reader: inout ObjectReader) throws(Failure) {
    self.init()
    if let factor = try reader.optional("factor", "The probability with which an image loses a rectangle: 0 to this, or [lowest, highest], drawn for each.")?
      .factor(.portion)
    {
      self.factor = factor
    }
    if let scale = try reader.optional("scale", "The squares of the rectangle's shares of height and width: 0 to this, or [lowest, highest].")?.factor(.portion)
    {
      self.scale = scale
    }
    fillValue = try reader.nullable("fill_value", "What the rectangle is filled with; null for noise.")?.number(.any)
    if let range = try reader.optional("value_range", "The lowest and the highest value that a pixel is limited to.")?.limits() { valueRange = range }
  }
}

extension Reshape {
  init(_ reader: inout ObjectReader) throws(Failure) {
    let node = try reader.required("target_shape", "[rows, columns], or [rows, columns, 1].")
    let shape = try node.elements().map { element throws(Failure) in try element.integer(1...Int(Int32.max)) }
    guard shape.count == 2 || shape.count == 3 && shape[2] == 1 else { throw node.failure("expected [rows, columns] or [rows, columns, 1], found \(shape)") }
    self.init(shape)
  }
}

extension ObjectReader {
  fileprivate mutating func fill(_ mode: inout FillMode, _ value: inout Double) throws(Failure) {
    if let word = try optional("fill_mode", "What stands where the image ended.")?.word("fill mode", FillMode.self) { mode = word }
    if let number = try optional("fill_value", "The value for fill_mode 'constant'.")?.number(.any) { value = number }
  }
}

extension ConfigNode {
  /// A number, or an array of two.
  fileprivate func factor(_ range: NumberRange) throws(Failure) -> Factor {
    guard case .array = value else { return .number(try number(range)) }
    let (first, second) = try pair(range)
    return .between(first, second)
  }

  /// An array of the lower limit and the upper.
  fileprivate func limits() throws(Failure) -> ClosedRange<Double> {
    let (lower, upper) = try pair(.any)
    guard lower <= upper else { throw failure("expected the lower limit before the upper, found \(lower) and \(upper)") }
    return lower...upper
  }

  private func pair(_ range: NumberRange) throws(Failure) -> (Double, Double) {
    let elements = try elements()
    guard elements.count == 2 else { throw failure("expected two numbers, found \(elements.count)") }
    return (try elements[0].number(range), try elements[1].number(range))
  }
}
