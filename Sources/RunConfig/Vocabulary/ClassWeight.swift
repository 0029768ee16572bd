/// What a row counts in the training's loss because of its class: Keras's `class_weight`.
public enum ClassWeight: Equatable, Sendable {
  /// As scikit-learn's "balanced": n / (k · the rows of the class), for n training rows of k classes that have some. So every class counts the same.
  case balanced
  /// A factor for each class number; 1 for a class that is not named, as in Keras.
  case factors([Int: Double])

  /// Class numbers; `Dataset` takes no others for labels.
  package static let classes = 0...65_535
}

/// So that `[0: 1, 1: 2.5]` is one.
extension ClassWeight: ExpressibleByDictionaryLiteral {
  /// Must name no class twice.
  public init(dictionaryLiteral elements: (Int, Double)...) { self = .factors(Dictionary(uniqueKeysWithValues: elements)) }
}
