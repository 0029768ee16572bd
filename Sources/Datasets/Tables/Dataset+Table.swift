import Failures

/// What the labels of a table are to be.
public enum LabelKind: Sendable {
  /// Class numbers: whole numbers from 0 to 65,535.
  case classes
  /// Real numbers.
  case numbers
}

extension Dataset {
  /// A table's rows, all of them, with its labels as targets. Labels of two dimensions become target vectors.
  ///
  /// - Throws: `.badData` at the table's own line, row or byte: when it has no labels, another number of them than rows, a label that `kind` does not allow, or a number
  ///   that is infinite or none.
  public init(_ table: ExampleTable, labels kind: LabelKind = .classes) throws(Failure) {
    guard let labels = table.labels else { throw Failure(.badData, at: table.path, "has no labels to learn") }
    let store = try ExampleStore(table)
    let targets: Targets
    if kind == .classes, labels.width == nil {
      targets = .classes(try Self.classNumbers(labels.values, table.places))
    } else {
      let width = labels.width ?? 1
      if let index = labels.values.firstIndex(where: { !$0.isFinite }) {
        throw Failure(.badData, at: table.places.label(index / width, index % width), "the label is \(labels.values[index]); expected a finite number")
      }
      targets = .vectors(labels.values, width: width)
    }
    self.init(all: store, targets: targets, classCount: targets.classes?.max().map { Int($0) + 1 } ?? 0)
  }

  /// A part to train on and one to test with, which fit the same network: both get the larger `classCount`.
  ///
  /// - Throws: as `init(_:labels:)`; `.badData` when their features differ in width, or their targets in kind or width.
  public static func load(_ training: ExampleTable, test: ExampleTable, labels kind: LabelKind = .classes) throws(Failure) -> (training: Dataset, test: Dataset)
  {
    try matched(
      try Dataset(training, labels: kind), try Dataset(test, labels: kind), images: (training.path, test.path), labels: (training.path, test.path))
  }

  private static func classNumbers(_ values: [Float], _ places: ExampleTable.Places) throws(Failure) -> ClassNumbers {
    if let row = values.firstIndex(where: { !(0...Float(highestLabel) ~= $0 && $0 == $0.rounded()) }) {
      throw Failure(.badData, at: places.label(row, 0), "the label is \(plain(values[row])); expected a whole number from 0 to \(highestLabel)")
    }
    return ClassNumbers(count: values.count) { Int32(values[$0]) }
  }
}

extension ExampleStore {
  /// A table's features.
  ///
  /// - Throws: `.badData` at the line, row or byte of a number that is infinite or none.
  public convenience init(_ table: ExampleTable) throws(Failure) {
    if case .floats(let values) = table.features, let index = values.firstIndex(where: { !$0.isFinite }) {
      let place = table.places.feature(index / table.width, index % table.width)
      throw Failure(.badData, at: place, "the value is \(values[index]); expected a finite number")
    }
    self.init(count: table.count, width: table.width, shape: table.shape, features: table.features)
  }
}

/// A float as people write it: whole numbers without ".0".
func plain(_ value: Float) -> String {
  value == value.rounded() && abs(value) < 1e7 ? "\(Int(value))" : "\(value)"
}
