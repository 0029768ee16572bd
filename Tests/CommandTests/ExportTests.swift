import Foundation
import TestSupport
import Testing

/// The promise: `export` writes a run's network as ONNX, the same bytes each time. (What other programs make of it: `Tests/Interop`.)
@Suite struct ExportTests {
  @Test func equalRunsAreEqualFiles() throws {
    try WeightErrorTests.withRun { folder in
      let text = try succeed(["export", "done", "--output", "a.onnx"], in: folder)
      #expect(text == "a.onnx: ONNX operator set 17, IR version 8; pixels uint8 [N, 784] → probabilities float32 [N, 10]\n")
      let json = try object(try succeed(["export", "done", "--format", "onnx", "--input-type", "uint8", "--output", "b.onnx", "--json"], in: folder))
      #expect(json["file"] as? String == "b.onnx" && json["operator_set"] as? Int == 17 && json["ir_version"] as? Int == 8)
      #expect((json["input"] as? [String: Any])?["name"] as? String == "pixels" && (json["output"] as? [String: Any])?["width"] as? Int == 10)
      let (first, second) = (try Data(contentsOf: folder.appendingPathComponent("a.onnx")), try Data(contentsOf: folder.appendingPathComponent("b.onnx")))
      #expect(first == second && first.count > 80_000)
      try succeed(["export", "done", "--output", "-"], in: folder, launcher: shell("\"$@\" > piped"))
      #expect(try Data(contentsOf: folder.appendingPathComponent("piped")) == first)
      let floats = try succeed(["export", "done", "--input-type", "float32", "--output", "c.onnx"], in: folder)
      #expect(floats.contains("; inputs float32 [N, 784] → "))
    }
  }

  @Test(arguments: [
    Refusal("export done", 64, "--output: expected the file to write"),
    Refusal("export", 64, "expected a run directory"),
    Refusal("export done --output a --format tflite", 64, "--format tflite: unknown format; known are onnx"),
    Refusal("export done --output a --format onxn", 64, "--format onxn: unknown format; did you mean 'onnx'?"),
    Refusal("export done --output a --input-type float64", 64, "--input-type float64: unknown type; did you mean 'float32'?"),
    Refusal("export none --output a", 66, "none: no such run folder; did you mean 'done'?"),
    Refusal("export done --output none/a", 74, "none/a: cannot be written: No such file or directory"),
  ])
  func refused(_ refusal: Refusal) throws { try WeightErrorTests.withRun { try refusal.expect(in: $0) } }
}
