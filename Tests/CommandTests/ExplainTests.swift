import Foundation
import TestSupport
import Testing

/// The promise: `explain` tells of a row what `evaluate` counts, in words that fit a terminal, and as JSON with every number.
@Suite struct ExplainTests {
  @Test func aMistakeIsExplained() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=3"), into: folder).folder.path
      let evaluation = try #require(try object(try succeed(["evaluate", run, "--json", "--resamples", "0"]))["validation"] as? [String: Any])
      let mistake = try #require((evaluation["mistakes"] as? [[String: Any]])?.first)
      let row = "\(try #require(mistake["row"] as? Int))"
      let report = try object(try succeed(["explain", run, "--row", row, "--json"]))
      for key in ["row", "source_row", "truth", "answer"] { #expect(report[key] as? Int == mistake[key] as? Int, "\(key)") }
      let probabilities = try #require(report["probabilities"] as? [Double])
      let answer = try #require(report["answer"] as? Int)
      #expect(probabilities[answer] == mistake["confidence"] as? Double && probabilities.max() == probabilities[answer])
      let loss = try #require(report["loss"] as? Double)
      #expect(abs(loss + log(probabilities[try #require(report["truth"] as? Int)])) < 1e-5)
      #expect(abs(loss - (try #require(report["loss_by_formula"] as? Double))) < 1e-5)
      #expect(try #require(report["loss_after_step"] as? Double) < loss)
      let layers = try #require(report["layers"] as? [[String: Any]])
      #expect(layers.map { ($0["outputs"] as? [Double])?.count } == [25, 15, 10] && layers.map { $0["name"] as? String } == ["dense", "dense_1", "dense_2"])
      #expect((report["features"] as? [Double])?.count == 784 && (report["inputs"] as? [Double])?.max() ?? 0 <= 1)
      let text = try succeed(["explain", run, "--row", row])
      #expect(text.contains("\nthe answer is \(answer), and \(try #require(report["truth"] as? Int)) would be right\n"))
    }
  }

  /// Of every kind of task the words fit a terminal, and none is left out.
  @Test(arguments: ["digits", "zeros-and-ones", "ten-sigmoids", "logistic-regression", "linear-regression"])
  func everyTaskIsExplained(_ name: String) throws {
    let text = try succeed(["explain", "configs/\(name).json", "--row", "7"])
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.allSatisfy { $0.count <= 100 }, "\(lines.filter { $0.count > 100 })")
    #expect(lines[0].hasPrefix("row 7 of the validation data (row "))
    for beginning in [
      "inputs    784 numbers from 0 to 255 divided by 255", "dense     784 → ", "loss      ", "gradient of the loss ", "by z of dense ", "by dense.kernel ",
    ] {
      #expect(lines.contains { $0.hasPrefix(beginning) }, "\(beginning)")
    }
    #expect(lines.contains { $0.contains("loudest is unit ") } && text.contains("a first step of adam"))
    #expect(!text.contains("Double"), "formula and kernel agree")
  }

  @Test func layersThatDoNothingHereAreSaid() throws {
    let layers =
      "model.layers=[{type:'dense',units:12},{type:'batch_normalization'},{type:'activation',activation:'relu'},{type:'dropout',rate:0.3},{type:'dense',units:10}]"
    let text = try succeed(["explain", "configs/digits.json"] + set(layers))
    #expect(text.contains("What is drawn at random is for training only") && text.contains("running mean and variance"))
    #expect(text.contains("\nbatch_normalization ") && text.contains("then a = relu(z)") && text.contains("\nby batch_normalization.gamma "))
    #expect(!text.contains("a first step"))
  }

  /// Blocks where they can be shown, letters where not.
  @Test func thePictureFitsTheTerminal() throws {
    let arguments = ["explain", "configs/digits.json"]
    for environment in [["LANG": "en_GB.UTF-8", "LC_ALL": "", "TERM": "xterm"], ["LANG": "", "LC_ALL": "C.utf8"]] {
      let text = try succeed(arguments, environment: environment)
      #expect(text.contains("█") && text.contains("▄"))
    }
    for environment in [["TERM": "dumb"], ["LANG": "C", "LC_ALL": ""], ["LC_ALL": "de_DE.ISO-8859-1", "LANG": "en_GB.UTF-8"]] {
      let text = try succeed(arguments, environment: environment)
      #expect(!text.contains("█") && text.contains("#") && text.contains("@"), "\(environment)")
    }
  }

  @Test(arguments: [
    Refusal("explain digits.json --row 1000", 64, "--row 1000: expected at most 999, found 1000"),
    Refusal("explain digits.json --row -1", 64, "--row -1: expected at least 0, found -1"),
    Refusal("explain nowhere", 66, "nowhere: no such run folder or config file"),
  ]) func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }
}
