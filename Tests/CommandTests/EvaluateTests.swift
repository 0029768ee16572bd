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
      try #require(lines.count == 5)
      #expect(lines[0].contains(/^validation data \(200 rows\): loss 0\.[0-9]{4}, accuracy [01]\.[0-9]{4}$/))
      #expect(lines[1] == "confusion matrix (rows: truth, columns: answer)")
      #expect(lines[2] == "  true   0   1   right")
    }
  }
}
