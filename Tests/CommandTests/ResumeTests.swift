import Foundation
import Interchange
import Kernels
import RandomStreams
import TestSupport
import Testing

/// The promise: interrupted anywhere, a run that is resumed ends with the same bits as one that nobody interrupted.
@Suite struct ResumeTests {
  /// Many short epochs; a signal comes somewhere in the middle of them. Of metrics one of each kind: rows, elements, buckets, and sums.
  private static let settings = set(
    "fit.epochs=120", "fit.batch_size=64", "fit.checkpoint.every_epochs=7", "fit.checkpoint.monitor=val_loss", "fit.diagnostics=true", "data.targets=one_hot",
    "compile.loss.type=categorical_crossentropy",
    "compile.metrics=['accuracy',{type:'top_k_categorical_accuracy',k:2},{type:'auc',from_logits:true},{type:'f1_score',average:'macro'},'mean_squared_error']")

  /// What `lockstep train` leaves without an interruption.
  private static func whole(in folder: URL) throws -> TrainedRun {
    try succeed(["train", "digits.json", "--quiet", "--output", "whole"] + settings, in: folder)
    return TrainedRun(folder: folder.appendingPathComponent("whole"))
  }

  /// Starts the run in the background, waits for its first checkpoint, and sends `signal`, `times` times.
  private static func interrupted(_ signal: String, times: Int = 1, in folder: URL, _ options: [String] = []) throws -> Ending {
    let kills = Array(repeating: "kill -\(signal) $!", count: times).joined(separator: "; ")
    let script = """
      env --default-signal=INT "$@" & until ls run/checkpoints/step-* >/dev/null 2>&1; do :; done; \(kills); wait $!
      """
    return try lockstep(["train", "digits.json", "--quiet", "--output", "run"] + settings + options, in: folder, launcher: shell(script))
  }

  @Test(arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
  func aSignalLeavesACheckpoint(_ signal: String, _ status: Int32) throws {
    try withDigitsFolder { folder in
      let ending = try Self.interrupted(signal, in: folder, ["--workers", "2"])
      #expect(ending.status == status && !ending.isCrash, "\(ending)")
      let moment = "lockstep: interrupted after epoch \\d+(?: and \\d+ steps? of the next)?"
      let words = try Regex("\(moment); saved in (run/checkpoints/step-\\d{12}\\.safetensors); go on with: lockstep train run --resume\\n")
      let match = try #require(ending.errors.wholeMatch(of: words), "\(ending.errors)")
      #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(String(try #require(match[1].substring))).path))
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      #expect(try !FileManager.default.contentsOfDirectory(atPath: run.folder.path).contains("model.safetensors"), "not before it is done")

      // As the line says, but on another number of workers.
      try succeed(["train", "run", "--resume", "--quiet", "--workers", "3"], in: folder)
      #expect(try run.bits == Self.whole(in: folder).bits)
    }
  }

  /// `kill -9` at some moment or other, over and over, until the run is done; with checkpoints as often as can be, so that many kills come while one is written.
  @Test(arguments: [UInt64(1), 2]) func killedOverAndOver(_ seed: UInt64) throws {
    try withDigitsFolder { folder in
      var moments = CounterGenerator(seed: seed, stream: 0)
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      var kills = 0
      while true {
        // Longer and longer, so that the slowest build comes to an end, too.
        let delay = (0.02 + 0.23 * moments.nextUnit()) * pow(1.02, Double(kills))
        let ending = try lockstep(
          ["train", "digits.json", "--quiet", "--resume", "--output", "run", "--workers", "\(kills % 3 + 1)"] + Self.settings
            + set("fit.checkpoint.every_epochs=1"), in: folder, launcher: ["timeout", "-s", "KILL", "\(delay)"])
        // `timeout` kills itself the same way.
        guard ending.status != 0 else { break }
        try #require(ending.status == 137 || ending.status == SIGKILL, "\(ending)")
        kills += 1
        try #require(kills < 200, "it never ends")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: run.folder.path + "/checkpoints")) ?? []
        for file in files where file.hasSuffix(".safetensors") {
          let bytes = try Data(contentsOf: run.folder.appendingPathComponent("checkpoints/\(file)"))
          #expect(throws: Never.self, "\(file) after kill \(kills)") { try Safetensors.decode(Array(bytes), file: file, needsChecksum: true) }
        }
      }
      print("seed \(seed): \(kills) kills")
      #expect(kills > 0)
      #expect(try run.bits == Self.whole(in: folder).bits)
      let files = ["checkpoints", "config.json", "diagnostics.jsonl", "history.jsonl", "machine.json", "model.safetensors"]
      #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder.path).sorted() == files)
    }
  }

  /// The second signal does not wait for anything.
  @Test func aSecondSignalEndsItAtOnce() throws {
    try withDigitsFolder { folder in
      // A step takes microseconds, but a pause comes ten times a second only.
      let script = """
        "$@" & until ls run/checkpoints/step-* >/dev/null 2>&1; do :; done
        while kill -TERM $! 2>/dev/null; do :; done; wait $!
        """
      // Where the system keeps the second signal waiting for that long, the first has done its work: then it is tried again.
      var ending: Ending
      var tries = 0
      repeat {
        try? FileManager.default.removeItem(at: folder.appendingPathComponent("run"))
        ending = try lockstep(["train", "digits.json", "--quiet", "--output", "run"] + Self.settings, in: folder, launcher: shell(script))
        tries += 1
      } while ending.errors.hasPrefix("lockstep: interrupted after epoch ") && tries < 20
      #expect(ending.status == 143 && ending.errors == "", "\(ending)")
      try succeed(["train", "run", "--resume", "--quiet"], in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("run")).bits == Self.whole(in: folder).bits)
    }
  }

  /// As `nohup` leaves it.
  @Test func anIgnoredSignalStaysIgnored() throws {
    try withDigitsFolder { folder in
      let script = "trap '' HUP; \"$@\" & until ls run/checkpoints/step-* >/dev/null 2>&1; do :; done; kill -HUP $!; wait $!"
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + Self.settings, in: folder, launcher: shell(script))
    }
  }

  /// The reader of the lines goes away: a checkpoint, and status 74.
  @Test func aClosedPipe() throws {
    try withDigitsFolder { folder in
      let script = "{ \"$@\"; echo $? >status; } | head -n 3 >/dev/null"
      let ending = try lockstep(["train", "digits.json", "--json", "--output", "run"] + Self.settings, in: folder, launcher: shell(script))
      #expect(ending.errors == "lockstep: standard output: Broken pipe\n")
      #expect(try String(contentsOf: folder.appendingPathComponent("status"), encoding: .utf8) == "74\n")
      #expect(FileManager.default.fileExists(atPath: folder.path + "/run/checkpoints/best.safetensors"))
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      let epochs = try run.history.count
      let output = try succeed(["train", "run", "--resume"], in: folder)
      #expect(output.contains("resumed after epoch \(epochs)\n"), "nothing of what is in the history is lost")
      #expect(try run.bits == Self.whole(in: folder).bits)
    }
  }

  @Test(arguments: ["val_loss", "val_auc", "val_mean_squared_error"]) func theNewestFewAndTheBestAreKept(_ monitor: String) throws {
    try withDigitsFolder { folder in
      try succeed(
        ["train", "digits.json", "--quiet", "--output", "run"] + Self.settings
          + set("fit.epochs=22", "fit.checkpoint.keep=3", "fit.checkpoint.monitor=\(monitor)"), in: folder)
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      // 63 steps an epoch: after epochs 14 and 21, and the end.
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: run.folder.path + "/checkpoints").sorted() == [
          "best.safetensors", "step-000000000882.safetensors", "step-000000001323.safetensors", "step-000000001386.safetensors",
        ])
      let figures = try run.history.map { try #require($0[monitor]) }
      let best = try #require(figures.firstIndex(of: monitor == "val_auc" ? figures.max()! : figures.min()!))
      let bytes = try Data(contentsOf: run.folder.appendingPathComponent("checkpoints/best.safetensors"))
      #expect(try Safetensors.decode(Array(bytes), file: "best", needsChecksum: true).metadata["epoch"] == "\(best + 1)")
    }
  }

  /// A checkpoint that is torn or of which a bit has flipped is said to be so, and the one before it is used.
  @Test(arguments: ["torn", "flipped", "empty"]) func aDamagedCheckpoint(_ how: String) throws {
    try withDigitsFolder { folder in
      _ = try Self.interrupted("TERM", in: folder)
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      let newest = try #require(FileManager.default.contentsOfDirectory(atPath: run.folder.path + "/checkpoints").filter { $0.hasPrefix("step") }.max())
      let place = run.folder.appendingPathComponent("checkpoints/\(newest)")
      var bytes = try Data(contentsOf: place)
      switch how {
      case "torn": bytes = bytes.prefix(bytes.count / 2)
      case "flipped": bytes[bytes.count - 1000] ^= 4
      default: bytes = Data()
      }
      try bytes.write(to: place)
      let ending = try lockstep(["train", "run", "--resume", "--quiet"], in: folder)
      #expect(ending.status == 0)
      #expect(ending.errors.hasPrefix("lockstep: warning: run/checkpoints/\(newest): "), "\(ending.errors)")
      #expect(ending.errors.hasSuffix("; the checkpoint before it is used\n"), "\(ending.errors)")
      #expect(try run.bits == Self.whole(in: folder).bits)
      #expect(FileManager.default.fileExists(atPath: place.path + ".damaged"), "not taken for a good one, and not lost")
    }
  }

  /// An epoch that has begun cannot be left out; and a file that cannot be read is no damaged one.
  @Test func anInterruptedEpochIsNotLeftOut() throws {
    try withDigitsFolder { folder in
      var epochs = 0
      // Until a signal comes in the middle of an epoch.
      while epochs == 0 {
        try? FileManager.default.removeItem(at: folder.appendingPathComponent("run"))
        let errors = try Self.interrupted("TERM", in: folder).errors
        epochs = try Regex("after epoch (\\d+) and").firstMatch(in: errors).flatMap { $0[1].substring.flatMap { Int($0) } } ?? 0
      }
      let ending = try lockstep(["train", "run", "--resume", "--set", "fit.epochs=\(epochs)"], in: folder)
      #expect(ending.status == 65 && ending.errors.hasSuffix(": epoch \(epochs + 1) has begun, so fit.epochs cannot be \(epochs)\n"), "\(ending.errors)")
      try succeed(["train", "run", "--resume", "--quiet"] + set("fit.checkpoint.every_seconds=1e30", "engine.stall_seconds=1e30"), in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("run")).bits == Self.whole(in: folder).bits)
    }
  }

  /// What a process left that was killed before it had written its config is no run, and in nobody's way; what only looks like it stays.
  @Test func leftoversAreNoRun() throws {
    try withDigitsFolder { folder in
      let run = folder.appendingPathComponent("run")
      try FileManager.default.createDirectory(at: run, withIntermediateDirectories: false)
      try put([1], ".lockstep-123-abc0", in: run)
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=1"), in: folder)
      try put([1], ".lockstep-123-abc0", in: run)
      try put([1], ".lockstep-notes", in: run)
      try succeed(["train", "run", "--resume", "--quiet"] + set("fit.epochs=2"), in: folder)
      let files = try FileManager.default.contentsOfDirectory(atPath: run.path).sorted()
      #expect(files == [".lockstep-notes", "checkpoints", "config.json", "history.jsonl", "machine.json", "model.safetensors"])
    }
  }

  /// More epochs than at first, of a run that was done or not.
  @Test func epochsCanBeRaised() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=3"), in: folder)
      try succeed(["train", "run", "--resume", "--quiet"] + set("fit.epochs=5"), in: folder)
      try succeed(["train", "digits.json", "--quiet", "--output", "whole"] + set("fit.epochs=5"), in: folder)
      let (run, whole) = (TrainedRun(folder: folder.appendingPathComponent("run")), TrainedRun(folder: folder.appendingPathComponent("whole")))
      #expect(try run.bits == whole.bits)
      #expect(try run.config == whole.config)
      // A run that is done is left as it is.
      try succeed(["train", "run", "--resume", "--quiet"], in: folder)
      #expect(try run.bits == whole.bits)
    }
  }

  @Test func withoutOutputTheLastRunGoesOn() throws {
    try withDigitsFolder { folder in
      for _ in 1...2 { try succeed(["train", "digits.json", "--quiet"] + set("fit.epochs=1"), in: folder) }
      try succeed(["train", "digits.json", "--quiet", "--resume"] + set("fit.epochs=2"), in: folder)
      let runs = try ["digits", "digits-2"].map { try TrainedRun(folder: folder.appendingPathComponent("runs/\($0)")).history.count }
      #expect(runs == [1, 2])
    }
  }

  @Test func whereThereIsNoRunOneBegins() throws {
    try withDigitsFolder { folder in
      let ending = try lockstep(["train", "digits.json", "--quiet", "--resume", "--output", "run"] + set("fit.epochs=1"), in: folder)
      #expect(ending.status == 0)
      #expect(ending.errors == "lockstep: warning: run holds no run to resume; a new one begins\n")
      #expect(try TrainedRun(folder: folder.appendingPathComponent("run")).history.count == 1)
    }
  }

  /// A loss that is no number ends the run with the line of `NaNTests`, and names the last good checkpoint, which stays; another run can begin with its weights.
  @Test func aRunThatDivergesKeepsItsCheckpoint() throws {
    try withDigitsFolder { folder in
      try FileManager.default.copyItem(
        at: PackageFiles.root.appendingPathComponent("configs/linear-regression.json"), to: folder.appendingPathComponent("linear.json"))
      let settings = set("compile.optimizer={type:'sgd',learning_rate:0.03}", "fit.checkpoint.every_epochs=1", "fit.epochs=30")
      let ending = try lockstep(["train", "linear.json", "--quiet", "--output", "run"] + settings, in: folder)
      #expect(ending.status == 65)
      let words = try Regex(
        "lockstep: epoch (\\d+): step \\d+: the loss of row \\d+ of the data is NaN or infinite, .*; likely cause: a learning rate of 0.03 is too high for this "
          + "network; try a tenth of it; the checkpoint before that is (run/checkpoints/step-\\d+\\.safetensors)\\n")
      let match = try #require(ending.errors.wholeMatch(of: words), "\(ending.errors)")
      let epoch = try #require(match[1].substring.flatMap { Int($0) })
      #expect(epoch > 1, "or there would be no checkpoint")
      let file = String(try #require(match[2].substring))
      let bytes = try Data(contentsOf: folder.appendingPathComponent(file))
      let checkpoint = try Safetensors.decode(Array(bytes), file: file, needsChecksum: true)
      #expect(checkpoint.metadata["epoch"] == "\(epoch - 1)")
      #expect(checkpoint.tensors.allSatisfy { $0.values.allSatisfy(\.isFinite) })
    }
  }

  /// Of a checkpoint the weights alone, without Adam's moments.
  @Test func anotherRunCanBeginWithACheckpointsWeights() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=1"), in: folder)
      let settings = set("fit.epochs=1", "seed=7")
      for (name, file) in [("a", "run/model.safetensors"), ("b", "run/checkpoints/step-000000000125.safetensors")] {
        try succeed(["train", "digits.json", "--quiet", "--output", name, "--set", "model.initial_weights=\(file)"] + settings, in: folder)
      }
      let models = try ["a", "b"].map { try TrainedRun(folder: folder.appendingPathComponent($0)).model }
      #expect(models[0] == models[1])
    }
  }

  /// What would make other numbers than the run's so far is refused, and nothing is touched.
  @Test func whatChangedIsSaid() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=3"), in: folder)
      let file = "run/checkpoints/step-000000000375.safetensors"
      let config = "\(file): the config changed, so the run cannot go on"
      for (options, line) in [
        ("--set fit.batch_size=8 --set seed=4", "\(config): fit.batch_size was 32, is 8; seed was 1, is 4; begin a new run instead"),
        (
          "--set model.layers[0].units=24 --set compile.optimizer.learning_rate=0.5",
          "\(config): compile.optimizer.learning_rate was 0.01, is 0.5; model.layers[0].units was 25, is 24; begin a new run instead"
        ),
        ("--set compile.optimizer=sgd", "\(config): compile.optimizer.amsgrad was false, is null"),
        ("--set fit.epochs=2", "\(file): 3 epochs are done, so fit.epochs cannot be 2"),
      ] {
        let before = try contents(of: folder)
        let ending = try lockstep(["train", "run", "--resume"] + options.split(separator: " ").map(String.init), in: folder)
        #expect(ending.status == 65 && ending.errors.hasPrefix("lockstep: \(line)"), "\(ending.errors)")
        #expect(try contents(of: folder) == before)
      }
    }
  }

  /// Other last bits than those of a run that nobody interrupted are not made in silence.
  @Test(.enabled(if: InstructionSet.supported[0].isFused)) func anotherInstructionSetIsSaid() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=1"), in: folder)
      func warnings(_ level: InstructionSet, epochs: Int) throws -> String {
        let ending = try lockstep(
          ["train", "run", "--resume", "--quiet"] + set("fit.epochs=\(epochs)"), in: folder, launcher: ["env", "LOCKSTEP_ISA=\(level.rawValue)"])
        #expect(ending.status == 0)
        return ending.errors
      }
      for level in InstructionSet.supported where level.isFused { #expect(try warnings(level, epochs: 1) == "") }
      let words = "so it does not end with the bits of a run that was never interrupted"
      let change = "the run was begun with fused multiply-add and goes on without fused multiply-add (portable), \(words)"
      #expect(try warnings(.portable, epochs: 2) == "lockstep: warning: run/checkpoints/step-000000000125.safetensors: \(change)\n")
    }
  }

  /// One bit of a pixel, of a label, or of a weight.
  @Test(arguments: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "weights"]) func changedDataAreRefused(_ file: String) throws {
    try withDigitsFolder { folder in
      try succeed(["data", "synth", "--output", "data", "--count", "200"], in: folder)
      try put(idx([200], seededBytes(200, seed: 6)), "data/weights", in: folder)
      let settings = set("fit.epochs=1", "data.source=idx", "data.validation=test")
      try succeed(
        ["train", "digits.json", "--quiet", "--output", "run"] + settings + set("data.path=data", "data.sample_weight=data/weights"), in: folder)
      // The same data elsewhere are the same data.
      try FileManager.default.moveItem(at: folder.appendingPathComponent("data"), to: folder.appendingPathComponent("moved"))
      try succeed(
        ["train", "digits.json", "--quiet", "--resume", "--output", "run"] + settings + set("data.path=moved", "data.sample_weight=moved/weights"), in: folder)
      let place = folder.appendingPathComponent("moved/\(file)")
      var bytes = try Data(contentsOf: place)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: place)
      let ending = try lockstep(["train", "run", "--resume"], in: folder)
      #expect(ending.status == 65)
      let words = "the training data changed, so the run cannot go on: it began with 200 rows of 784, checksum "
      #expect(ending.errors.hasPrefix("lockstep: run/checkpoints/step-000000000007.safetensors: \(words)"), "\(ending.errors)")
    }
  }

  @Test(arguments: [
    Refusal("train digits.json --resume --overwrite --output run", 64, "--resume: goes on with a run, and --overwrite replaces it; choose one"),
    Refusal("train . --resume --output run", 64, "--output: the run directory is given already, as ."),
    Refusal("train . --resume", 65, ".: the folder holds no run (no config.json), so there is nothing to go on with; name another with --output"),
  ])
  func whatCannotBeResumed(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }

  /// One at a time; and the lock goes with its process, however that ends.
  @Test func twoRunsInOneDirectory() throws {
    try withDigitsFolder { folder in
      let script = """
        "$0" train digits.json --quiet --output run --set fit.epochs=1000000 & until ls run/config.json >/dev/null 2>&1; do :; done
        "$@"; status=$?; kill -KILL $!; wait $! 2>/dev/null; exit $status
        """
      for option in ["--resume", "--overwrite"] {
        let ending = try lockstep(
          ["train", "digits.json", "--output", "run", option] + set("fit.epochs=1000000"), in: folder,
          launcher: ["sh", "-c", script, LockstepProcess.binary.path])
        #expect(ending.status == 74)
        let words = "another process is training in it; wait for its end, or name another with --output"
        #expect(ending.errors == "lockstep: run: the run directory cannot be locked: \(words)\n")
        try FileManager.default.removeItem(at: folder.appendingPathComponent("run"))
      }
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=1"), in: folder)
    }
  }
}
