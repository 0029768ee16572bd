/// The ranges numbers may lie in.
enum NumberRange {
  case any
  case positive
  case notNegative
  /// What makes a stretch longer than the one before.
  case factor
  /// The power of a polynomial.
  case power
  /// A share of something, all and nothing included.
  case portion
  /// What a probability must exceed: some, or all.
  case threshold
  /// A share of something: some, but not all.
  case share
  /// A decay or momentum factor.
  case decay
  /// A way, in wholes, in either direction.
  case turn
  /// What an image grows or shrinks by: all that it has, but not to nothing.
  case zoom
  /// What inputs are divided by.
  case scale
  /// What keeps a divisor away from 0.
  case epsilon

  /// How errors name the range.
  private var words: String {
    switch self {
    case .any: "a number"
    case .positive: "a number above 0"
    case .notNegative: "a number, 0 or above"
    case .factor: "1, or a number from 1.01 to 1000"
    case .power: "a number above 0, up to 1000"
    case .portion: "a number from 0 to 1"
    case .threshold: "a number above 0, up to 1"
    case .share: "a number above 0 and below 1"
    case .decay: "a number from 0 to below 1"
    case .turn: "a number from -1 to 1"
    case .zoom: "a number above -1, up to 1"
    case .scale: Self.words(DataSection.scales)
    case .epsilon: Self.words(Self.epsilons)
    }
  }

  /// Workers take denormal numbers for 0, and with an epsilon of 0 a weight whose gradient was never anything but 0, that of a blank pixel, becomes 0 / 0: so
  /// the least is just above 2⁻¹²⁶. Adam multiplies by the reciprocal, which its kernel finds for numbers below 2¹²⁵.
  private static let epsilons: ClosedRange<Float> = 1.2e-38...1e37

  /// What errors ask for in place of `number`; nil where `number` will do.
  func expectation(missedBy number: Double) -> String? {
    guard contains(number) else { return words }
    // The kernels compute in Float, without denormals: 1e-40 would reach them as 0, 1e60 as infinity and 0.999999999 as 1.
    let single = Float(number)
    return single.isFinite && contains(single.isSubnormal ? 0 : Double(single)) ? nil : words + " in single precision"
  }

  private func contains(_ number: Double) -> Bool {
    switch self {
    case .any: true
    case .positive: number > 0
    case .notNegative: number >= 0
    case .factor: number == 1 || 1.01...1000 ~= number
    case .power: number > 0 && number <= 1000
    case .portion: number >= 0 && number <= 1
    case .threshold: number > 0 && number <= 1
    case .share: number > 0 && number < 1
    case .decay: number >= 0 && number < 1
    case .turn: number >= -1 && number <= 1
    case .zoom: number > -1 && number <= 1
    case .scale: DataSection.scales.contains(Float(number))
    case .epsilon: Self.epsilons.contains(Float(number))
    }
  }

  private static func words(_ range: ClosedRange<Float>) -> String { "a number from \(range.lowerBound) to \(range.upperBound)" }
}

extension NumberRange {
  /// The range in words of JSON Schema.
  var schema: JSONValue {
    func range(_ limits: KeyValuePairs<String, Double>) -> JSONValue {
      .object(limits.reduce(into: ["type": .string("number")]) { $0[$1.key] = .number($1.value) })
    }
    return switch self {
    case .any: range([:])
    case .positive: range(["exclusiveMinimum": 0])
    case .notNegative: range(["minimum": 0])
    case .factor: range(["minimum": 1, "maximum": 1000])
    case .power: range(["exclusiveMinimum": 0, "maximum": 1000])
    case .portion: range(["minimum": 0, "maximum": 1])
    case .threshold: range(["exclusiveMinimum": 0, "maximum": 1])
    case .share: range(["exclusiveMinimum": 0, "exclusiveMaximum": 1])
    case .decay: range(["minimum": 0, "exclusiveMaximum": 1])
    case .turn: range(["minimum": -1, "maximum": 1])
    case .zoom: range(["exclusiveMinimum": -1, "maximum": 1])
    case .scale: range(["minimum": Double(DataSection.scales.lowerBound), "maximum": Double(DataSection.scales.upperBound)])
    case .epsilon: range(["minimum": Double(Self.epsilons.lowerBound), "maximum": Double(Self.epsilons.upperBound)])
    }
  }
}
