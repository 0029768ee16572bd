import Failures

/// Examples to train on or to judge by: a store of features, the store rows that belong (in order), and what is to be answered for each.
///
/// A value: picking classes and splitting make new datasets that share the store, and copy row numbers (4 bytes a row) and at most the targets.
public struct Dataset: Sendable {
  /// The features of all rows, this dataset's and others'.
  public let store: ExampleStore
  /// The store rows that belong, in order; at least 1.
  public let rows: [UInt32]
  /// What to answer, by store row.
  public let targets: Targets
  /// Classes that the class numbers count: the highest and one more, or more when a part that was loaded or selected with this one has more.
  /// 0 when the targets are vectors.
  public let classCount: Int
  /// Inputs are divided by this as a worker gathers them; must be in 1e-36 … 1e37. At first 255 for bytes, which brings pixels to 0…1, and 1 for floats.
  public var scale: Double
  /// What each store row counts in a loss; nil where all count 1. `withSampleWeights` sets it.
  public internal(set) var sampleWeights: [Float]?

  /// Rows; at least 1.
  public var count: Int { rows.count }
  /// Features a row.
  public var width: Int { store.width }

  init(store: ExampleStore, rows: [UInt32], targets: Targets, classCount: Int) {
    self.store = store
    self.rows = rows
    self.targets = targets
    self.classCount = classCount
    if case .bytes = store.features { scale = 255 } else { scale = 1 }
  }

  private init(_ other: Dataset, rows: [UInt32], targets: Targets, classCount: Int) {
    store = other.store
    scale = other.scale
    sampleWeights = other.sampleWeights
    self.rows = rows
    self.targets = targets
    self.classCount = classCount
  }

  /// The same store and targets with other rows.
  func with(rows: [UInt32]) -> Dataset {
    Dataset(self, rows: rows, targets: targets, classCount: classCount)
  }

  /// The same store with other targets, and perhaps other rows.
  func with(rows: [UInt32]? = nil, targets: Targets, classCount: Int) -> Dataset {
    Dataset(self, rows: rows ?? self.rows, targets: targets, classCount: classCount)
  }

  /// Rows of each class, `classCount` numbers; nil when the targets are vectors.
  public var rowsPerClass: [Int]? {
    guard let labels = targets.classes else { return nil }
    var counts = [Int](repeating: 0, count: classCount)
    for row in rows { counts[Int(labels[Int(row)])] += 1 }
    return counts
  }
}

extension Dataset {
  /// The highest class number that is taken for one. Above it, a label is rather a mistake than one of so many classes, and every table with an
  /// entry a class would grow with it.
  static let highestLabel = 65_535

  /// All rows of `store`, each with a class number.
  ///
  /// - Parameters:
  ///   - store: the rows.
  ///   - labels: one a row, from 0 to 65,535; `classCount` becomes the highest and one more.
  /// - Throws: `.badData` when the counts differ or a label is out of range.
  public init(_ store: ExampleStore, labels: [Int]) throws(Failure) {
    try Self.require(labels.count, "labels", for: store)
    for (row, label) in labels.enumerated() where !(0...Self.highestLabel ~= label) {
      throw Failure(.badData, at: "labels: row \(row)", "the label is \(label); expected 0 to \(Self.highestLabel)")
    }
    self.init(all: store, targets: .classes(ClassNumbers(count: labels.count) { Int32(labels[$0]) }), classCount: (labels.max() ?? 0) + 1)
  }

  /// All rows of `store`, each with one real number (regression).
  ///
  /// - Throws: `.badData` when the counts differ, or a value is infinite or not a number.
  public init(_ store: ExampleStore, values: [Float]) throws(Failure) {
    try Self.require(values.count, "values", for: store)
    try requireFinite(values, width: 1, at: "values")
    self.init(all: store, targets: .vectors(values, width: 1), classCount: 0)
  }

  /// All rows of `store`, each with a vector: one-hot classes, independent labels of 0 and 1, or several real numbers.
  ///
  /// - Throws: `.badData` when the counts differ, vectors differ in width, or a number is infinite or not a number.
  public init(_ store: ExampleStore, vectors: [[Float]]) throws(Failure) {
    try Self.require(vectors.count, "vectors", for: store)
    let values = try flattened(vectors, at: "vectors")
    let width = values.count / vectors.count
    try requireFinite(values, width: width, at: "vectors")
    self.init(all: store, targets: .vectors(values, width: width), classCount: 0)
  }

  /// All rows of `store` in order.
  init(all store: ExampleStore, targets: Targets, classCount: Int) {
    self.init(store: store, rows: Array(0..<UInt32(store.count)), targets: targets, classCount: classCount)
  }

  private static func require(_ count: Int, _ name: String, for store: ExampleStore) throws(Failure) {
    guard count == store.count else { throw Failure(.badData, at: name, "found \(count); expected \(store.count), one a row of features") }
  }
}
