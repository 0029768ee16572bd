/// What a variable is put back into after each step, as Keras's constraints with `axis=0`: the norm is that of the weights into one unit, or of a whole bias.
public enum Constraint: Equatable, Sendable {
  /// A norm above `maxValue` is brought down to it.
  case maxNorm(maxValue: Double = 2)
  /// What is below 0 becomes 0.
  case nonNeg
  /// The norm becomes 1.
  case unitNorm
  /// The norm comes nearer to what lies between the two, all the way where `rate` is 1.
  case minMaxNorm(minValue: Double = 0, maxValue: Double = 1, rate: Double = 1)
}

extension Constraint {
  /// The words of a constraint's `type`.
  enum TypeWord: String, CaseIterable {
    case maxNorm = "max_norm"
    case nonNeg = "non_neg"
    case unitNorm = "unit_norm"
    case minMaxNorm = "min_max_norm"
  }

  var word: TypeWord {
    switch self {
    case .maxNorm: .maxNorm
    case .nonNeg: .nonNeg
    case .unitNorm: .unitNorm
    case .minMaxNorm: .minMaxNorm
    }
  }

  /// Keras's string for the constraint.
  public var name: String { word.rawValue }
}
