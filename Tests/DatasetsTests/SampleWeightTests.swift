import Datasets
import Failures
import Foundation
import TestSupport
import Testing

/// The promise: weights stay with their rows, and what is no weight is refused by its place.
@Suite struct SampleWeightTests {
  static func data() throws -> Dataset { try Dataset(bytes: Array(0..<20), width: 1, labels: (0..<20).map { $0 % 4 }) }

  /// The weight of each of the data set's rows.
  private static func weights(_ dataset: Dataset) -> [Float]? { dataset.sampleWeights.map { all in dataset.rows.map { all[Int($0)] } } }

  @Test func weightsStayWithTheirRows() throws {
    let weighted = try Self.data().withSampleWeights((0..<20).map(Float.init))
    #expect(Self.weights(weighted) == (0..<20).map(Float.init))
    let picked = try weighted.selecting(classes: [3, 1])
    #expect(Self.weights(picked) == picked.rows.map { Float($0) })
    for part in [try picked.split(validationFraction: 0.3, stratified: true, seed: 4)].flatMap({ [$0.training, $0.validation] }) {
      #expect(Self.weights(part) == part.rows.map { Float($0) })
    }
    #expect(Self.weights(try weighted.withOneHotTargets()) == Self.weights(weighted))
    // In the order of the rows that there are; and the last ones given count.
    #expect(Self.weights(try picked.withSampleWeights((0..<10).map { Float($0) / 2 })) == (0..<10).map { Float($0) / 2 })
    #expect(try Self.data().sampleWeights == nil)
  }

  @Test func weightsAreRead() throws {
    try withTemporaryFolder { folder in
      let (data, numbers) = (try Self.data(), (0..<20).map { Float($0) / 4 })
      #expect(try data.withSampleWeights(idxFile: put(idx([20], numbers), "floats", in: folder)).sampleWeights == numbers)
      #expect(try data.withSampleWeights(idxFile: put(idx([20, 1], numbers), "column", in: folder)).sampleWeights == numbers)
      #expect(try data.withSampleWeights(idxFile: put(gzip(idx([20], [UInt8](0..<20))), "bytes", in: folder)).sampleWeights == (0..<20).map(Float.init))
    }
  }

  @Test(
    arguments: [
      ([1], "sample_weight: found 1; expected 2, one a row"), ([1, -0.5], "sample_weight: row 1: the weight is -0.5; expected a finite number, 0 or above"),
      ([.nan, 1], "sample_weight: row 0: the weight is nan; expected a finite number, 0 or above"),
      ([1, .infinity], "sample_weight: row 1: the weight is inf; expected a finite number, 0 or above"),
    ] as [([Float], String)]) func whatIsNoWeightIsRefused(_ weights: [Float], _ line: String) throws
  {
    let failure = #expect(throws: Failure.self) { try Dataset(rows: [[1], [2]], labels: [0, 1]).withSampleWeights(weights) }
    #expect(failure?.description == line && failure?.kind == .badData)
  }
}
