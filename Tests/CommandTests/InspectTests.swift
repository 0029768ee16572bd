import Foundation
import TestSupport
import Testing

/// The promise: what a run noted of its layers is one command away.
@Suite struct InspectTests {
  private static let settings = set("fit.epochs=3", "fit.diagnostics=true")

  @Test func aRunSaysWhatItsLayersDid() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + Self.settings, in: folder)
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      let text = try succeed(["inspect", "run"], in: folder)
      let lines = text.split(separator: "\n").map(String.init)
      #expect(lines[0] == "run: epoch 3 of 3")
      #expect(lines[1].contains(/^norms at step \d+$/))
      #expect(lines[2].contains(/^ +weights  +gradient  +update  update\/weights$/))
      #expect(lines[3].contains(/^ +dense( +[0-9.e-]+){4}$/))
      #expect(text.contains(/\n +dense  +[a-z]+  +25  +[0-9.]+%  +\d+  +-?\d [ ▁▂▃▄▅▆▇█]{20} \d\n/), "\(text)")
      #expect(text.contains("update/weights by epoch\n"))
      // The whole file, line by line.
      #expect(try succeed(["inspect", "run", "--json"], in: folder) == run.diagnostics)
      let first = try object(try #require(run.diagnostics).split(separator: "\n")[0])
      let diagnostics = try #require(first["diagnostics"] as? [String: Any])
      #expect(first["epoch"] as? Int == 1 && (diagnostics["norms"] as? [Any])?.count == 3 && (diagnostics["activities"] as? [Any])?.count == 3)
      #expect(try succeed(["inspect", "run", "--epoch", "1"], in: folder).hasPrefix("run: epoch 1 of 3\n"))

      // What a run without notes replaces leaves none.
      try succeed(["train", "digits.json", "--quiet", "--overwrite", "--output", "run"] + set("fit.epochs=1"), in: folder)
      #expect(run.diagnostics == nil)
    }
  }

  @Test func notesChangeNothing() throws {
    try withTemporaryFolder { folder in
      let (with, without) = (try train("configs/digits.json", Self.settings, into: folder), try train("configs/digits.json", set("fit.epochs=3"), into: folder))
      #expect(try with.bits.model == without.bits.model && with.bits.history == without.bits.history)
    }
  }

  @Test func whatIsNotThereIsSaid() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=1"), in: folder)
      try Refusal("inspect run", 66, "run: the run noted nothing about its layers; train it with --set fit.diagnostics=true").expect(in: folder)
      try Refusal("inspect nowhere", 66, "nowhere: no such run folder").expect(in: folder)
      try succeed(["train", "digits.json", "--quiet", "--overwrite", "--output", "run"] + Self.settings, in: folder)
      try Refusal("inspect run --epoch 4", 64, "--epoch 4: expected at most 3, found 4").expect(in: folder)
    }
  }
}
