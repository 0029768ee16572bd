import Foundation
import TestSupport
import Testing

/// The promise: `evaluate` says of a run what its own history said last, and of a config where it would start.
@Suite struct EvaluateTests {
  @Test(arguments: ["digits", "zeros-and-ones", "ten-sigmoids", "linear-regression"])
  func aRunIsWhatItsHistorySays(_ name: String) throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/\(name).json", set("fit.epochs=2"), into: folder)
      let last = try #require(try run.history.last)
      for workers in ["1", "3"] {
        let result = try object(try succeed(["evaluate", run.folder.path, "--json", "--workers", workers]))
        let validation = try #require(result["validation"] as? [String: Any])
        #expect(validation["loss"] as? Double == last["val_loss"])
        #expect(validation["accuracy"] as? Double == last["val_accuracy"])
        guard let confusion = validation["confusion"] as? [[Int]], let rows = validation["rows"] as? Int else { continue }
        #expect(confusion.joined().reduce(0, +) == rows)
        let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
        #expect(Double(right) / Double(rows) == last["val_accuracy"])
      }
    }
  }

  @Test func aConfigIsEvaluatedWhereItStarts() throws {
    try withTemporaryFolder { folder in
      let fresh = try object(try succeed(["evaluate", "configs/digits.json", "--json"]))
      let loss = try #require((fresh["validation"] as? [String: Any])?["loss"] as? Double)
      #expect(loss > log(10.0) * 0.9, "no better than guessing")
      // From a run's weights the config evaluates as the run does.
      let run = try train("configs/digits.json", set("fit.epochs=2"), into: folder)
      let continued = try succeed(["evaluate", "configs/digits.json", "--json"] + set("model.initial_weights=\(run.folder.path)/model.safetensors"))
      #expect(continued == (try succeed(["evaluate", run.folder.path, "--json"])))
    }
  }

  @Test func otherDataBySet() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=2"), into: folder)
      let all = try object(try succeed(["evaluate", run.folder.path, "--json"] + set("data.validation=none")))
      #expect((all["training"] as? [String: Any])?["rows"] as? Int == 5000)
    }
  }

  @Test func textForPeople() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/zeros-and-ones.json", set("fit.epochs=20"), into: folder)
      let text = try succeed(["evaluate", run.folder.path])
      let lines = text.split(separator: "\n").map(String.init)
      try #require(lines.count > 12)
      #expect(lines[0].contains(/^validation data \(200 rows\): loss 0\.[0-9]{4}, accuracy [01]\.[0-9]{4}$/))
      #expect(lines[1].contains(/^accuracy, 95% confidence interval: [01]\.[0-9]{4} to [01]\.[0-9]{4} \(bootstrap, 1000 resamples\)$/))
      #expect(lines[2] == "confusion matrix (rows: truth, columns: answer)")
      #expect(lines[3] == "  true   0   1   right")
      #expect(lines[6] == "each class")
      #expect(lines[7] == "     class  precision  recall      f1  rows")
      #expect(lines[10].hasPrefix("     macro  ") && lines[11].hasPrefix("  weighted  "))
      #expect(lines[12].contains(/^expected calibration error: 0\.[0-9]{4}$/))
    }
  }

  /// What is told of a run adds up, and does not depend on the workers.
  @Test func thePartsAgree() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=2", "data.classes=[3,5,8]", "model.layers.2.units=3"), into: folder)
      func evaluate(_ options: String...) throws -> [String: Any] {
        try #require(try object(try succeed(["evaluate", run.folder.path, "--json"] + options))["validation"] as? [String: Any])
      }
      let all = try evaluate("--mistakes", "1000", "--workers", "1")
      let other = try evaluate("--mistakes", "1000", "--workers", "3")
      #expect(all as NSDictionary == other as NSDictionary)
      let (rows, accuracy) = (try #require(all["rows"] as? Int), try #require(all["accuracy"] as? Double))

      let classes = try #require(all["classes"] as? [[String: Any]])
      #expect(classes.map { $0["class"] as? Int } == [3, 5, 8])
      #expect(classes.map { $0["support"] as? Int } == [100, 100, 100])
      let recalls = classes.compactMap { $0["recall"] as? Double }
      #expect(abs(recalls.reduce(0, +) / 3 - accuracy) < 1e-12, "as many rows of each class")
      #expect((all["averages"] as? [String: [String: Any]])?["macro"]?["recall"] as? Double == recalls.reduce(0, +) / 3)

      let mistakes = try #require(all["mistakes"] as? [[String: Any]])
      #expect(mistakes.count == Int((Double(rows) * (1 - accuracy)).rounded()))
      let confidences = mistakes.compactMap { $0["confidence"] as? Double }
      #expect(confidences == confidences.sorted(by: >))
      // The source is all of the digits, sorted by class; 500 of each.
      for mistake in mistakes {
        let (truth, source) = (try #require(mistake["truth"] as? Int), try #require(mistake["source_row"] as? Int))
        #expect(source / 500 == truth && mistake["answer"] as? Int != truth)
      }
      #expect((try evaluate("--mistakes", "3")["mistakes"] as? NSArray) == Array(mistakes.prefix(3)) as NSArray)

      let calibration = try #require(all["calibration"] as? [String: Any])
      let bins = try #require(calibration["bins"] as? [[String: Any]])
      #expect(bins.count == 15 && bins.compactMap { $0["rows"] as? Int }.reduce(0, +) == rows)

      let interval = try #require(all["interval"] as? [String: Any])
      let (low, high) = (try #require(interval["low"] as? Double), try #require(interval["high"] as? Double))
      // The normal approximation's half width, to a fifth.
      let width = 1.96 * (accuracy * (1 - accuracy) / Double(rows)).squareRoot()
      #expect(abs((accuracy - low) / width - 1) < 0.2 && abs((high - accuracy) / width - 1) < 0.2, "\(low) to \(high) around \(accuracy)")
      #expect(try evaluate("--resamples", "0")["interval"] == nil)
    }
  }

  /// A threshold gives what was asked, and the next higher one more recall or precision than needed.
  @Test func thresholdsOfEachLabel() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/ten-sigmoids.json", set("fit.epochs=3"), into: folder)
      for (option, have) in [("--precision", "precision"), ("--recall", "recall")] {
        let result = try object(try succeed(["evaluate", run.folder.path, "--json", option, "0.6"]))
        let thresholds = try #require((result["validation"] as? [String: Any])?["thresholds"] as? [[String: Any]])
        #expect(thresholds.map { $0["class"] as? Int } == Array(0..<10))
        for threshold in thresholds { #expect(try #require(threshold[have] as? Double) >= 0.6) }
      }
    }
  }
}
