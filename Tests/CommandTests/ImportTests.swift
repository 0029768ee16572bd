import Foundation
import Interchange
import TestSupport
import Testing

/// The promise: weights that another program has saved become a run that answers, and that training goes on from. (The programs themselves: `Tests/Interop`.)
@Suite struct ImportTests {
  /// A folder with `digits.json`, `done`, a run of one epoch, and `torch.safetensors`, its weights as PyTorch would have them.
  private static func withWeights(_ body: (URL) throws -> Void) throws {
    try WeightErrorTests.withRun { folder in
      try put(TrainedRun(folder: folder.appendingPathComponent("done")).weightsOfPyTorch, "torch.safetensors", in: folder)
      try body(folder)
    }
  }

  @Test func aRunOfOtherWeights() throws {
    try Self.withWeights { folder in
      let text = try succeed(["import", "digits.json", "torch.safetensors", "--transpose", "--output", "got"], in: folder)
      let lines = text.split(separator: "\n")
      #expect(lines.first == "0.weight [25, 784] → dense.kernel [784, 25]" && lines.last == "saved in got" && lines.count == 7)
      let (run, imported) = (TrainedRun(folder: folder.appendingPathComponent("done")), TrainedRun(folder: folder.appendingPathComponent("got")))
      #expect(try imported.model == run.model)
      #expect(try succeed(["evaluate", "got"], in: folder) == succeed(["evaluate", "done", "--set", "data.classes=null"], in: folder))
      // Its config trains on from the weights.
      try succeed(["train", "got/config.json", "--quiet", "--output", "on"] + set("fit.epochs=1"), in: folder)
      try succeed(
        ["train", "digits.json", "--quiet", "--output", "likewise"] + set("fit.epochs=1", "model.initial_weights=done/model.safetensors"), in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("on")).model == TrainedRun(folder: folder.appendingPathComponent("likewise")).model)
      let json = try object(try succeed(["import", "digits.json", "done/model.safetensors", "--json"], in: folder))
      #expect(json["run"] as? String == "runs/digits" && (json["tensors"] as? [[String: Any]])?.count == 6)
    }
  }

  @Test(arguments: [
    Refusal("import digits.json", 64, "expected a config file and a file of weights, found 1"),
    Refusal("import digits.json none.safetensors", 66, "none.safetensors: no such file"),
    Refusal("import digits.json digits.json", 65, "digits.json: byte 0: the header's length is 7214887984529682223; at most 100000000 bytes are allowed"),
    Refusal(
      "import digits.json torch.safetensors --transpose --output done", 73,
      "done: the run directory exists and is not empty; name another with --output"),
    Refusal(
      "import digits.json torch.safetensors", 65,
      "torch.safetensors: 0.weight: expected shape [784, 25] for dense.kernel, found [25, 784]; transposed it would fit, as those of PyTorch must be"
    ),
    Refusal(
      "import digits.json torch.safetensors --transpose --set model.layers[1].units=16", 65,
      "torch.safetensors: 2.weight: expected shape [16, 25] for dense_1.kernel, found [15, 25]"),
    Refusal(
      "import digits.json done/model.safetensors --transpose", 65,
      "done/model.safetensors: dense.kernel: expected shape [25, 784] for dense.kernel, found [784, 25]; not transposed it would fit"
    ),
  ])
  func refused(_ refusal: Refusal) throws { try Self.withWeights { try refusal.expect(in: $0) } }
}
