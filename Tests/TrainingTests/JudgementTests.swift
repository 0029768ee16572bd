import Foundation
import TestSupport
import Testing
import Training

/// Reports against `Tests/Golden/judgements.json`: what scikit-learn, NumPy and SciPy say of the same answers.
@Suite struct JudgementTests {
  struct Table: Decodable {
    struct Scores: Decodable {
      let precision, recall, f1, support: Double

      enum CodingKeys: String, CodingKey {
        case precision, recall, support
        case f1 = "f1-score"
      }

      func expect(_ found: ClassReport.Scores, _ what: String) {
        #expect(abs(found.precision - precision) < 1e-12 && abs(found.recall - recall) < 1e-12 && abs(found.f1 - f1) < 1e-12, "\(what)")
        #expect(Double(found.support) == support, "\(what)")
      }
    }

    struct Bin: Decodable {
      let rows: Int
      let confidence, accuracy: Double?
    }

    struct Wanted: Decodable {
      struct Choice: Decodable {
        let threshold, precision, recall: Double
      }
      let kind: String
      let wanted: Double
      let choice: Choice?
    }

    struct Pair: Decodable {
      let onlyFirst, onlySecond: Int
      let p: Double
    }

    let truth: [Int]
    let shares: [[Float]]
    let confusion: [[Int]]
    let classes: [Scores]
    let macro, weighted: Scores
    let calibration: [Bin]
    let calibrationError: Double
    let labels: [[Int]]
    let labelClasses: [Scores]
    let labelMacro: Scores
    let scores: [[Float]]
    let thresholds: [[Wanted]]
    let mcnemar: [Pair]
  }

  static func table() throws -> Table {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Table.self, from: Data(contentsOf: PackageFiles.root.appendingPathComponent("Tests/Golden/judgements.json")))
  }

  @Test func classesAreThoseOfScikitLearn() throws {
    let table = try Self.table()
    let report = ClassReport(confusion: table.confusion)
    for (number, (found, expected)) in zip(report.classes, table.classes).enumerated() { expected.expect(found, "class \(number)") }
    table.macro.expect(report.macro, "macro")
    table.weighted.expect(report.weighted, "weighted")
  }

  @Test func labelsAreThoseOfScikitLearn() throws {
    let table = try Self.table()
    let columns = table.labels[0].indices
    let report = ClassReport(
      scores: columns.map { column in table.scores.map { $0[column] } }, truths: columns.map { column in table.labels.map { $0[column] == 1 } }, threshold: 0.5)
    for (number, (found, expected)) in zip(report.classes, table.labelClasses).enumerated() { expected.expect(found, "label \(number)") }
    table.labelMacro.expect(report.macro, "macro")
  }

  @Test func calibrationIsGuos() throws {
    let table = try Self.table()
    let answers = answers(Array(table.shares.joined()), width: 5, threshold: 0.5)
    let found = Calibration(confidences: table.shares.map { $0.max()! }, isRight: zip(answers, table.truth).map { $0 == $1 })
    #expect(abs(found.error - table.calibrationError) < 1e-12)
    #expect(found.bins.map(\.rows) == table.calibration.map(\.rows))
    for (bin, expected) in zip(found.bins, table.calibration) {
      #expect(abs((bin.confidence ?? -1) - (expected.confidence ?? -1)) < 1e-12 && abs((bin.accuracy ?? -1) - (expected.accuracy ?? -1)) < 1e-12)
    }
  }

  @Test func probabilitiesAtTheEndsHaveBins() {
    let found = Calibration(confidences: [0, 1, .nan], isRight: [false, true, true])
    #expect(found.bins.map(\.rows) == [1] + [Int](repeating: 0, count: 13) + [1] && found.error == 0)
  }

  @Test func thresholdsAreOnScikitLearnsCurve() throws {
    let table = try Self.table()
    for (column, choices) in table.thresholds.enumerated() {
      let (scores, truths) = (table.scores.map { $0[column] }, table.labels.map { $0[column] == 1 })
      for expected in choices {
        let found = ThresholdChoice(expected.kind == "precision" ? .precision(expected.wanted) : .recall(expected.wanted), scores: scores, truths: truths)
        let label = "label \(column), \(expected.kind) \(expected.wanted)"
        #expect((found == nil) == (expected.choice == nil), "\(label)")
        guard let found, let choice = expected.choice else { continue }
        #expect(Double(found.threshold) == choice.threshold, "\(label)")
        #expect(abs(found.precision - choice.precision) < 1e-12 && abs(found.recall - choice.recall) < 1e-12, "\(label)")
      }
    }
  }

  @Test func aLabelThatNobodyHasNeedsNoThreshold() {
    #expect(ThresholdChoice(.recall(0), scores: [0.1, 0.2], truths: [false, false]) == nil)
  }

  @Test func mcNemarsTestIsThatOfStatsmodels() throws {
    for pair in try Self.table().mcnemar {
      let found = McNemarTest(onlyFirst: pair.onlyFirst, onlySecond: pair.onlySecond)
      #expect(abs(found.p - pair.p) <= 1e-10 * pair.p, "\(pair): \(found.p)")
      #expect(found.method == (pair.onlyFirst + pair.onlySecond < 25 ? .exact : .chiSquared), "\(pair)")
    }
  }

  /// The mean of 400 numbers with deviation 0.289 strays by 0.0144; 95 % are within 1.96 of that.
  @Test func theIntervalIsThatOfAMean() {
    let values = seededFloats(400, seed: 5)
    let mean = values.reduce(0) { $0 + Double($1) } / 400
    let deviation = (values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 400).squareRoot()
    let found = ConfidenceInterval(meanOf: values, resamples: 4000, seed: 1)
    let width = 1.96 * deviation / 20
    #expect(abs((mean - found.low) / width - 1) < 0.06 && abs((found.high - mean) / width - 1) < 0.06)
    #expect(found == ConfidenceInterval(meanOf: values, resamples: 4000, seed: 1), "drawn from the seed")
    #expect(found != ConfidenceInterval(meanOf: values, resamples: 4000, seed: 2))
    #expect(ConfidenceInterval(meanOf: [3, 3, 3], resamples: 10, seed: 1).low == 3)
  }
}
