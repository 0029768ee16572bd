import Foundation
import TestSupport
import Testing

/// The promise: weights, runs and images that do not go together are refused by name and shape, before anything is written.
@Suite struct WeightErrorTests {
  /// A folder with `digits.json`, and `done`, a run of one epoch.
  static func withRun(_ body: (URL) throws -> Void) throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "done"] + set("fit.epochs=1", "data.classes=[0,1]"), in: folder)
      try body(folder)
    }
  }

  static let initial = "train digits.json --set model.initial_weights=done/model.safetensors"

  @Test(arguments: [
    Refusal("train digits.json --set model.initial_weights=none.safetensors", 66, "none.safetensors: no such file"),
    Refusal(initial + " --set model.layers[1].units=16", 65, "done/model.safetensors: dense_1.kernel: expected shape [25, 16], found [25, 15]"),
    Refusal(
      initial + " --set model.layers[1].use_bias=false", 65,
      "done/model.safetensors: dense_1.bias: the network has no such tensor; it has dense, dense_1, dense_2"),
    Refusal("predict done", 64, "--input: expected the file of images to answer for"),
    Refusal("predict done --input none", 66, "none: no such file"),
    Refusal("predict done --input small", 65, "small: an image has 4 pixels, the network of done takes 784"),
    Refusal("predict done --input labels", 65, "labels: has 1 dimension, as labels have; expected images: rows, and then 1 to 3 more"),
    Refusal(
      "predict done --input digits.json", 65, "digits.json: byte 0: not an IDX file: it starts with 2f 2f 20 54; expected 00 00, an element type and a rank"),
    Refusal("predict none --input small", 66, "none: no such run folder; did you mean 'done'?"),
    Refusal("evaluate .", 66, ".: the folder holds no run (no config.json); did you mean './done'?"),
    Refusal("evaluate done --set model.layers[0].units=24", 65, "done/model.safetensors: dense.kernel: expected shape [784, 24], found [784, 25]"),
  ])
  func refused(_ refusal: Refusal) throws {
    try Self.withRun { folder in
      try put(idx([1, 2, 2], [1, 2, 3, 4] as [UInt8]), "small", in: folder)
      try put(idx([4], [1, 2, 3, 4] as [UInt8]), "labels", in: folder)
      try refusal.expect(in: folder)
    }
  }

  @Test func brokenWeightFiles() throws {
    try Self.withRun { folder in
      let model = folder.appendingPathComponent("done/model.safetensors")
      let whole = try Data(contentsOf: model)
      try whole.dropLast(1).write(to: model)
      let cut = "done/model.safetensors: tensor 'dense_2.bias': the data end at byte 80700, but the file has only 80699 bytes of data"
      for command in [Self.initial, "evaluate done"] { try Refusal(command, 65, cut).expect(in: folder) }
      try Data().write(to: model)
      let empty = "done/model.safetensors: byte 0: the file ends inside the header's length; expected 8 bytes"
      for command in [Self.initial, "evaluate done"] { try Refusal(command, 65, empty).expect(in: folder) }
      try FileManager.default.removeItem(at: model)
      try Refusal("evaluate done", 66, "done: the run is not finished (no model.safetensors); go on with it: lockstep train done --resume").expect(in: folder)
    }
  }
}
