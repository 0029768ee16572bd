import Failures

extension Initializer {
  // Keras's defaults, as in the cases of `Initializer`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    func number(_ key: String, _ about: String, _ value: Double, _ range: NumberRange = .any) throws(Failure) -> Double {
      try reader.optional(key, about)?.number(range) ?? value
    }
    switch try reader.required("type", "Which initializer.").word("initializer", TypeWord.self) {
    case .zeros: self = .zeros
    case .ones: self = .ones
    case .constant: self = .constant(value: try number("value", "Every element.", 0))
    case .identity: self = .identity(gain: try number("gain", "What all elements are multiplied by.", 1))
    case .orthogonal: self = .orthogonal(gain: try number("gain", "What all elements are multiplied by.", 1))
    case .randomNormal:
      self = .randomNormal(
        mean: try number("mean", "The mean of the distribution.", 0), stddev: try number("stddev", "Its standard deviation.", 0.05, .positive))
    case .randomUniform:
      let (minval, maxval) = (try number("minval", "The lower end.", -0.05), try number("maxval", "The upper end.", 0.05))
      guard minval < maxval else { throw reader.node.failure("expected minval below maxval, found \(minval) and \(maxval)") }
      self = .randomUniform(minval: minval, maxval: maxval)
    case .truncatedNormal:
      self = .truncatedNormal(
        mean: try number("mean", "The mean of the distribution.", 0), stddev: try number("stddev", "Its standard deviation.", 0.05, .positive))
    case .varianceScaling:
      self = .varianceScaling(
        scale: try number("scale", "What the variance is multiplied by.", 1, .positive),
        mode: try reader.optional("mode", "What the scale is divided by.")?.word("mode", Fan.self) ?? .fanIn,
        distribution: try reader.optional("distribution", "What is drawn from.")?.word("distribution", Distribution.self) ?? .truncatedNormal)
    case .glorotUniform: self = .glorotUniform
    case .glorotNormal: self = .glorotNormal
    case .heUniform: self = .heUniform
    case .heNormal: self = .heNormal
    case .lecunUniform: self = .lecunUniform
    case .lecunNormal: self = .lecunNormal
    }
  }

  /// A plain word where there are no options.
  var json: JSONValue {
    func object(_ fields: [String: JSONValue]) -> JSONValue { .object(fields.merging(["type": .string(name)]) { _, type in type }) }
    return switch self {
    case .constant(let value): object(["value": .number(value)])
    case .identity(let gain), .orthogonal(let gain): object(["gain": .number(gain)])
    case .randomNormal(let mean, let stddev), .truncatedNormal(let mean, let stddev): object(["mean": .number(mean), "stddev": .number(stddev)])
    case .randomUniform(let minval, let maxval): object(["minval": .number(minval), "maxval": .number(maxval)])
    case .varianceScaling(let scale, let mode, let distribution):
      object(["scale": .number(scale), "mode": .string(mode.rawValue), "distribution": .string(distribution.rawValue)])
    default: .string(name)
    }
  }
}
