import Failures

extension Regularizer {
  // Keras's defaults, as in the constructors of `Regularizer`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    func factor(_ key: String, _ about: String, _ value: Double) throws(Failure) -> Double { try reader.optional(key, about)?.number(.notNegative) ?? value }
    switch try reader.required("type", "Which regularizer.").word("regularizer", TypeWord.self) {
    case .l1: self = .l1(try factor("l1", "The factor of the sum of the amounts.", 0.01))
    case .l2: self = .l2(try factor("l2", "The factor of the sum of the squares.", 0.01))
    case .l1L2: self = .l1L2(l1: try factor("l1", "The factor of the sum of the amounts.", 0), l2: try factor("l2", "The factor of the sum of the squares.", 0))
    }
  }

  /// All of them are an `l1_l2`.
  var json: JSONValue { .object(["type": .string(TypeWord.l1L2.rawValue), "l1": .number(l1), "l2": .number(l2)]) }
}

extension Constraint {
  // Keras's defaults, as in the cases of `Constraint`; a test compares the two.
  init(_ reader: inout ObjectReader) throws(Failure) {
    func number(_ key: String, _ about: String, _ range: NumberRange, _ value: Double) throws(Failure) -> Double {
      try reader.optional(key, about)?.number(range) ?? value
    }
    switch try reader.required("type", "Which constraint.").word("constraint", TypeWord.self) {
    case .maxNorm: self = .maxNorm(maxValue: try number("max_value", "The largest norm of a unit's weights.", .positive, 2))
    case .nonNeg: self = .nonNeg
    case .unitNorm: self = .unitNorm
    case .minMaxNorm:
      let (low, high) = (
        try number("min_value", "The smallest norm of a unit's weights.", .notNegative, 0),
        try number("max_value", "The largest norm of a unit's weights.", .positive, 1)
      )
      guard low <= high else { throw reader.node.failure("expected a min_value up to max_value, found \(low) and \(high)") }
      self = .minMaxNorm(minValue: low, maxValue: high, rate: try number("rate", "How far a step goes towards the allowed norm.", .portion, 1))
    }
  }

  /// A plain word where there are no options.
  var json: JSONValue {
    switch self {
    case .maxNorm(let maximum): .object(["type": .string(name), "max_value": .number(maximum)])
    case .nonNeg, .unitNorm: .string(name)
    case .minMaxNorm(let low, let high, let rate):
      .object(["type": .string(name), "min_value": .number(low), "max_value": .number(high), "rate": .number(rate)])
    }
  }
}

extension ObjectReader {
  /// None where it is missing or null.
  mutating func regularizer(_ key: String, _ about: String) throws(Failure) -> Regularizer? { try nullable(key, about)?.object(word: "type", Regularizer.init) }
  mutating func constraint(_ key: String, _ about: String) throws(Failure) -> Constraint? { try nullable(key, about)?.object(word: "type", Constraint.init) }
}
