import Foundation
import TestSupport
import Testing

/// The promise: `predict` gives each image of an IDX file its class and probabilities, as CSV or JSON, under the labels that the data had.
@Suite struct PredictTests {
  static let images = GoldenTests.folder.appendingPathComponent("data/train-images-idx3-ubyte.gz").path

  /// The fields of each line: as many in each as in the header, and at least two.
  private func table(_ csv: String) throws -> [[String]] {
    let rows = csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    let width = try #require(rows.first).count
    try #require(width > 1 && rows.allSatisfy { $0.count == width })
    return rows
  }

  /// Ten classes, from logits (`sparse-logits-sgd`) and from the network's own softmax: the same form.
  @Test(arguments: ["sparse-logits-sgd", "softmax-rmsprop"])
  func aLineARow(_ name: String) throws {
    try withTemporaryFolder { folder in
      let run = try train("Tests/Golden/\(name)/config.json", into: folder)
      let csv = try succeed(["predict", run.folder.path, "--input", Self.images])
      let rows = try table(csv)
      #expect(rows[0] == ["row", "class"] + (0..<10).map { "probability_\($0)" })
      #expect(rows.count == 150)
      for (number, row) in rows.dropFirst().enumerated() {
        #expect(row[0] == "\(number)")
        let probabilities = row.dropFirst(2).compactMap { Float($0) }
        try #require(probabilities.count == 10)
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
        #expect(probabilities.allSatisfy { 0...1 ~= $0 })
        #expect(row[1] == "\(probabilities.firstIndex(of: probabilities.max()!)!)")
      }
    }
  }

  /// The right answers among the predictions are those that `evaluate` counts.
  @Test func agreesWithEvaluate() throws {
    try withTemporaryFolder { folder in
      let run = try train("Tests/Golden/sparse-logits-adam/config.json", into: folder)
      let answers = try table(try succeed(["predict", run.folder.path, "--input", Self.images])).dropFirst().map { $0[1] }
      let result = try object(try succeed(["evaluate", run.folder.path, "--json"]))
      let confusion = try #require((result["training"] as? [String: Any])?["confusion"] as? [[Int]])
      for label in 0..<10 { #expect(confusion.reduce(0) { $0 + $1[label] } == answers.filter { $0 == "\(label)" }.count) }
    }
  }

  @Test func plainAndGzippedFilesGiveTheSame() throws {
    try withTemporaryFolder { folder in
      let run = try train("Tests/Golden/sparse-logits-sgd/config.json", into: folder)
      let pixels = (0..<5 * 196).map { UInt8(truncatingIfNeeded: $0 * 37) }
      let plain = try put(idx([5, 14, 14], pixels), "plain", in: folder)
      let gzipped = try put(gzip(idx([5, 14, 14], pixels)), "gzipped", in: folder)
      let csv = try succeed(["predict", run.folder.path, "--input", plain])
      #expect(try table(csv).count == 6)
      #expect(try succeed(["predict", run.folder.path, "--input", gzipped]) == csv)
      #expect(try succeed(["predict", run.folder.path, "--input", plain, "--workers", "3", "--placement", "none"]) == csv)
    }
  }

  @Test func intoAFile() throws {
    try withTemporaryFolder { folder in
      let run = try train("Tests/Golden/sparse-logits-sgd/config.json", into: folder)
      let file = folder.appendingPathComponent("answers.csv")
      let csv = try succeed(["predict", run.folder.path, "--input", Self.images])
      #expect(try succeed(["predict", run.folder.path, "--input", Self.images, "--output", file.path]) == "")
      #expect(try String(contentsOf: file, encoding: .utf8) == csv)
    }
  }

  @Test func jsonHasTheSameNumbers() throws {
    try withTemporaryFolder { folder in
      let run = try train("Tests/Golden/sparse-logits-sgd/config.json", into: folder)
      let rows = try table(try succeed(["predict", run.folder.path, "--input", Self.images])).dropFirst()
      let lines = try succeed(["predict", run.folder.path, "--input", Self.images, "--json"]).split(separator: "\n")
      #expect(lines.count == rows.count)
      for (line, row) in zip(lines, rows) {
        let record = try object(line)
        #expect(record["row"] as? Int == Int(row[0]))
        #expect(record["class"] as? Int == Int(row[1]))
        #expect((record["probability"] as? [Double])?.map { Float($0) } == row.dropFirst(2).map { Float($0) })
      }
    }
  }

  /// A network of two classes, by one unit or two, answers with the labels that `data.classes` picked.
  @Test(arguments: [
    ("binary-adam", [] as [String], ["probability_8"]),
    ("softmax-rmsprop", ["model.layers[2].units=2"], ["probability_3", "probability_8"]),
  ])
  func labelsAreThoseOfTheData(_ name: String, _ settings: [String], _ columns: [String]) throws {
    try withTemporaryFolder { folder in
      let all = ["data.classes=[3,8]", "model.initial_weights=null", "fit.epochs=60"] + settings
      let run = try train("Tests/Golden/\(name)/config.json", all.flatMap { ["--set", $0] }, into: folder)
      let rows = try table(try succeed(["predict", run.folder.path, "--input", Self.images]))
      #expect(rows[0] == ["row", "class"] + columns)
      #expect(Set(rows.dropFirst().map { $0[1] }) == ["3", "8"])
      for row in rows.dropFirst() {
        let probability = try #require(Float(row[row.count - 1]))
        #expect(row[1] == (probability > 0.5 ? "8" : "3"))
      }
    }
  }

  @Test func aRegressionHasNoClass() throws {
    try withTemporaryFolder { folder in
      let run = try train("Tests/Golden/regression-sgd/config.json", into: folder)
      let rows = try table(try succeed(["predict", run.folder.path, "--input", Self.images]))
      #expect(rows[0] == ["row", "output_0"])
      #expect(rows.count == 150)
      #expect(rows.dropFirst().allSatisfy { $0.count == 2 && Float($0[1]) != nil })
    }
  }
}
