import Failures

extension ClassWeight {
  /// The words of `fit.class_weight`; factors are an object instead.
  enum Word: String, CaseIterable {
    case balanced
  }

  init(_ node: ConfigNode) throws(Failure) {
    node.note(.numbers(keys: "^(0|[1-9][0-9]*)$", .notNegative))
    switch node.value {
    case .object(let fields): self = .factors(try Self.factors(fields, node))
    case .string:
      _ = try node.word("class_weight", Word.self)
      self = .balanced
    default: throw node.expected("'balanced' or an object such as { \"0\": 1, \"1\": 2.5 }")
    }
  }

  private static func factors(_ fields: [String: JSONValue], _ node: ConfigNode) throws(Failure) -> [Int: Double] {
    var factors: [Int: Double] = [:]
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
      let factor = node.child(value, .key(key))
      // "01" would be class 1 a second time.
      guard let number = Int(key), classes ~= number, String(number) == key else {
        throw factor.failure("expected a class number as the key, 0 to \(classes.upperBound)")
      }
      factors[number] = try factor.number(.notNegative)
    }
    guard !factors.isEmpty else { throw node.failure("expected the weight of at least one class, found none") }
    return factors
  }

  var json: JSONValue {
    switch self {
    case .balanced: .string(Word.balanced.rawValue)
    case .factors(let factors): .object(Dictionary(uniqueKeysWithValues: factors.map { (String($0), .number($1)) }))
    }
  }

  /// - Throws: `Failure` (bad data) naming the class whose weight is none. A config is checked as it is read; this is for Swift callers.
  public func check() throws(Failure) { _ = try ClassWeight(ConfigNode(json, at: ConfigPath(file: "class_weight"))) }
}
