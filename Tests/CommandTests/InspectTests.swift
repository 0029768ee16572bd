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
      #expect(lines[2].contains(/^ +weights  +gradient  +update  update\/weights$/))
      #expect(text.contains(/\n +dense  +[a-z]+  +25  +[0-9.]+%  +\d+  +-?\d [ ▁▂▃▄▅▆▇█]{20} \d\n/), "\(text)")
      // Its figures are those that were noted.
      let noted = try #require(run.diagnostics).split(separator: "\n").map { try #require(try object($0)["diagnostics"] as? [String: Any]) }
      let norms = try noted.map { try #require($0["norms"] as? [[String: Any]]) }
      func number(_ norms: [String: Any], _ key: String) -> Double { norms[key] as? Double ?? .nan }
      func ratio(_ norms: [String: Any]) -> String { Self.shown(number(norms, "update_norm") / number(norms, "weight_norm")) }
      #expect(lines[1] == "norms at step \(noted[2]["step"] ?? "")")
      for (line, norms) in zip(lines[3...5], norms[2]) {
        let figures = ["weight_norm", "gradient_norm", "update_norm"].map { Self.shown(number(norms, $0)) }
        #expect(line.split(separator: " ").map(String.init) == [norms["layer"] as? String ?? ""] + figures + [ratio(norms)])
      }
      let activity = try #require((noted[2]["activities"] as? [[String: Any]])?.first)
      let flat = String(format: "%.1f%%", 100 * number(activity, "flat_share"))
      #expect(lines[8].split(separator: " ").prefix(5).map(String.init) == ["dense", "sigmoid", "25", flat, "\(activity["flat_units"] ?? "")"])
      let course = try #require(lines.firstIndex(of: "update/weights by epoch"))
      for (epoch, norms) in norms.enumerated() {
        #expect(lines[course + 2 + epoch].split(separator: " ").map(String.init) == ["\(epoch + 1)"] + norms.map(ratio))
      }
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

  /// Three digits.
  private static func shown(_ value: Double) -> String { String(format: value != 0 && abs(value) < 1e-3 ? "%.1e" : "%.3g", value) }

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
