import Foundation
import TestSupport
import Testing

/// The promise: a sweep goes on where it was interrupted, and ends with what it would have ended with.
@Suite struct SweepRestartTests {
  private static let command =
    ["sweep", "digits.json", "--quiet", "--output", "s", "--grid", "seed=1,2,3"]
    + set("fit.epochs=120", "fit.batch_size=64", "fit.checkpoint.every_epochs=7")

  /// Starts the sweep in the background, waits for the first trial's first checkpoint, and then does `action`. `$sweep` is its process, `$children` are its trials'.
  private static func interrupted(_ action: String, in folder: URL, _ command: [String] = command) throws -> Ending {
    let script = """
      env --default-signal=INT "$@" & sweep=$!; until ls s/trial-0001/checkpoints/step-* >/dev/null 2>&1 || ! kill -0 $sweep; do :; done
      children=$(cat /proc/$sweep/task/$sweep/children); \(action)
      """
    return try lockstep(command, in: folder, launcher: shell(script))
  }

  /// Goes on with the sweep, to its end. A trial that was killed before its first checkpoint says that it begins again.
  private static func goOn(_ command: [String], in folder: URL) throws {
    let ending = try lockstep(command, in: folder)
    #expect(ending.status == 0, "\(ending)")
    #expect(ending.errors.split(separator: "\n").allSatisfy { $0.hasSuffix(" has no checkpoint; the run begins at its first step again") }, "\(ending.errors)")
  }

  private static func expectAsTrainedAlone(in folder: URL) throws {
    let sweep = FinishedSweep(folder: folder.appendingPathComponent("s"))
    for seed in 1...3 {
      let alone = try train("configs/digits.json", set("fit.epochs=120", "fit.batch_size=64", "seed=\(seed)"), into: folder)
      #expect(try sweep.trial(seed).bits == alone.bits)
    }
    #expect(try sweep.results.map { $0["status"] as? String } == ["done", "done", "done"])
  }

  /// `kill -9` of the sweep takes its trials along.
  @Test func killed() throws {
    try withDigitsFolder { folder in
      // The lock of its directory is free when the trial is gone.
      let ending = try Self.interrupted("kill -9 $sweep; wait $sweep; flock s/trial-0001 true; echo $children", in: folder)
      #expect(ending.output.contains(/\d/), "there were trials under way")
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      #expect(!names.contains("s/trial-0001/model.safetensors"), "the trial went on without the sweep")
      try Self.goOn(Self.command, in: folder)
      try Self.expectAsTrainedAlone(in: folder)
    }
  }

  @Test(arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)]) func aSignalReachesTheTrials(_ signal: String, _ status: Int32) throws {
    try withDigitsFolder { folder in
      let ending = try Self.interrupted("kill -\(signal) $sweep; wait $sweep", in: folder)
      #expect(ending.status == status && !ending.isCrash, "\(ending)")
      #expect(ending.errors == "lockstep: interrupted with 0 of 3 trials done; go on with: lockstep sweep s\n", "\(ending.errors)")
      let log = try FinishedSweep(folder: folder.appendingPathComponent("s")).text("trial-0001.log")
      #expect(log.contains("lockstep: interrupted after ") && log.contains("; saved in s/trial-0001/checkpoints/step-"), "\(log)")
      // As the line says, from a config that may be gone.
      try FileManager.default.removeItem(at: folder.appendingPathComponent("digits.json"))
      try Self.goOn(["sweep", "s", "--quiet"], in: folder)
      try Self.expectAsTrainedAlone(in: folder)
      #expect(try !FileManager.default.contentsOfDirectory(atPath: folder.path + "/s").contains("trial-0001.log"))
    }
  }

  /// A batch system tells every process of a job to end: trials hear it from their sweep alone, so that it counts once.
  @Test func trialsHearTheirSweepAlone() throws {
    try withDigitsFolder { folder in
      let ending = try Self.interrupted("kill -TERM $children; kill -HUP $children; wait $sweep", in: folder)
      #expect(ending.status == 0 && ending.errors == "", "\(ending)")
      try Self.expectAsTrainedAlone(in: folder)
    }
  }

  /// Also trials that have hardly begun, and would not know yet what to save, are interrupted and have not failed.
  @Test func aSignalAtOnce() throws {
    try withDigitsFolder { folder in
      let script = """
        env --default-signal=INT "$@" & until [ -n "$(cat /proc/$!/task/$!/children)" ]; do :; done; kill -INT $!; wait $!
        """
      let ending = try lockstep(Self.command, in: folder, launcher: shell(script))
      #expect(ending.status == 130 && ending.errors == "lockstep: interrupted with 0 of 3 trials done; go on with: lockstep sweep s\n", "\(ending)")
      #expect(try FinishedSweep(folder: folder.appendingPathComponent("s")).results.isEmpty)
    }
  }

  /// The reader of the lines goes away: status 74, and the sweep goes on another time.
  @Test func aClosedPipe() throws {
    try withDigitsFolder { folder in
      let command = Self.command.filter { $0 != "--quiet" }
      let ending = try lockstep(command, in: folder, launcher: shell("{ \"$@\"; echo $? >status; } | head -n 2 >/dev/null"))
      #expect(ending.errors == "lockstep: standard output: Broken pipe\n")
      #expect(try String(contentsOf: folder.appendingPathComponent("status"), encoding: .utf8) == "74\n")
      try Self.goOn(Self.command, in: folder)
      try Self.expectAsTrainedAlone(in: folder)
    }
  }

  /// A trial that is killed is one that failed; the others go on.
  @Test func aKilledTrial() throws {
    try withDigitsFolder { folder in
      let ending = try Self.interrupted("kill -9 ${children%% *}; wait $sweep", in: folder)
      #expect(ending.status == 70)
      let line = "lockstep: trial-0001 failed (killed by signal 9 (Killed)); the same command, or lockstep sweep s, tries again\n"
      #expect(ending.errors == line)
      try Self.goOn(Self.command, in: folder)
      try Self.expectAsTrainedAlone(in: folder)
    }
  }

  @Test func twoSweepsInOneFolder() throws {
    try withDigitsFolder { folder in
      let action = "\"$@\"; echo $?; kill -9 $sweep; wait $sweep; true"
      let ending = try Self.interrupted(action, in: folder)
      #expect(ending.output == "74\n")
      let words = "another process is sweeping in it; wait for its end, or name another with --output"
      #expect(ending.errors.hasPrefix("lockstep: s: the sweep's folder cannot be locked: \(words)\n"))
    }
  }

  @Test(arguments: [
    (["--grid", "seed=1,3"], [], "seed was 1,2, is 1,3"),
    (["--grid", "seed=1"], [], "seed was 1,2, is 1"),
    (["--grid", "fit.batch_size=32,64"], [], "seed was swept, and is not; fit.batch_size was not swept, and is"),
    (["--grid", "seed=1,2"], set("fit.epochs=2"), "fit.epochs was 1, is 2"),
    (["--grid", "seed=1,2"], set("model.layers[0].units=7", "fit.shuffle=false"), "fit.shuffle was true, is false; model.layers[0].units was 25, is 7"),
  ]) func aChangedPlanIsRefused(_ grid: [String], _ settings: [String], _ words: String) throws {
    try withDigitsFolder { folder in
      try succeed(["sweep", "digits.json", "--quiet", "--output", "s", "--grid", "seed=1,2", "--set", "fit.epochs=1"], in: folder)
      try Refusal(
        ["sweep", "digits.json", "--output", "s"] + grid + ["--set", "fit.epochs=1"] + settings, 65,
        "s/sweep.json: the sweep changed, so it cannot go on: \(words); begin a new sweep instead, with another --output"
      ).expect(in: folder)
      // Which machine it goes on is no change.
      try succeed(["sweep", "digits.json", "--quiet", "--output", "s", "--grid", "seed=1,2"] + set("fit.epochs=1", "engine.balance=even"), in: folder)
    }
  }

  /// What is wrong with one trial is said before another one begins.
  @Test(arguments: [
    Refusal(
      "sweep digits.json --grid fit.batch_size=32,0 --grid seed=1", 65,
      "trial-0002 (fit.batch_size=0, seed=1): --set fit.batch_size=0: expected at least 1, found 0"),
    Refusal(
      "sweep digits.json --grid compile.loss.from_logits=true,false --grid model.layers[2].activation=linear", 65,
      "trial-0002 (compile.loss.from_logits=false, model.layers[2].activation=linear): digits.json: compile.loss.from_logits: the last layer's 'linear' gives no "
        + "probabilities; set this to true, or that to 'softmax'"),
    Refusal("sweep digits.json --grid fit.epoch=1,2", 65, "trial-0001 (fit.epoch=1): --set fit.epoch=1: unknown key; did you mean 'epochs'?"),
    Refusal("sweep digits.json --grid seed=1,2 --set fit.epochs=0", 65, "--set fit.epochs=0: expected at least 1, found 0"),
    Refusal(
      "sweep digits.json --grid seed=1,2 --monitor val_acc", 64,
      "trial-0001 (seed=1): --monitor val_acc: unknown figure 'val_acc'; did you mean 'val_accuracy'? this run has loss, accuracy, val_loss, val_accuracy"),
    Refusal(
      "sweep digits.json --grid seed=1,2 --set engine.workers=2", 64,
      "--set engine.workers=2: workers and cores are the sweep's own to give, and change no result; see --workers-per-run"),
    Refusal("sweep nowhere.json --grid seed=1,2", 66, "nowhere.json: no such config file"),
    Refusal("sweep digits.json --grid seed=1,2 --output .", 73, ".: the folder holds no sweep (no sweep.json) and is not empty; name another with --output"),
    Refusal("sweep . --quiet", 66, "./sweep.json: no such file; expected the folder of a sweep"),
  ]) func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }

  @Test func aDamagedPlan() throws {
    try withDigitsFolder { folder in
      try succeed(["sweep", "digits.json", "--quiet", "--output", "s", "--random", "seed=int:1..99", "--trials", "1", "--set", "fit.epochs=1"], in: folder)
      let plan = folder.appendingPathComponent("s/sweep.json")
      let text = try String(contentsOf: plan, encoding: .utf8)
      for (change, words) in [
        (text.replacing("{", with: "["), "expected the plan of a sweep as Lockstep writes it"), ("", "expected the plan of a sweep as Lockstep writes it"),
        (text.replacing("\"seed\" : 1", with: "\"seed\" : 2"), "trials: not those of the keys and the seed; another version planned them"),
        (text.replacing("int:1..99", with: "int:99"), "--random seed=int:99: expected two whole numbers, the lower first, such as int:16..128"),
      ] {
        try Data(change.utf8).write(to: plan)
        try Refusal("sweep s", 65, "s/sweep.json: \(words)").expect(in: folder)
      }
    }
  }

  /// A folder that only looks like a trial's is not taken for it.
  @Test func anotherRunInATrialsPlace() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "other"] + set("fit.epochs=1", "seed=5"), in: folder)
      let command = ["sweep", "digits.json", "--quiet", "--output", "s", "--grid", "seed=1", "--set", "fit.epochs=1"]
      try succeed(command, in: folder)
      try FileManager.default.removeItem(at: folder.appendingPathComponent("s/trial-0001"))
      try FileManager.default.moveItem(at: folder.appendingPathComponent("other"), to: folder.appendingPathComponent("s/trial-0001"))
      let words = "the run is not of this trial's config: seed was 5, is 1; move it elsewhere to train the trial anew"
      try Refusal(command, 65, "s/trial-0001: \(words)").expect(in: folder)
    }
  }
}
