import Foundation
import TestSupport
import Testing

/// The promise: data of any size are trained on from where the system has mapped them. The limit of the shell that starts `lockstep` holds for all memory that is
/// its own (heap, stacks, private mappings that can be written), and not for mapped files; a run that needs more cannot get it and fails.
@Suite struct LargeDataTests {
  /// A folder of `rows` blank images of class 0; the files take no room on the disk.
  private func withBlankDigits(_ rows: Int, side: Int, _ body: (_ folder: URL, _ config: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (name, shape) in [("train-images-idx3-ubyte", [rows, side, side]), ("train-labels-idx1-ubyte", [rows])] {
        let path = try put(idx(shape, [] as [UInt8]), name, in: folder)
        try #require(truncate(path, 4 + 4 * shape.count + shape.reduce(1, *)) == 0)
      }
      let config = """
        { data: { source: "idx", path: "\(folder.path)" }, model: { layers: [{ type: "dense", units: 10 }] },
          compile: { optimizer: "adam", loss: { type: "sparse_categorical_crossentropy", from_logits: true }, metrics: ["accuracy"] },
          fit: { epochs: 1, batch_size: 2048 } }
        """
      try body(folder, try put(Array(config.utf8), "config.json", in: folder))
    }
  }

  private func train(_ config: String, megabytes: Int, _ settings: [String] = []) throws -> Ending {
    let folder = URL(fileURLWithPath: config).deletingLastPathComponent()
    return try lockstep(
      ["train", config, "--quiet", "--workers", "2", "--output", folder.path + "/run-\(UUID().uuidString)"] + settings,
      // Where memory ends, Swift traps; its crash reporter would only take time.
      environment: ["SWIFT_BACKTRACE": "enable=no"], launcher: shell("ulimit -d \(megabytes * 1000) && exec \"$@\""))
  }

  @Test func imagesStayInTheirFile() throws {
    try withBlankDigits(300_000, side: 28) { _, config in
      let ending = try train(config, megabytes: 100)
      #expect(ending.status == 0 && ending.errors == "", "235 MB of images with 100 MB of memory: \(ending.errors)")
    }
  }

  /// Of a row there are private: its number, its place in the epoch's order, and its label, 12 bytes together. All else of ten million images would be in a mapped
  /// file, however wide they are.
  @Test(arguments: [[], set("data.validation={ fraction: 0.1, stratified: true }"), set("data.classes=[0]")])
  func tenMillionRows(settings: [String]) throws {
    try withBlankDigits(10_000_000, side: 1) { _, config in
      let ending = try train(config, megabytes: 200, settings)
      #expect(ending.status == 0 && ending.errors == "", "\(ending.errors)")
    }
  }

  /// The limit is one: with less than what the rows need, the run fails.
  @Test func theLimitHolds() throws {
    try withBlankDigits(10_000_000, side: 1) { _, config in
      let ending = try train(config, megabytes: 110)
      #expect(ending.status != 0)
    }
  }
}
