/// What a network is to answer, by **store row** (not by position in a dataset's `rows`).
public enum Targets: Equatable, Sendable {
  /// One class number a store row, from 0; -1 for a row whose class was not selected (no dataset's `rows` names such a row).
  case classes(ClassNumbers)
  /// Row-major `[store rows, width]`: real numbers, one-hot classes, or independent labels of 0 and 1.
  case vectors([Float], width: Int)

  /// The class of each store row; nil for vectors.
  var classes: ClassNumbers? {
    if case .classes(let labels) = self { labels } else { nil }
  }
}
