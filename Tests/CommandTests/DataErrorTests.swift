import Foundation
import TestSupport
import Testing

/// The promise: data that is damaged, or that does not go with the network, ends with status 65 (66 when it is missing) and names file and place,
/// before anything is written.
@Suite struct DataErrorTests {
  /// What is done to a good data folder, and the line that follows.
  struct Damage: Sendable, CustomTestStringConvertible {
    let line: String
    let status: Int32
    let settings: [String]
    let apply: @Sendable (URL) throws -> Void

    init(_ line: String, status: Int32 = 65, _ settings: String..., apply: @escaping @Sendable (URL) throws -> Void = { _ in }) {
      (self.line, self.status, self.settings, self.apply) = (line, status, settings.flatMap { ["--set", $0] }, apply)
    }

    var testDescription: String { line }
  }

  /// Nine images of 2×2 with the labels 0, 1, 2 in turn.
  static let images = idx([9, 2, 2], (0..<36).map { UInt8($0 * 7) })
  static let labels = idx([9], (0..<9).map { UInt8($0 % 3) })
  static let config = """
    {
      data: { source: "idx", path: "data" },
      model: { layers: [{ type: "dense", units: 3 }] },
      compile: { optimizer: "adam", loss: { type: "sparse_categorical_crossentropy", from_logits: true }, metrics: ["accuracy"] },
    }
    """

  static let trainImages = "train-images-idx3-ubyte"
  static let trainLabels = "train-labels-idx1-ubyte"

  /// The folder with `tiny.json` and its good data.
  static func withTinyFolder(_ body: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try FileManager.default.createDirectory(at: data, withIntermediateDirectories: false)
      for part in ["train", "t10k"] {
        try put(images, "\(part)-images-idx3-ubyte", in: data)
        try put(labels, "\(part)-labels-idx1-ubyte", in: data)
      }
      try put(Array(config.utf8), "tiny.json", in: folder)
      try body(folder)
    }
  }

  static func gzipped(_ change: @escaping @Sendable ([UInt8]) -> [UInt8]) -> @Sendable (URL) throws -> Void {
    { data in
      try FileManager.default.removeItem(at: data.appendingPathComponent(trainImages))
      try put(change(gzip(images)), trainImages + ".gz", in: data)
    }
  }

  @Test(arguments: [
    Damage("data/train-images-idx3-ubyte: byte 51: the header promises 9 × 2 × 2 unsigned bytes, 52 bytes in all; found 51") {
      try put(images.dropLast(), trainImages, in: $0)
    },
    Damage("data/train-images-idx3-ubyte: byte 0: not an IDX file: it starts with 50 4b 03 04; expected 00 00, an element type and a rank") {
      try put([0x50, 0x4B, 3, 4, 0, 0], trainImages, in: $0)
    },
    Damage("data/train-images-idx3-ubyte: byte 0: the file ends inside the IDX header; expected at least 8 bytes of header") {
      try put([], trainImages, in: $0)
    },
    Damage("data/train-images-idx3-ubyte: byte 4: 0 rows; expected at least 1") { try put(idx([0, 2, 2], [] as [UInt8]), trainImages, in: $0) },
    Damage("data/train-images-idx3-ubyte.gz: byte 60: the gzip stream is broken off", apply: gzipped { Array($0.prefix(60)) }),
    Damage(
      "data/train-images-idx3-ubyte.gz: byte 71: the gzip stream is damaged: incorrect data check",
      apply: gzipped { gz in gz.enumerated().map { $0 == 40 ? ~$1 : $1 } }),
    Damage("data/train-images-idx3-ubyte: holds 9 images, but data/train-labels-idx1-ubyte holds 8 labels") { data in
      try put(idx([8], [UInt8](repeating: 0, count: 8)), trainLabels, in: data)
    },
    Damage("training data: row 4: label 3 is out of range for 3 outputs; expected 0 to 2") { data in
      try put(idx([9], [0, 1, 2, 0, 3, 2, 0, 1, 2] as [UInt8]), trainLabels, in: data)
    },
    Damage(
      "training data: row 2: label 2 is out of range for binary_crossentropy; expected 0 or 1 (data.classes picks two classes)",
      "model.layers[0].units=1", "compile.loss.type=binary_crossentropy"),
    Damage("validation data: row 8: label 9 is out of range for 3 outputs; expected 0 to 2", "data.validation=test") { data in
      try put(idx([9], [0, 1, 2, 0, 1, 2, 0, 1, 9] as [UInt8]), "t10k-labels-idx1-ubyte", in: data)
    },
    Damage("data/t10k-images-idx3-ubyte: the images' width is 6, but that of data/train-images-idx3-ubyte is 4", "data.validation=test") { data in
      try put(idx([9, 3, 2], [UInt8](repeating: 0, count: 54)), "t10k-images-idx3-ubyte", in: data)
    },
    Damage("data.classes: class 5 has no rows; the data has 0, 1, 2", "data.classes=[1,5,2]"),
    Damage("data/weights: holds 8 weights; expected 9, one a row", "data.sample_weight=data/weights") { data in
      try put(idx([8], [UInt8](repeating: 1, count: 8)), "weights", in: data)
    },
    Damage("data/weights: holds 2 numbers a row; expected one weight a row", "data.validation=test", "data.validation_sample_weight=data/weights") { data in
      try put(idx([9, 2], [UInt8](repeating: 1, count: 18)), "weights", in: data)
    },
    Damage("data/weights: row 4: the weight is -1.0; expected a finite number, 0 or above", "data.sample_weight=data/weights") { data in
      try put(idx([9], [1, 1, 1, 1, -1, 1, 1, 1, 1] as [Float]), "weights", in: data)
    },
    Damage("data/weights: no such file", status: 66, "data.sample_weight=data/weights"),
    Damage("fit.class_weight.3: there is no class 3; the training data have 0 to 2", "fit.class_weight={'2':2,'3':1}"),
    Damage("data: neither train-labels-idx1-ubyte nor train-labels-idx1-ubyte.gz is there", status: 66) { data in
      try FileManager.default.removeItem(at: data.appendingPathComponent(trainLabels))
    },
    Damage("elsewhere: neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz is there", status: 66, "data.path=elsewhere"),
    Damage("data/train-images-idx3-ubyte: a folder; expected a file", status: 74) { data in
      let images = data.appendingPathComponent(trainImages)
      try FileManager.default.removeItem(at: images)
      try FileManager.default.createDirectory(at: images, withIntermediateDirectories: false)
    },
  ])
  func refused(_ damage: Damage) throws {
    try Self.withTinyFolder { folder in
      try damage.apply(folder.appendingPathComponent("data"))
      for verb in ["train", "evaluate"] where verb == "train" || !damage.line.contains("training data") && !damage.line.contains("validation data") {
        try Refusal([verb, "tiny.json"] + damage.settings, damage.status, damage.line).expect(in: folder)
      }
    }
  }

  /// The data and the config above are good but for the damage.
  @Test func undamagedDataTrains() throws {
    try Self.withTinyFolder { folder in
      try succeed(["train", "tiny.json", "--quiet"] + set("data.validation=test"), in: folder)
      try Self.gzipped { $0 }(folder.appendingPathComponent("data"))
      try succeed(["train", "tiny.json", "--quiet"] + set("data.validation=test"), in: folder)
      try put(idx([9], [Float](repeating: 1, count: 9)), "data/weights", in: folder)
      let weights = set("data.sample_weight=data/weights", "data.validation_sample_weight=data/weights", "fit.class_weight={'2':1}")
      try succeed(["train", "tiny.json", "--quiet"] + set("data.validation=test") + weights, in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("runs/tiny")).bits == TrainedRun(folder: folder.appendingPathComponent("runs/tiny-2")).bits)
    }
  }
}
