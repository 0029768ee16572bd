import Foundation
import TestSupport
import Testing

/// A sweep's folder that `lockstep sweep` left.
struct FinishedSweep {
  let folder: URL

  func trial(_ number: Int) -> TrainedRun { TrainedRun(folder: folder.appendingPathComponent("trial-000\(number)")) }

  func text(_ file: String) throws -> String { try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8) }

  /// The objects of `results.jsonl`.
  var results: [[String: Any]] { get throws { try text("results.jsonl").split(separator: "\n").map { try object($0) } } }

  /// `results.jsonl` without the times.
  var bits: String { get throws { try text("results.jsonl").replacing(/"seconds":[^,}]*/, with: "") } }

  var plan: [String: Any] { get throws { try object(text("sweep.json")) } }

  /// The CPUs of each trial's workers.
  func placements(_ trials: Int) throws -> [[Int]] {
    try (1...trials).map { number in
      try #require((try object(trial(number).config)["engine"] as? [String: Any])?["placement"] as? [Int])
    }
  }
}

/// The promise: every trial of a sweep is the run that `lockstep train` makes of its settings, on cores that no other has meanwhile.
@Suite struct SweepTests {
  private static let grid = ["--grid", "fit.batch_size=32,64", "--grid", "compile.optimizer.learning_rate=0.01,0.001", "--set", "fit.epochs=2"]

  /// A trial that stops early is done, and stays so when the sweep goes on.
  @Test func aTrialThatStopsEarly() throws {
    try withDigitsFolder { folder in
      let options = ["--grid", "fit.batch_size=32,64", "--output", "s"] + set("fit.epochs=300", "fit.callbacks=[{ type: 'early_stopping', patience: 1 }]")
      try succeed(["sweep", "digits.json"] + options, in: folder)
      let sweep = FinishedSweep(folder: folder.appendingPathComponent("s"))
      let results = try sweep.results
      #expect(results.map { $0["status"] as? String } == ["done", "done"])
      #expect(results.allSatisfy { 1..<300 ~= $0["epochs"] as? Int ?? 0 })
      let before = try sweep.text("results.jsonl")
      try succeed(["sweep", "s"], in: folder)
      #expect(try sweep.text("results.jsonl") == before)
    }
  }

  @Test func aTrialIsTheRunItWouldBeAlone() throws {
    try withDigitsFolder { folder in
      let output = try succeed(["sweep", "digits.json", "--output", "s"] + Self.grid, in: folder)
      let sweep = FinishedSweep(folder: folder.appendingPathComponent("s"))
      let settings = [("32", "0.01"), ("32", "0.001"), ("64", "0.01"), ("64", "0.001")]
      var losses: [Double] = []
      for (number, (batch, rate)) in settings.enumerated() {
        let options = set("fit.epochs=2", "fit.batch_size=\(batch)", "compile.optimizer.learning_rate=\(rate)")
        let alone = try train("configs/digits.json", options + ["--workers", "2"], into: folder)
        #expect(try sweep.trial(number + 1).bits == alone.bits)
        losses.append(try #require(alone.history.compactMap { $0["val_loss"] }.min()))
        let result = try sweep.results[number]
        #expect(result["trial"] as? String == "trial-000\(number + 1)" && result["status"] as? String == "done" && result["epochs"] as? Int == 2)
        #expect(result["settings"] as? [String: Double] == ["fit.batch_size": Double(batch)!, "compile.optimizer.learning_rate": Double(rate)!])
        #expect((result["best"] as? [String: Double])?["val_loss"] == losses[number])
        #expect((result["figures"] as? [String: Double])?["accuracy"] == (try alone.history[1]["accuracy"]))
      }
      let csv = try sweep.text("results.csv").split(separator: "\n")
      let header =
        "trial,status,fit.batch_size,compile.optimizer.learning_rate,epochs,loss,accuracy,val_loss,val_accuracy,best_val_loss,best_epoch,seconds,error"
      #expect(csv.count == 5 && csv[0] == header)
      let files = ["config", "results.csv", "results.jsonl", "sweep.json", "trial-0001", "trial-0002", "trial-0003", "trial-0004"]
      #expect(try FileManager.default.contentsOfDirectory(atPath: sweep.folder.path).sorted() == files)

      // A line a trial as it ends, and then the best first.
      let lines = output.split(separator: "\n").map(String.init)
      #expect(lines[0].hasPrefix("digits: 4 trials; ") && lines[0].hasSuffix(" at a time, 1 worker each"))
      #expect(lines[1...4].map { $0.prefix(5) } == ["[1/4]", "[2/4]", "[3/4]", "[4/4]"])
      #expect(lines[1...4].map { $0.dropFirst(6).prefix(10) }.sorted() == (1...4).map { "trial-000\($0)" })
      #expect(lines[5].hasPrefix("trial       batch_size  learning_rate  best val_loss  epoch "))
      let order = losses.indices.sorted { losses[$0] < losses[$1] }
      #expect(lines[6...9].map { $0.prefix(10) } == order.map { "trial-000\($0 + 1)" })
      #expect(lines[10] == "saved in s")
    }
  }

  @Test func asJSON() throws {
    try withDigitsFolder { folder in
      let output = try succeed(["sweep", "digits.json", "--json", "--monitor", "val_accuracy"] + Self.grid, in: folder)
      let sweep = FinishedSweep(folder: folder.appendingPathComponent("sweeps/digits"))
      let lines = output.split(separator: "\n").map(String.init)
      #expect(lines.count == 5)
      #expect(try lines.prefix(4).sorted() == sweep.text("results.jsonl").split(separator: "\n").map(String.init).sorted())
      let summary = try object(lines[4])
      #expect(summary["sweep"] as? String == "sweeps/digits" && summary["monitor"] as? String == "val_accuracy")
      #expect(summary["trials"] as? Int == 4 && summary["failed"] as? Int == 0)
      let best = try sweep.results.map { try #require(($0["best"] as? [String: Double])?["val_accuracy"]) }
      #expect(summary["best"] as? String == "trial-000\(try #require(best.firstIndex(of: best.max()!)) + 1)")
      // Nothing is trained again, and all is told again.
      let before = try contents(of: sweep.folder)
      let again = try succeed(["sweep", "sweeps/digits", "--json"], in: folder).split(separator: "\n").map(String.init)
      #expect(again.prefix(4).sorted() == lines.prefix(4).sorted() && again[4] == lines[4])
      #expect(try contents(of: sweep.folder) == before)
      #expect(try succeed(["sweep", "digits.json", "--quiet"] + Self.grid, in: folder) == "")
    }
  }

  @Test func aRandomSweepDependsOnItsSeed() throws {
    try withDigitsFolder { folder in
      func sweep(_ name: String, trials: Int, seed: Int) throws -> FinishedSweep {
        let random = ["--random", "compile.optimizer.learning_rate=log:1e-4..1e-1", "--random", "model.layers[0].units=int:3..30"]
        try succeed(
          ["sweep", "digits.json", "--quiet", "--output", name, "--trials", "\(trials)", "--seed", "\(seed)", "--set", "fit.epochs=1"] + random, in: folder)
        return FinishedSweep(folder: folder.appendingPathComponent(name))
      }
      let first = try sweep("a", trials: 2, seed: 7)
      #expect(try sweep("b", trials: 2, seed: 7).bits == first.bits)
      #expect(try sweep("c", trials: 2, seed: 8).bits != first.bits)
      // The settings are what the runs were trained with.
      for (number, result) in try first.results.enumerated() {
        let settings = try #require(result["settings"] as? [String: Double])
        let config = try object(first.trial(number + 1).config)
        let optimizer = (config["compile"] as? [String: Any])?["optimizer"] as? [String: Any]
        #expect(optimizer?["learning_rate"] as? Double == settings["compile.optimizer.learning_rate"])
        let layers = (config["model"] as? [String: Any])?["layers"] as? [[String: Any]]
        #expect(layers?[0]["units"] as? Double == settings["model.layers[0].units"])
      }
      // More trials of the same come behind those there are.
      let (trained, results) = (try first.trial(1).bits, try first.text("results.jsonl"))
      let stamp = try FileManager.default.attributesOfItem(atPath: first.trial(1).folder.path)[.modificationDate] as? Date
      let more = try sweep("a", trials: 3, seed: 7)
      #expect(try more.text("results.jsonl").hasPrefix(results) && more.results.count == 3)
      #expect(try more.trial(1).bits == trained)
      #expect(try FileManager.default.attributesOfItem(atPath: first.trial(1).folder.path)[.modificationDate] as? Date == stamp, "not trained again")
    }
  }

  /// On described machines, since their trials need not be those of this one. The first trials all begin before one ends.
  @Test func trialsHaveCoresOfTheirOwn() throws {
    try withDigitsFolder { folder in
      let machine = ["HWLOC_SYNTHETIC": "package:2 core:2 pu:2"]
      for (workers, expected) in [("1", [[0], [4], [2], [6]]), ("2", [[0, 2], [4, 6]])] {
        let seeds = (1...expected.count).map(String.init).joined(separator: ",")
        try succeed(
          ["sweep", "digits.json", "--quiet", "--output", workers, "--workers-per-run", workers, "--grid", "seed=\(seeds)", "--set", "fit.epochs=1"],
          in: folder,
          environment: machine)
        let sweep = FinishedSweep(folder: folder.appendingPathComponent(workers))
        #expect(try sweep.placements(expected.count) == expected)
        let engine = try object(sweep.trial(1).config)["engine"] as? [String: Any]
        #expect(engine?["workers"] as? Int == Int(workers))
      }
      try Refusal(
        ["sweep", "digits.json", "--workers-per-run", "5", "--grid", "seed=1,2"], 64,
        "--workers-per-run 5: 5 workers a run, each on a core of its own: this process may use 4 cores",
        environment: machine
      ).expect(in: folder)
    }
  }

  /// On this one: not a thread of a trial may run on another's core.
  @Test func trialsAreBoundToTheirCores() throws {
    let cores = try #require(try object(try succeed(["topology", "--json"]))["cores"] as? [[String: Any]]).map { try #require($0["cpus"] as? [Int]) }
    guard cores.count >= 2, isInstalled("taskset") else { return print("skipped: one core, or no taskset") }
    try withDigitsFolder { folder in
      let script = """
        "$@" & until ls s/trial-0001/checkpoints/step-* s/trial-0002/checkpoints/step-* >/dev/null 2>&1 || ! kill -0 $!; do :; done
        for child in $(cat /proc/$!/task/$!/children); do taskset -acp $child; done; kill -9 $!; wait $!; true
        """
      let output = try lockstep(
        ["sweep", "digits.json", "--quiet", "--output", "s", "--grid", "seed=1,2", "--set", "fit.epochs=3000", "--set", "fit.checkpoint.every_epochs=10"],
        in: folder, launcher: shell(script)
      ).output
      let masks = output.split(separator: "\n").compactMap { $0.split(separator: ": ").last }.map(Self.cpus)
      let placements = try FinishedSweep(folder: folder.appendingPathComponent("s")).placements(2)
      let own = placements.map { places in Set(cores.first { $0.contains(places[0]) }!) }
      #expect(own[0].isDisjoint(with: own[1]))
      for cores in own { #expect(masks.contains { $0.isSubset(of: cores) }) }
      #expect(masks.allSatisfy { mask in own.contains { mask.isSubset(of: $0) } }, "\(masks) on \(own)")
    }
  }

  /// The CPUs of a list as `taskset` writes it: "0-3,8".
  private static func cpus(_ list: Substring) -> Set<Int> {
    Set(
      list.split(separator: ",").flatMap { part -> [Int] in
        let ends = part.split(separator: "-").compactMap { Int($0) }
        return ends.isEmpty ? [] : Array(ends[0]...ends[ends.count - 1])
      })
  }

  /// One that diverges is told, the others go on, and the sweep ends with its status.
  @Test func aTrialThatFails() throws {
    try withTemporaryFolder { folder in
      let config = PackageFiles.root.appendingPathComponent("configs/linear-regression.json").path
      let command =
        ["sweep", config, "--output", "s", "--grid", "compile.optimizer.learning_rate=0.001,0.03"]
        + set("compile.optimizer={type:'sgd'}", "fit.epochs=30", "fit.checkpoint.every_epochs=1")
      let ending = try lockstep(command, in: folder)
      #expect(ending.status == 65)
      let why =
        #/epoch \d+: step \d+: the loss of row \d+ of the data is NaN or infinite, .*; the checkpoint before that is s/trial-0002/checkpoints/step-\d+\.safetensors/#
      let line = try Regex("lockstep: trial-0002 failed \\((.*)\\); the same command, or lockstep sweep s, tries again\n")
      let words = String(try #require(try line.wholeMatch(in: ending.errors)?[1].substring, "\(ending.errors)"))
      #expect(try why.wholeMatch(in: words) != nil)
      let sweep = FinishedSweep(folder: folder.appendingPathComponent("s"))
      let results = try sweep.results
      #expect(results.map { $0["status"] as? String } == ["done", "failed"] && results[1]["error"] as? String == words)
      #expect(ending.output.contains(/trial-0002 .* failed\n/))
      #expect(try sweep.trial(1).history.count == 30)
      // What was done stays, and what failed is tried again.
      let again = try lockstep(command, in: folder)
      #expect(again.status == 65 && again.output.hasPrefix("linear-regression: 2 trials, 1 of them done; "))
    }
  }
}
