import Foundation
import TestSupport
import Testing

/// The promise: `compare` counts who is right, row by row, says whether the difference may be chance, and names every key that changed.
@Suite struct CompareTests {
  @Test func twoRuns() throws {
    try withTemporaryFolder { folder in
      let first = try train("configs/digits.json", set("fit.epochs=2"), into: folder).folder.path
      let second = try train("configs/digits.json", set("fit.epochs=3", "compile.optimizer=nadam", "compile.metrics=[]"), into: folder).folder.path
      let result = try object(try succeed(["compare", first, second, "--json"]))
      #expect(try object(try succeed(["compare", first, second, "--json", "--workers", "3"])) as NSDictionary == result as NSDictionary)

      let right = try #require(result["right"] as? [String: Int])
      #expect(right.values.reduce(0, +) == 1000)
      for (run, key, other) in [(first, "first", "only_first"), (second, "second", "only_second")] {
        let alone = try object(try succeed(["evaluate", run, "--json"]))["validation"] as? [String: Any]
        let side = try #require(result[key] as? [String: Any])
        let confusion = try #require(alone?["confusion"] as? [[Int]])
        #expect(side["loss"] as? Double == alone?["loss"] as? Double && side["confusion"] as? [[Int]] == confusion)
        #expect(confusion.indices.reduce(0) { $0 + confusion[$1][$1] } == right["both"]! + right[other]!)
      }
      let changes = try #require(result["changes"] as? [[String: Any]])
      #expect(
        changes.map { $0["path"] as? String } == [
          "compile.metrics[0]", "compile.optimizer.amsgrad", "compile.optimizer.learning_rate", "compile.optimizer.type", "fit.epochs",
        ])
      #expect(changes.last as NSDictionary? == ["path": "fit.epochs", "before": 2, "after": 3])
      #expect(changes[0] as NSDictionary == ["path": "compile.metrics[0]", "before": "accuracy", "after": NSNull()])

      let text = try succeed(["compare", first, second])
      #expect(text.contains("  fit.epochs: 2 → 3\n") && text.contains("\nMcNemar's test (") && text.contains("first right"))
    }
  }

  @Test func aRunAndItself() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/zeros-and-ones.json", set("fit.epochs=2"), into: folder).folder.path
      let result = try object(try succeed(["compare", run, run, "--json"]))
      #expect(result["mcnemar"] as? NSDictionary == ["method": "exact", "p": 1])
      #expect((result["changes"] as? [Any])?.isEmpty == true)
      #expect(try succeed(["compare", run, run]).hasSuffix("p = 1; at the 5% level no difference is shown\nthe configs are the same\n"))
    }
  }

  /// Numbers are not right or wrong.
  @Test func regressions() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/linear-regression.json", set("fit.epochs=1"), into: folder).folder.path
      let result = try object(try succeed(["compare", run, run, "--json"]))
      #expect(result["mcnemar"] == nil && result["right"] == nil && result["first"] != nil)
    }
  }

  @Test func otherRowsAreRefused() throws {
    try withTemporaryFolder { folder in
      let first = try train("configs/digits.json", set("fit.epochs=1"), into: folder).folder.path
      let second = try train("configs/digits.json", set("fit.epochs=1", "seed=2"), into: folder).folder.path
      let ending = try lockstep(["compare", first, second], in: folder)
      #expect(ending.status == 65 && ending.output == "")
      #expect(ending.errors.contains(/^lockstep: .*: was judged by other rows than .*: 1000 rows of 784, checksum [0-9a-f]{16}, and there 1000 rows of 784,/))
    }
  }
}
