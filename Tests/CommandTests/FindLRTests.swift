import Foundation
import TestSupport
import Testing

/// The promise: `find-lr` suggests a learning rate with which training goes well, says the same on any number of workers, and writes nothing.
@Suite struct FindLRTests {
  @Test func theSameOnAnyWorkers() throws {
    try withDigitsFolder { folder in
      let one = try succeed(["find-lr", "digits.json", "--json", "--workers", "1"], in: folder)
      for workers in 2...3 { #expect(try succeed(["find-lr", "digits.json", "--json", "--workers", "\(workers)"], in: folder) == one) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["digits.json"])
      let report = try object(one)
      #expect(Set(report.keys) == ["suggestion", "lowest", "diverged", "points"])
      let points = try #require(report["points"] as? [[String: Double]])
      #expect(points.allSatisfy { Set($0.keys) == ["rate", "loss", "smoothed"] } && points.count > 60)
      let (suggestion, lowest) = (try #require(report["suggestion"] as? Double), try #require(report["lowest"] as? Double))
      #expect(suggestion > 1e-3 && suggestion < lowest, "\(suggestion)")
    }
  }

  /// Better than a hundredth of it, and than a hundred times.
  @Test func theSuggestionTrainsWell() throws {
    try withTemporaryFolder { folder in
      let rate = try #require(try object(succeed(["find-lr", "configs/digits.json", "--json"]))["suggestion"] as? Double)
      let losses = try [rate / 100, rate, rate * 100].map { rate in
        let run = try train("configs/digits.json", set("fit.epochs=2", "compile.optimizer.learning_rate=\(rate)"), into: folder)
        return try #require(run.history.last?["val_loss"])
      }
      #expect(losses[1] < losses[0] && losses[1] < losses[2], "\(losses)")
    }
  }

  @Test func asChart() throws {
    try withDigitsFolder { folder in
      let lines = try succeed(["find-lr", "digits.json", "--from", "1e-6", "--to", "1e-2", "--steps", "40"], in: folder).split(separator: "\n").map(String.init)
      #expect(lines[0] == "    rate       loss")
      #expect(lines[1].hasPrefix("1.00e-06  ") && lines[1].hasSuffix("•"))
      #expect(lines.count { $0.hasSuffix("  ← steepest") } == 1)
      #expect(try #require(lines.last).contains(#/^suggested learning rate: \d\.\d\de-\d\d \(the loss fell fastest there, was lowest at /#))
    }
  }

  @Test(arguments: [
    Refusal("find-lr nowhere.json", 66, "nowhere.json: no such config file"),
    Refusal("find-lr digits.json --from 0", 64, "--from 0: expected a number above 0, found 0"),
    Refusal("find-lr digits.json --to fast", 64, "--to fast: expected a number, found a string \"fast\""),
    Refusal("find-lr digits.json --steps 9", 64, "--steps 9: expected at least 10, found 9"),
    Refusal("find-lr digits.json --set fit.epoch=1", 65, "--set fit.epoch=1: unknown key; did you mean 'epochs'?"),
  ]) func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }
}
