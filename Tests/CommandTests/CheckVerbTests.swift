import Foundation
import TestSupport
import Testing

/// The promise: `check` tells what will be trained and what is wrong with it; `train` says the same warnings once, and refuses the same errors.
@Suite struct CheckVerbTests {
  /// A false alarm is worse than none.
  @Test(arguments: ["digits", "zeros-and-ones", "ten-sigmoids", "logistic-regression", "linear-regression"])
  func theConfigsThatShipHaveNothingToWarnOf(_ name: String) throws {
    let text = try succeed(["check", "configs/\(name).json"])
    #expect(text.hasSuffix("\nnothing to warn of\n"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test(.enabled(if: PackageFiles.mnist != nil, "no MNIST here: set LOCKSTEP_MNIST to the folder of its four files"))
  func norHasMNIST() throws {
    let text = try succeed(["check", "configs/mnist.json"] + set("data.path=\(try #require(PackageFiles.mnist).path)"))
    #expect(text.hasSuffix("\nnothing to warn of\n"))
  }

  @Test func theTableAndTheFacts() throws {
    let lines = try succeed(["check", "configs/digits.json"]).split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(6) == [
        "digits: 784 inputs",
        "layer    what it does           outputs  parameters",
        "dense    x·W + b, then sigmoid       25       19625",
        "dense_1  x·W + b, then sigmoid       15         390",
        "dense_2  x·W + b                     10         160",
        "20175 parameters",
      ])
    #expect(lines.contains("answers  10 logits, of which the loss takes the softmax"))
    #expect(lines.contains("loss     sparse_categorical_crossentropy; by guessing it is 2.3026"))
    #expect(lines.contains("rows     4000 to train on, 1000 more to validate"))
    #expect(lines.contains("classes  400 rows to train on of each of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"))
    #expect(lines.contains("inputs   0 to 1 as the first dense layer sees them in 1000 rows that were looked at"))
    #expect(lines.contains("steps    125 of 32 rows an epoch, 1250 in all"))
  }

  @Test func asJSON() throws {
    let report = try object(try succeed(["check", "configs/digits.json", "--json", "--set", "data.scale=1"]))
    #expect(report["parameters"] as? Int == 20175 && report["steps_per_epoch"] as? Int == 125 && report["rows"] as? Int == 4000)
    #expect((report["layers"] as? [[String: Any]])?.compactMap { $0["parameters"] as? Int } == [19625, 390, 160])
    #expect(report["input_range"] as? [Double] == [0, 255])
    let findings = try #require(report["findings"] as? [[String: String]])
    #expect(findings.map { $0["place"] } == ["data.scale"] && findings[0]["severity"] == "warning")
    #expect(Set(findings[0].keys) == ["severity", "place", "problem", "reason", "advice"])
  }

  private static let warning =
    "data.scale: the inputs go from 0 to 255: the first layer's sums are then so large that its activation is flat, or its gradients throw the weights about; "
    + "divide them: data.scale 255"

  @Test func aWarningIsSaidWithReasonAndAdvice() throws {
    let text = try succeed(["check", "configs/digits.json", "--set", "data.scale=1"])
    #expect(text.contains("\nwarning: data.scale: the inputs go from 0 to 255\n  why: the first layer's sums"))
    #expect(text.contains("\n  do:  divide them: data.scale 255\n"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func trainingSaysItOnce() throws {
    try withDigitsFolder { folder in
      let settings = set("fit.epochs=2", "data.scale=1")
      let loud = try lockstep(["train", "digits.json"] + settings, in: folder)
      #expect(loud.status == 0 && loud.errors == "lockstep: warning: \(Self.warning)\n")
      let json = try lockstep(["train", "digits.json", "--json"] + settings, in: folder)
      #expect(json.status == 0 && json.errors == loud.errors && json.output.hasPrefix("{"))
      try succeed(["train", "digits.json", "--quiet"] + settings, in: folder)
      // One that goes on has heard it.
      try succeed(["train", "runs/digits", "--resume"] + set("fit.epochs=3"), in: folder)
    }
  }

  private static let error =
    "model.layers[2].activation: a softmax over one unit always gives 1: it divides e^z by itself, so its gradient is 0 and nothing is learned; "
    + "use sigmoid for a yes or no, linear for a number, or a unit for each class"

  /// Before anything is written; `check` shows its table first.
  @Test func anErrorIsRefused() throws {
    try withTemporaryFolder { folder in
      let config = PackageFiles.root.appendingPathComponent("configs/zeros-and-ones.json")
      try FileManager.default.copyItem(at: config, to: folder.appendingPathComponent("zeros-and-ones.json"))
      let wrong = "zeros-and-ones.json --set model.layers[2].activation=softmax"
      try Refusal("train \(wrong)", 65, Self.error).expect(in: folder)
      try Refusal("train --quiet \(wrong)", 65, Self.error).expect(in: folder)
      try Refusal("check \(wrong)", 65, Self.error).expect(in: folder, mayPrint: true)
      let text = try lockstep(["check", "zeros-and-ones.json"] + set("model.layers[2].activation=softmax"), in: folder).output
      #expect(text.contains("\nerror: model.layers[2].activation: a softmax over one unit always gives 1\n"))
    }
  }

  /// What training refuses by itself, `check` refuses in the same words.
  @Test(arguments: [
    Refusal("check nowhere.json", 66, "nowhere.json: no such config file"),
    Refusal("check digits.json --set fit.epoch=1", 65, "--set fit.epoch=1: unknown key; did you mean 'epochs'?"),
    Refusal("check digits.json --set model.layers[2].units=5", 65, "digits.json: model.layers[2].units: 10 classes need as many units; found 5"),
    Refusal("check digits.json --set model.initial_weights=none.safetensors", 66, "none.safetensors: no such file"),
  ]) func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }
}
