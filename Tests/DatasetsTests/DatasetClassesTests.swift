import Datasets
import Failures
import Testing

@Suite struct DatasetClassesTests {
  static func digits() throws -> Dataset {
    try Dataset(bytes: [10, 11, 12, 13, 14, 15, 16], width: 1, labels: [5, 0, 3, 5, 1, 0, 5])
  }

  @Test func labelsAreRenumberedInTheOrderGiven() throws {
    let picked = try Self.digits().selecting(classes: [5, 0])
    #expect(picked.rows == [0, 1, 3, 5, 6])
    #expect(picked.labels == [0, 1, 0, 1, 0])
    #expect(picked.classCount == 2)
    #expect(picked.rowsPerClass == [3, 2])
    #expect(picked.store.row(Int(picked.rows[2])) == [13])
    #expect(try Self.digits().selecting(classes: [0, 5]).labels == [1, 0, 1, 0, 1])
  }

  @Test func aSelectionOfASelectionCountsItsOwnLabels() throws {
    let again = try Self.digits().selecting(classes: [5, 0, 3]).selecting(classes: [2, 0])
    #expect(again.rows == [0, 2, 3, 6])
    #expect(again.labels == [1, 0, 1, 1])
  }

  @Test func whatCannotBeSelected() throws {
    let data = try Self.digits()
    let cases: [([Int], String)] = [
      ([], "the list is empty; expected at least 1 class"),
      ([0, -1], "class -1 is negative"),
      ([0, 5, 0], "class 0 is named twice"),
      ([0, 2], "class 2 has no rows; the data has 0, 1, 3, 5"),
      ([6], "class 6 has no rows; the data has 0, 1, 3, 5"),
      ([.max], "class 9223372036854775807 has no rows; the data has 0, 1, 3, 5"),
    ]
    for (classes, message) in cases {
      let failure = #expect(throws: Failure.self) { try data.selecting(classes: classes) }
      #expect(failure == Failure(.badData, at: "data.classes", message))
    }
    let vectors = try Dataset(rows: [[1]], values: [1])
    let failure = #expect(throws: Failure.self) { try vectors.selecting(classes: [0]) }
    #expect(failure == Failure(.badData, at: "data.classes", "the targets are vectors; only class labels can be selected"))
  }

  @Test func labelsAsOneHotVectorsAndAsValues() throws {
    let picked = try Self.digits().selecting(classes: [3, 0])
    // By store row: rows that were not selected hold zeros, and no dataset names them.
    #expect(try picked.withOneHotTargets().targets == .vectors([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0], width: 2))
    #expect(try picked.withOneHotTargets().rows == picked.rows)
    #expect(try Self.digits().withValueTargets().targets == .vectors([5, 0, 3, 5, 1, 0, 5], width: 1))
    let failure = #expect(throws: Failure.self) { try Self.digits().withValueTargets().withOneHotTargets() }
    #expect(failure == Failure(.badData, at: "data.targets", "the targets are vectors; 'one_hot' needs class labels"))
  }
}
