import Datasets
import Failures
import Testing

@Suite struct DatasetArraysTests {
  @Test func bytesWithLabels() throws {
    let data = try Dataset(bytes: [1, 2, 3, 4, 250, 255], width: 2, labels: [3, 0, 3])
    #expect(data.count == 3)
    #expect(data.width == 2)
    #expect(data.rows == [0, 1, 2])
    #expect(data.classCount == 4)
    #expect(data.rowsPerClass == [1, 0, 0, 2])
    #expect(data.targets == .classes([3, 0, 3]))
    #expect(data.store.allBytes == [1, 2, 3, 4, 250, 255])
    #expect(data.store.row(2) == [250, 255])
  }

  @Test func floatsNestedAndFlat() throws {
    let nested = try Dataset(rows: [[1, -2], [0.5, 4]], values: [10, 20])
    let flat = try Dataset(floats: [1, -2, 0.5, 4], width: 2, values: [10, 20])
    for data in [nested, flat] {
      #expect(data.targets == .vectors([10, 20], width: 1))
      #expect(data.classCount == 0)
      #expect(data.rowsPerClass == nil)
      #expect(data.store.row(0) == [1, -2])
      #expect(data.store.row(1) == [0.5, 4])
    }
    #expect(try Dataset(rows: [[1], [2]], labels: [1, 0]).targets == .classes([1, 0]))
    #expect(try Dataset(floats: [1, 2], width: 1, labels: [1, 0]).targets == .classes([1, 0]))
    #expect(try Dataset(rows: [[1], [2]], vectors: [[1, 0, 1], [0, 0, 1]]).targets == .vectors([1, 0, 1, 0, 0, 1], width: 3))
    #expect(try Dataset(floats: [1, 2], width: 1, vectors: [[1, 0], [0, 1]]).targets == .vectors([1, 0, 0, 1], width: 2))
  }

  static let defects: [(@Sendable () throws(Failure) -> Dataset, String)] = [
    ({ () throws(Failure) in try Dataset(bytes: [], width: 2, labels: []) }, "features: there are 0 rows; expected at least 1"),
    ({ () throws(Failure) in try Dataset(bytes: [1], width: 0, labels: [1]) }, "features: the width is 0; expected at least 1"),
    ({ () throws(Failure) in try Dataset(bytes: [1, 2, 3], width: 2, labels: [1]) }, "features: the length is 3; expected whole rows of 2"),
    ({ () throws(Failure) in try Dataset(bytes: [1, 2], width: 1, labels: [1]) }, "labels: found 1; expected 2, one a row of features"),
    ({ () throws(Failure) in try Dataset(bytes: [1, 2], width: 1, labels: [0, -1]) }, "labels: row 1: the label is -1; expected 0 to 65535"),
    ({ () throws(Failure) in try Dataset(bytes: [1], width: 1, labels: [65_536]) }, "labels: row 0: the label is 65536; expected 0 to 65535"),
    ({ () throws(Failure) in try Dataset(rows: [], labels: []) }, "features: there are 0 rows; expected at least 1"),
    ({ () throws(Failure) in try Dataset(rows: [[]], labels: [0]) }, "features: row 0: the row is empty; expected at least 1 number"),
    ({ () throws(Failure) in try Dataset(rows: [[1], [1, 2]], labels: [0, 0]) }, "features: row 1: the row's width is 2; expected 1 as in row 0"),
    (
      { () throws(Failure) in try Dataset(rows: [[1, 2], [3, .nan]], labels: [0, 0]) },
      "features: row 1, column 1: the value is nan; expected a finite number"
    ),
    (
      { () throws(Failure) in try Dataset(floats: [1, 2, -.infinity], width: 1, labels: [0, 0, 0]) },
      "features: row 2, column 0: the value is -inf; expected a finite number"
    ),
    ({ () throws(Failure) in try Dataset(rows: [[1]], values: []) }, "values: found 0; expected 1, one a row of features"),
    ({ () throws(Failure) in try Dataset(rows: [[1]], values: [.nan]) }, "values: row 0, column 0: the value is nan; expected a finite number"),
    ({ () throws(Failure) in try Dataset(rows: [[1]], vectors: []) }, "vectors: found 0; expected 1, one a row of features"),
    ({ () throws(Failure) in try Dataset(rows: [[1]], vectors: [[]]) }, "vectors: row 0: the row is empty; expected at least 1 number"),
    (
      { () throws(Failure) in try Dataset(rows: [[1], [2]], vectors: [[1, 0], [1]]) },
      "vectors: row 1: the row's width is 1; expected 2 as in row 0"
    ),
    (
      { () throws(Failure) in try Dataset(rows: [[1], [2]], vectors: [[1, 0], [.infinity, 0]]) },
      "vectors: row 1, column 0: the value is inf; expected a finite number"
    ),
  ]

  @Test func eachDefectHasItsWords() {
    for (make, message) in Self.defects {
      let failure = #expect(throws: Failure.self, "\(message)") { try make() }
      #expect(failure?.description == message)
      #expect(failure?.kind == .badData)
    }
  }
}
