import Foundation
import TestSupport
import Testing

/// The promise: what cannot be written ends with status 74 and the system's words, never with a signal; and no run is replaced unless asked.
@Suite struct OutputErrorTests {
  @Test(arguments: [
    Refusal("train digits.json --output digits.json/run", 74, "digits.json/run: cannot make the run directory: Not a directory"),
    Refusal("train digits.json --output digits.json", 74, "digits.json: cannot make the run directory: Not a directory"),
    Refusal("train digits.json --output /proc/lockstep", 74, "/proc/lockstep: cannot make the run directory: No such file or directory"),
  ])
  func noPlaceForTheRun(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0, mayPrint: true) }
  }

  @Test func anEarlierRunIsReplacedOnlyWhenAsked() throws {
    try withDigitsFolder { folder in
      let command = ["train", "digits.json", "--quiet", "--output", "run"]
      try succeed(command + set("fit.epochs=2"), in: folder)
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      let first = try run.bits
      let line = "run: the run directory exists and is not empty; name another with --output, go on with it by --resume, or add --overwrite to replace it"
      try Refusal("train digits.json --output run", 73, line).expect(in: folder)
      // A mistake beside --overwrite replaces nothing.
      try Refusal(
        "train digits.json --output run --overwrite --set data.classes=[1,12]", 65,
        "data.classes: class 12 has no rows; the data has 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
      ).expect(in: folder)
      try succeed(command + ["--overwrite"] + set("fit.epochs=1"), in: folder)
      #expect(try run.history.count == 1, "the new history alone")
      #expect(try run.model != first.model)
    }
  }

  /// Config, history and model of the new run, with nothing left of the earlier one and nothing beside them.
  @Test func whatReplacesARunIsWhole() throws {
    try withDigitsFolder { folder in
      let command = ["train", "digits.json", "--quiet"]
      let settings = set("fit.epochs=2", "model.layers[0].units=5", "seed=3")
      try succeed(command + ["--output", "run"] + set("fit.epochs=3"), in: folder)
      try succeed(command + ["--output", "run", "--overwrite"] + settings, in: folder)
      try succeed(command + ["--output", "fresh"] + settings, in: folder)
      let (run, fresh) = (TrainedRun(folder: folder.appendingPathComponent("run")), TrainedRun(folder: folder.appendingPathComponent("fresh")))
      #expect(try run.bits == fresh.bits)
      #expect(try run.config == fresh.config)
      let files = ["checkpoints", "config.json", "history.jsonl", "machine.json", "model.safetensors"]
      #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder.path).sorted() == files)
      #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder.path + "/checkpoints") == ["step-000000000250.safetensors"])
    }
  }

  /// `ulimit -f` lets no file grow to the size of the config, of 40 epochs' history, of the model; the last script ends the run in its middle, with a
  /// signal that nobody can catch.
  @Test(arguments: [
    ("exec \"$@\" >/dev/full", 1, 74), ("ulimit -f 1; exec \"$@\"", 1, 74), ("ulimit -f 4; exec \"$@\"", 40, 74), ("ulimit -f 16; exec \"$@\"", 1, 74),
    ("\"$@\" >log & until [ -s log ]; do :; done; kill -KILL $!; wait $!; status=$?; rm log; exit $status", 1_000_000, 137),
  ])
  func aRunThatFailsLeavesTheEarlierOne(_ script: String, _ epochs: Int, _ status: Int32) throws {
    try withDigitsFolder { folder in
      let command = ["train", "digits.json", "--output", "run"]
      try succeed(command + ["--quiet"] + set("fit.epochs=2"), in: folder)
      let before = try contents(of: folder)
      let options = ["--overwrite", "--json"] + set("fit.epochs=\(epochs)", "fit.batch_size=1000", "seed=3")
      let ending = try lockstep(command + options, in: folder, launcher: shell(script))
      #expect(ending.status == status && !ending.isCrash, "\(ending.errors)")
      #expect(try contents(of: folder).filter { !$0.key.hasPrefix("run/replacement") } == before)
    }
  }

  /// A replacement that was interrupted is what `--resume` goes on with, and it takes the earlier run's place as if nothing had happened.
  @Test func aReplacementGoesOnWhereItWasInterrupted() throws {
    try withDigitsFolder { folder in
      let command = ["train", "digits.json", "--quiet"]
      let settings = set("seed=3", "fit.epochs=40", "fit.checkpoint.every_epochs=1")
      try succeed(command + ["--output", "run"] + set("fit.epochs=2"), in: folder)
      try succeed(command + ["--output", "fresh"] + settings, in: folder)
      // Ended by the first line that nobody reads, which is written once there is a checkpoint.
      let full = try lockstep(
        ["train", "digits.json", "--json", "--output", "run", "--overwrite"] + settings, in: folder, launcher: shell("exec \"$@\" >/dev/full"))
      #expect(full.status == 74)
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      #expect(try run.history.count == 2, "the earlier one")
      let resumed = try lockstep(command + ["--output", "run", "--resume"] + settings, in: folder)
      #expect(resumed.status == 0)
      let words = "run/replacement goes on, which is to replace run; to go on with run itself, remove that folder"
      #expect(resumed.errors == "lockstep: warning: \(words)\n")
      #expect(try run.bits == TrainedRun(folder: folder.appendingPathComponent("fresh")).bits)
      #expect(try !FileManager.default.contentsOfDirectory(atPath: run.folder.path).contains("replacement"))
    }
  }

  @Test func aFolderThatHoldsNoRunIsLeftAlone() throws {
    try withDigitsFolder { folder in
      let diary = folder.appendingPathComponent("diary")
      try FileManager.default.createDirectory(at: diary, withIntermediateDirectories: false)
      try put([1, 2, 3], "monday", in: diary)
      let line = "diary: the folder holds no run (no config.json), so --overwrite leaves it alone; name another with --output"
      try Refusal("train digits.json --output diary --overwrite", 73, line).expect(in: folder)
    }
  }

  /// `head` takes a line and goes; what writes on ends by SIGPIPE, as other programs do, and says nothing.
  @Test func aReaderThatGoesAway() throws {
    try withTemporaryFolder { folder in
      let pipe = ["bash", "-c", "\"$@\" | head -n 1; exit ${PIPESTATUS[0]}", "bash"]
      let ending = try lockstep(["config", "schema"], in: folder, launcher: pipe)
      #expect(ending.status == 128 + SIGPIPE && ending.errors == "" && ending.output == "{\n")
      try Refusal("topology", 74, "standard output: Bad file descriptor", launcher: shell("exec \"$@\" >&-")).expect(in: folder)
    }
  }

  @Test func anEmptyFolderIsTaken() throws {
    try withDigitsFolder { folder in
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("run"), withIntermediateDirectories: false)
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=1"), in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("run")).history.count == 1)
    }
  }

  /// A limit on the size of files stands in for a full disk, at each of the files of a run. `ulimit -f` counts in 512 bytes.
  @Test(arguments: [
    (1, 1, ["run/config.json: cannot be written: File too large"], [] as [String]),
    (
      8, 40,
      [
        "warning: run/history.jsonl: cannot be written: File too large; the run goes on, and its history is written at its end",
        "run/model.safetensors: cannot be written: File too large",
      ], ["config.json", "history.jsonl", "machine.json"]
    ),
    (
      16, 1,
      ["run/model.safetensors: cannot be written: File too large"], ["config.json", "history.jsonl", "machine.json"]
    ),
    (
      170, 1,
      ["warning: no checkpoint of the end: run/checkpoints/step-000000000004.safetensors: cannot be written: File too large"],
      ["checkpoints", "config.json", "history.jsonl", "machine.json", "model.safetensors"]
    ),
  ])
  func aFullDisk(_ blocks: Int, _ epochs: Int, _ lines: [String], _ files: [String]) throws {
    try withDigitsFolder { folder in
      let ending = try lockstep(
        ["train", "digits.json", "--output", "run"] + set("fit.epochs=\(epochs)", "fit.batch_size=1000"), in: folder,
        launcher: shell("ulimit -f \(blocks); exec \"$@\""))
      #expect(!ending.isCrash, "killed by signal \(ending.status)")
      #expect(ending.status == (files.contains("model.safetensors") ? 0 : 74))
      #expect(ending.errors == lines.map { "lockstep: \($0)\n" }.joined())
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      let left = try FileManager.default.contentsOfDirectory(atPath: run.folder.path).sorted()
      #expect(left == files, "no temporary file")
      if files.contains("history.jsonl") { #expect(try !run.history.isEmpty, "whole lines only") }
    }
  }

  @Test(arguments: [
    Refusal("train digits.json", 74, "standard output: No space left on device"),
    Refusal("train digits.json --json", 74, "standard output: No space left on device"),
    Refusal("evaluate digits.json", 74, "standard output: No space left on device"),
    Refusal("topology", 74, "standard output: No space left on device"),
    Refusal("--help", 74, "standard output: No space left on device"),
  ])
  func standardOutputIsFull(_ refusal: Refusal) throws {
    try withDigitsFolder { folder in
      let ending = try lockstep(refusal.arguments, in: folder, launcher: shell("exec \"$@\" >/dev/full"))
      #expect(!ending.isCrash, "killed by signal \(ending.status)")
      #expect(ending.status == refusal.status)
      #expect(ending.errors == "lockstep: \(refusal.line)\n")
    }
  }

  /// The introduction still fits, the lines of the epochs do not: `log` is filled up to 600 bytes below a limit of 64 KiB.
  @Test func standardOutputFillsUpOnTheWay() throws {
    try withDigitsFolder { folder in
      let limit = 128 * 512
      try put([UInt8](repeating: 10, count: limit - 600), "log", in: folder)
      let ending = try lockstep(
        ["train", "digits.json", "--output", "run"] + set("fit.batch_size=1000", "model.layers[0].units=2"), in: folder,
        launcher: shell("ulimit -f 128; exec \"$@\" >>log"))
      #expect(!ending.isCrash, "killed by signal \(ending.status)")
      #expect(ending.status == 74)
      #expect(ending.errors == "lockstep: standard output: File too large\n")
      #expect(try Data(contentsOf: folder.appendingPathComponent("log")).count == limit)
    }
  }

  @Test func predictionsThatCannotBeWritten() throws {
    try withTemporaryFolder { folder in
      let run = try train("Tests/Golden/sparse-logits-sgd/config.json", into: folder)
      let images = GoldenTests.folder.appendingPathComponent("data/train-images-idx3-ubyte.gz").path
      let line = "missing/answers.csv: cannot be written: No such file or directory"
      try Refusal(["predict", run.folder.path, "--input", images, "--output", "missing/answers.csv"], 74, line).expect(in: folder)
    }
  }
}
