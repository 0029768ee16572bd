import Foundation
import TestSupport
import Testing

/// The promise: `init` writes a config that `check` has nothing to say against and `train` takes as it is, and replaces no file.
@Suite struct InitTests {
  private static func checked(_ arguments: [String], _ file: String, in folder: URL) throws -> [String: Any] {
    #expect(try succeed(["init"] + arguments, in: folder).hasPrefix("\(file)\n"))
    let report = try object(try succeed(["check", file, "--json"], in: folder))
    #expect((report["findings"] as? [Any])?.isEmpty == true, "\(report["findings"] ?? "")")
    try succeed(["train", file, "--quiet", "--set", "fit.epochs=1"], in: folder)
    return report
  }

  @Test func theBundledDigits() throws {
    try withTemporaryFolder { folder in
      let report = try Self.checked([], "digits.json", in: folder)
      #expect(report["loss"] as? String == "sparse_categorical_crossentropy" && report["validation_rows"] as? Int == 1000)
      try Refusal("init", 73, "digits.json: the file is there already; name another with --output").expect(in: folder)
    }
  }

  /// Labels `[rows]` or `[rows, outputs]`, and what becomes of them.
  @Test(arguments: [
    ([3], "sparse_categorical_crossentropy", 10), ([2], "binary_crossentropy", 1),
  ]) func aFolder(_ classes: [Int], _ loss: String, _ outputs: Int) throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("my data")
      try succeed(["data", "synth", "--output", data.path, "--count", "300", "--test", "40"])
      if classes == [2] {
        // Every label becomes 0 or 1.
        for name in ["train", "t10k"] {
          let file = data.appendingPathComponent("\(name)-labels-idx1-ubyte")
          let bytes = try [UInt8](Data(contentsOf: file))
          try Data(bytes[..<8] + bytes[8...].map { $0 % 2 }).write(to: file)
        }
      }
      let report = try Self.checked(["my data"], "my-data.json", in: folder)
      #expect(report["loss"] as? String == loss && report["validation_rows"] as? Int == 40)
      #expect((report["layers"] as? [[String: Any]])?.last?["outputs"] as? Int == outputs)
    }
  }

  @Test func ontoStandardOutput() throws {
    try withTemporaryFolder { folder in
      let text = try succeed(["init", "--output", "-"], in: folder)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
      try succeed(["init"], in: folder)
      #expect(try String(contentsOfFile: folder.path + "/digits.json", encoding: .utf8) == text)
      try Refusal(
        "init --output - --json", 64, "--json: standard output, which - stands for, takes one of the two; leave this out, or name a file"
      ).expect(in: folder)
    }
  }

  @Test func noData() throws {
    try withTemporaryFolder { folder in
      try Refusal("init nowhere", 66, "nowhere: neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz is there").expect(in: folder)
    }
  }
}
