import Datasets
import Failures
import Testing

@Suite struct DatasetSplitTests {
  /// 20 rows: 10 of class 0, 6 of class 1, 4 of class 2.
  static func rows20() throws -> Dataset {
    try Dataset(bytes: Array(0..<20), width: 1, labels: [0, 1, 0, 2, 0, 1, 0, 2, 0, 1, 0, 1, 0, 2, 0, 1, 0, 2, 0, 1])
  }

  /// Row numbers from a transcription of generator, shuffle and shares into Python: they may never change for a seed.
  @Test func goldenRows() throws {
    let plain = try Self.rows20().split(validationFraction: 0.25, stratified: false, seed: 42)
    #expect(plain.validation.rows == [2, 6, 10, 16, 17])
    #expect(plain.training.rows == [0, 1, 3, 4, 5, 7, 8, 9, 11, 12, 13, 14, 15, 18, 19])
    // Shares 2.5, 1.5 and 1 of 5 rows: one row is missing, remainders are equal, and the lower class gets it.
    let stratified = try Self.rows20().split(validationFraction: 0.25, stratified: true, seed: 42)
    #expect(stratified.validation.rowsPerClass == [3, 1, 1])
    #expect(stratified.validation.rows == [2, 4, 6, 7, 9])
  }

  @Test(arguments: [true, false], [0.01, 0.2, 0.5, 0.77, 0.99])
  func partsAreDisjointCompleteAndInOrder(stratified: Bool, fraction: Double) throws {
    let data = try Dataset(bytes: [UInt8](repeating: 0, count: 500), width: 1, labels: (0..<500).map { ($0 * $0) % 7 }).selecting(classes: [4, 0, 1])
    let (training, validation) = try data.split(validationFraction: fraction, stratified: stratified, seed: 3)
    #expect(validation.count == Int((Double(data.count) * fraction).rounded()))
    #expect((training.rows + validation.rows).sorted() == data.rows)
    #expect(training.rows == training.rows.sorted())
    #expect(validation.rows == validation.rows.sorted())
    #expect(training.targets == data.targets)
    #expect(validation.classCount == data.classCount)
    if stratified {
      for (whole, part) in zip(data.rowsPerClass ?? [], validation.rowsPerClass ?? []) {
        #expect(abs(Double(part) - Double(whole) * fraction) < 1, "\(part) of \(whole)")
      }
    }
  }

  @Test(arguments: [true, false])
  func theSeedDecides(stratified: Bool) throws {
    let data = try Self.rows20()
    let first = try data.split(validationFraction: 0.4, stratified: stratified, seed: 1).validation.rows
    #expect(try data.split(validationFraction: 0.4, stratified: stratified, seed: 1).validation.rows == first)
    #expect(try data.split(validationFraction: 0.4, stratified: stratified, seed: 2).validation.rows != first)
  }

  @Test func aSplitOfASplitStaysWithinIt() throws {
    let outer = try Self.rows20().split(validationFraction: 0.5, stratified: true, seed: 1).training
    let inner = try outer.split(validationFraction: 0.5, stratified: true, seed: 1)
    #expect((inner.training.rows + inner.validation.rows).sorted() == outer.rows)
  }

  @Test func largestRemaindersGetTheMissingRows() throws {
    // Shares 0.9, 0.6 and 1.5: three rows; whole rows 0, 0, 1; the remainders .9 and .6 win over .5.
    let labels = [0, 0, 0, 1, 1, 2, 2, 2, 2, 2]
    let data = try Dataset(bytes: [UInt8](repeating: 0, count: 10), width: 1, labels: labels)
    #expect(try data.split(validationFraction: 0.3, stratified: true, seed: 1).validation.rowsPerClass == [1, 1, 1])
  }

  @Test func whatCannotBeSplit() throws {
    let data = try Dataset(bytes: [1, 2, 3], width: 1, labels: [0, 1, 0])
    let cases: [(Double, String)] = [
      (0, "the fraction is 0.0; expected above 0 and below 1"),
      (1, "the fraction is 1.0; expected above 0 and below 1"),
      (-0.5, "the fraction is -0.5; expected above 0 and below 1"),
      (.nan, "the fraction is nan; expected above 0 and below 1"),
      (.infinity, "the fraction is inf; expected above 0 and below 1"),
      (0.1, "the fraction 0.1 leaves the validation part empty; rows: 3"),
      (0.9, "the fraction 0.9 leaves the training part empty; rows: 3"),
    ]
    for (fraction, message) in cases {
      let failure = #expect(throws: Failure.self) { try data.split(validationFraction: fraction, stratified: false, seed: 1) }
      #expect(failure == Failure(.badData, at: "data.validation.fraction", message))
    }
    let vectors = try Dataset(rows: [[1], [2]], values: [1, 2])
    #expect(try vectors.split(validationFraction: 0.5, stratified: false, seed: 1).training.count == 1)
    let failure = #expect(throws: Failure.self) { try vectors.split(validationFraction: 0.5, stratified: true, seed: 1) }
    #expect(failure == Failure(.badData, at: "data.validation.stratified", "the targets are vectors; only class labels can be stratified"))
  }
}
