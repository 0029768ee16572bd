import Failures

extension Dataset {
  /// The rows whose label is one of `classes`, in their order; labels become 0, 1, … in the order of `classes`.
  ///
  /// - Throws: `.badData` at "data.classes" for an empty list, a negative or repeated class, a class without rows, or targets that are vectors.
  public func selecting(classes: [Int]) throws(Failure) -> Dataset {
    let place = "data.classes"
    guard let labels = targets.classes, let present = rowsPerClass else {
      throw Failure(.badData, at: place, "the targets are vectors; only class labels can be selected")
    }
    guard !classes.isEmpty else { throw Failure(.badData, at: place, "the list is empty; expected at least 1 class") }
    var newLabel = [Int32](repeating: -1, count: classCount)
    for (number, label) in classes.enumerated() {
      guard label >= 0 else { throw Failure(.badData, at: place, "class \(label) is negative") }
      guard label < classCount, present[label] > 0 else {
        throw Failure(.badData, at: place, "class \(label) has no rows; \(Self.listing(present))")
      }
      guard newLabel[label] < 0 else { throw Failure(.badData, at: place, "class \(label) is named twice") }
      newLabel[label] = Int32(number)
    }
    let renumbered = ClassNumbers(count: labels.count) { labels[$0] < 0 ? -1 : newLabel[Int(labels[$0])] }
    var chosen: [UInt32] = []
    chosen.reserveCapacity(classes.reduce(0) { $0 + present[$1] })
    for row in rows where renumbered[Int(row)] >= 0 { chosen.append(row) }
    return with(rows: chosen, targets: .classes(renumbered), classCount: classes.count)
  }

  /// The class labels as vectors with a 1 for the label's class and 0 for the others, `classCount` wide.
  ///
  /// - Throws: `.badData` at "data.targets" when the targets are vectors already.
  public func withOneHotTargets() throws(Failure) -> Dataset {
    let labels = try labelsForTargets("one_hot")
    var values = [Float](repeating: 0, count: labels.count * classCount)
    for (row, label) in labels.enumerated() where label >= 0 { values[row * classCount + Int(label)] = 1 }
    return with(targets: .vectors(values, width: classCount), classCount: 0)
  }

  /// The class labels as real numbers, one a row (regression on the label itself).
  ///
  /// - Throws: `.badData` at "data.targets" when the targets are vectors already.
  public func withValueTargets() throws(Failure) -> Dataset {
    let labels = try labelsForTargets("value")
    return with(targets: .vectors(labels.map(Float.init), width: 1), classCount: 0)
  }

  private func labelsForTargets(_ word: String) throws(Failure) -> ClassNumbers {
    guard let labels = targets.classes else {
      throw Failure(.badData, at: "data.targets", "the targets are vectors; '\(word)' needs class labels")
    }
    return labels
  }

  /// "the data has 0, 1, 3": the classes that have rows, cut short after twelve.
  private static func listing(_ present: [Int]) -> String {
    let names = present.indices.filter { present[$0] > 0 }.map(String.init)
    return "the data has " + names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
  }
}
