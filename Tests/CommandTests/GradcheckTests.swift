import Foundation
import TestSupport
import Testing

/// The promise: `gradcheck` holds the gradients of a config's first step against differences in double precision, and agrees, on every config that ships.
@Suite struct GradcheckTests {
  @Test(arguments: ["digits", "zeros-and-ones", "ten-sigmoids", "logistic-regression", "linear-regression"])
  func theConfigsThatShipPass(_ name: String) throws {
    let report = try object(try succeed(["gradcheck", "configs/\(name).json", "--json", "--rows", "9", "--samples", "20", "--workers", "2"]))
    #expect(report["passes"] as? Bool == true && report["rows"] as? Int == 9)
    let tensors = try #require(report["tensors"] as? [[String: Any]])
    #expect(tensors.first?["name"] as? String == "dense.kernel" && tensors.allSatisfy { $0["passes"] as? Bool == true })
    #expect(try tensors.allSatisfy { try #require($0["checked"] as? Int) == min(20, try #require($0["count"] as? Int)) })
    // Single precision, not double: an error there is, and a small one.
    #expect(try tensors.allSatisfy { (1e-12...1e-3).contains(try #require($0["relative_error"] as? Double)) })
  }

  @Test func asText() throws {
    let text = try succeed(["gradcheck", "configs/digits.json", "--samples", "10", "--workers", "1"])
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("digits: the gradient of the mean loss over 16 rows, by the engine (1 worker)"))
    #expect(lines.contains { $0.contains(/^dense\.kernel    10 of 19600 +\d\.\d\de-\d\d  \d\.\de-\d\d   \d\.\de-\d\d +0  agrees$/) }, "\(text)")
    #expect(lines.count { $0.hasSuffix("  agrees") } == 6)
    #expect(lines.contains { $0.contains(/^loss 2\.\d{6}, by the reference 2\.\d{6}$/) })
    #expect(lines.allSatisfy { $0.count <= 100 })
  }

  /// The same numbers for the same seed; of a run, at its weights.
  @Test func whatIsLookedAtDependsOnTheSeed() throws {
    try withTemporaryFolder { folder in
      let options = ["--json", "--samples", "5", "--workers", "1"]
      let first = try succeed(["gradcheck", "configs/digits.json"] + options)
      #expect(try succeed(["gradcheck", "configs/digits.json"] + options) == first)
      #expect(try succeed(["gradcheck", "configs/digits.json"] + options + set("seed=2")) != first)
      let run = try train("configs/digits.json", set("fit.epochs=1"), into: folder)
      let report = try object(try succeed(["gradcheck", run.folder.path] + options))
      #expect(try #require(report["loss"] as? Double) < 2 && report["passes"] as? Bool == true)
    }
  }

  @Test(arguments: [
    Refusal("gradcheck digits.json --rows 0", 64, "--rows 0: expected at least 1, found 0"),
    Refusal("gradcheck digits.json --samples few", 64, "--samples few: expected a whole number, found a string \"few\""),
    Refusal("gradcheck nowhere.json", 66, "nowhere.json: no such run folder or config file"),
  ]) func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }
}
