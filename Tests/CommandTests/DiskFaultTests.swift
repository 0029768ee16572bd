import Foundation
import TestSupport
import Testing

/// The promise: whatever the disk does, the run says so, what was saved before stays whole, and only a result that cannot be saved ends it with status 74.
@Suite struct DiskFaultTests {
  private static let settings = set("fit.epochs=30", "fit.checkpoint.every_epochs=5")

  /// Runs `lockstep` with a library before the C library's that fails one call in what is `path` with `error`, from the `first`-th such call to the `last`-th.
  private static func failing(
    _ call: String, _ error: Int32, on path: String, _ first: Int, _ last: Int, _ arguments: [String], in folder: URL
  ) throws -> Ending {
    let library = folder.appendingPathComponent("fault.so").path
    let source = PackageFiles.root.appendingPathComponent("Tests/CommandTests/Fixtures/fault.c").path
    let build = ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]
    let compiler = try #require(["clang", "cc", "gcc"].first(where: isInstalled), "a C compiler")
    let made = try LockstepProcess.run([compiler] + build, in: folder, sourceLocation: #_sourceLocation)
    try #require(made.status == 0, "\(made.errors)")
    let fault = "FAULT_CALL=\(call) FAULT_ERROR=\(error) FAULT_PATH=\(path) FAULT_FIRST=\(first) FAULT_LAST=\(last) LD_PRELOAD=\(library)"
    return try lockstep(arguments, in: folder, launcher: ["env"] + fault.split(separator: " ").map(String.init))
  }

  private static let whole = ["train", "digits.json", "--quiet", "--output", "whole"] + settings

  /// A checkpoint in the middle fails at each of its calls; the run warns and goes on, and ends as if nothing had been.
  @Test(arguments: [
    ("write", ENOSPC, "No space left on device"), ("write", EIO, "Input/output error"), ("fsync", EIO, "Input/output error"),
    ("rename", EIO, "Input/output error"), ("rename", EROFS, "Read-only file system"), ("open", EMFILE, "Too many open files"),
  ])
  func aCheckpointThatFails(_ call: String, _ error: Int32, _ words: String) throws {
    try withDigitsFolder { folder in
      try succeed(Self.whole, in: folder)
      let ending = try Self.failing(
        call, error, on: "run/checkpoints/", 2, 2, ["train", "digits.json", "--quiet", "--output", "run"] + Self.settings, in: folder)
      #expect(ending.status == 0)
      let line = try Regex("lockstep: warning: no checkpoint: run/checkpoints/step-\\d+.safetensors: cannot be written: \(words); the run goes on\n")
      #expect(ending.errors.wholeMatch(of: line) != nil, "\(ending.errors)")
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      #expect(try run.bits == TrainedRun(folder: folder.appendingPathComponent("whole")).bits)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: run.folder.path + "/checkpoints").allSatisfy { $0.hasPrefix("step-") }, "nothing half-written")
    }
  }

  /// Every checkpoint from the second on fails, and so does the model: status 74, and the first one is there to go on from.
  ///
  /// Before its first call for a second checkpoint, the run has written its config, its machine, five lines of history and a checkpoint, and
  /// synced three files and folders.
  @Test(arguments: [("write", 9), ("fsync", 7), ("rename", 4)]) func aResultThatCannotBeSaved(_ call: String, _ first: Int) throws {
    try withDigitsFolder { folder in
      try succeed(Self.whole, in: folder)
      let ending = try Self.failing(
        call, EIO, on: "run/", first, 1_000_000, ["train", "digits.json", "--quiet", "--output", "run"] + Self.settings, in: folder)
      #expect(ending.status == 74)
      #expect(ending.errors.hasSuffix("lockstep: run/model.safetensors: cannot be written: Input/output error\n"), "\(ending.errors)")
      let run = TrainedRun(folder: folder.appendingPathComponent("run"))
      let files = try FileManager.default.subpathsOfDirectory(atPath: run.folder.path)
      #expect(files.contains { $0.hasPrefix("checkpoints/step-") } && !files.contains { $0.contains("lockstep-") }, "\(files)")
      try succeed(["train", "run", "--resume", "--quiet"], in: folder)
      #expect(try run.bits == TrainedRun(folder: folder.appendingPathComponent("whole")).bits)
    }
  }

  /// A checkpoint that cannot be read now is none that is damaged: nothing is renamed, nothing begins anew.
  @Test func aCheckpointThatCannotBeRead() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=2"), in: folder)
      let before = try contents(of: folder).filter { $0.key.hasPrefix("run") }
      let ending = try Self.failing("openread", EMFILE, on: "run/checkpoints/", 1, 1_000_000, ["train", "run", "--resume"] + set("fit.epochs=3"), in: folder)
      #expect(ending.status == 74)
      #expect(ending.errors == "lockstep: run/checkpoints/step-000000000250.safetensors: Too many open files\n")
      #expect(try contents(of: folder).filter { $0.key.hasPrefix("run") } == before)
    }
  }

  /// A sweep's results that cannot be written when a trial ends are written at its end; or it ends with status 74, and goes on another time.
  @Test func theResultsOfASweep() throws {
    try withDigitsFolder { folder in
      let sweep = ["sweep", "digits.json", "--quiet", "--grid", "seed=1,2", "--set", "fit.epochs=2", "--workers-per-run", "1", "--output"]
      try succeed(sweep + ["whole"], in: folder)
      let whole = try FinishedSweep(folder: folder.appendingPathComponent("whole")).bits
      let once = try Self.failing("rename", EIO, on: "one/results", 1, 1, sweep + ["one"], in: folder)
      #expect(once.status == 0, "\(once)")
      #expect(
        once.errors == "lockstep: warning: one/results.csv: cannot be written: Input/output error; the sweep goes on, and writes its results at its end\n")
      #expect(try FinishedSweep(folder: folder.appendingPathComponent("one")).bits == whole)
      let never = try Self.failing("rename", EIO, on: "never/results", 1, 1_000_000, sweep + ["never"], in: folder)
      #expect(never.status == 74)
      #expect(never.errors.hasSuffix("\nlockstep: never/results.csv: cannot be written: Input/output error\n"), "\(never.errors)")
      try succeed(sweep + ["never"], in: folder)
      #expect(try FinishedSweep(folder: folder.appendingPathComponent("never")).bits == whole)
    }
  }

  /// A run that replaces another one, killed before each of the names that it takes at its end.
  @Test(arguments: ["model.safetensors", "history.jsonl", "machine.json", "config.json", "checkpoints"]) func killedInTheMiddleOfReplacing(_ name: String)
    throws
  {
    try withDigitsFolder { folder in
      let settings = set("seed=3", "fit.epochs=3")
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=2"), in: folder)
      try succeed(["train", "digits.json", "--quiet", "--output", "fresh"] + settings, in: folder)
      let kill: Int32 = 0
      let ending = try Self.failing(
        "rename", kill, on: "run/\(name)", 1, 1, ["train", "digits.json", "--quiet", "--output", "run", "--overwrite"] + settings, in: folder)
      #expect(ending.status == 137 || ending.status == SIGKILL, "\(ending)")
      #expect(try lockstep(["train", "run", "--resume", "--quiet"] + settings, in: folder).status == 0)
      let (run, fresh) = (TrainedRun(folder: folder.appendingPathComponent("run")), TrainedRun(folder: folder.appendingPathComponent("fresh")))
      #expect(try run.bits == fresh.bits)
      #expect(try run.config == fresh.config)
      for place in ["", "/checkpoints"] {
        let files = try [run, fresh].map { try FileManager.default.contentsOfDirectory(atPath: $0.folder.path + place).sorted() }
        #expect(files[0] == files[1])
      }
    }
  }

  /// A run that is to replace another one and gets no further than its folder: what an earlier attempt left there is not taken for its checkpoints, and the earlier
  /// run goes on with its own.
  @Test func leftoversOfAReplacementAreNoRun() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=2"), in: folder)
      let attempt = folder.appendingPathComponent("run/replacement/checkpoints")
      try FileManager.default.createDirectory(at: attempt, withIntermediateDirectories: true)
      for name in ["step-000000000125.safetensors", "step-000000000250.safetensors.damaged"] { try put([1, 2, 3], name, in: attempt) }
      try put(Array("{}".utf8), "config.json", in: attempt.deletingLastPathComponent())
      let ending = try Self.failing(
        "open", ENOSPC, on: "run/replacement/.lockstep", 1, 1, ["train", "digits.json", "--quiet", "--output", "run", "--overwrite"] + set("seed=3"), in: folder
      )
      #expect(ending.status == 74, "\(ending)")
      try succeed(["train", "run", "--resume", "--quiet"] + set("fit.epochs=3"), in: folder)
      try succeed(["train", "digits.json", "--quiet", "--output", "whole"] + set("fit.epochs=3"), in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("run")).bits == TrainedRun(folder: folder.appendingPathComponent("whole")).bits)
    }
  }

  /// A file system of 300 kB, which has room for one checkpoint of 247 kB, and not for the next beside it.
  @Test(.enabled(if: canMount)) func aSmallFileSystem() throws {
    try withDigitsFolder { folder in
      try succeed(Self.whole, in: folder)
      let script = "mkdir small && mount -t tmpfs -o size=300k none small && { \"$@\"; status=$?; cp -r small/run kept; umount small; exit $status; }"
      let ending = try lockstep(
        ["train", "digits.json", "--quiet", "--output", "small/run"] + Self.settings, in: folder, launcher: ["unshare", "-m"] + shell(script))
      #expect(ending.status == 74)
      let warnings = ending.errors.split(separator: "\n")
      #expect(warnings.dropLast().allSatisfy { $0.hasPrefix("lockstep: warning: no checkpoint: small/run/checkpoints/step-") && $0.contains("No space left") })
      #expect(warnings.last == "lockstep: small/run/model.safetensors: cannot be written: No space left on device", "\(ending.errors)")
      try succeed(["train", "kept", "--resume", "--quiet"], in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("kept")).bits == TrainedRun(folder: folder.appendingPathComponent("whole")).bits)
    }
  }

  /// A mount that turns read-only under the run.
  @Test(.enabled(if: canMount)) func aFileSystemThatTurnsReadOnly() throws {
    try withDigitsFolder { folder in
      let script = """
        mkdir small && mount -t tmpfs -o size=20m none small
        "$@" & until ls small/run/checkpoints/step-* >/dev/null 2>&1; do :; done
        until mount -o remount,ro small 2>/dev/null; do :; done; wait $!; status=$?; ls small/run/checkpoints; exit $status
        """
      let ending = try lockstep(
        ["train", "digits.json", "--quiet", "--output", "small/run"] + set("fit.epochs=300", "fit.checkpoint.every_epochs=5"), in: folder,
        launcher: ["unshare", "-m"] + shell(script))
      #expect(ending.status == 74)
      #expect(ending.errors.hasSuffix("cannot be written: Read-only file system\n"), "\(ending.errors)")
      #expect(ending.output.contains("step-"), "what was saved is there")
    }
  }

  /// Somebody removes the run directory.
  @Test func aFolderThatVanishes() throws {
    try withDigitsFolder { folder in
      let script = "\"$@\" & until ls run/checkpoints/step-* >/dev/null 2>&1; do :; done; while [ -e run ]; do rm -rf run; done 2>/dev/null; wait $!"
      let ending = try lockstep(
        ["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=300", "fit.checkpoint.every_epochs=5"), in: folder, launcher: shell(script))
      #expect(ending.status == 74)
      #expect(ending.errors.hasSuffix("cannot be written: No such file or directory\n"), "\(ending.errors)")
      #expect(ending.errors.contains("lockstep: warning: no checkpoint: run/checkpoints"), "\(ending.errors)")
    }
  }

  /// A link where the folder of checkpoints should be could lead anywhere.
  @Test func aLinkInTheFoldersPlace() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=2"), in: folder)
      try FileManager.default.removeItem(at: folder.appendingPathComponent("run/checkpoints"))
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("elsewhere"), withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/run/checkpoints", withDestinationPath: "../elsewhere")
      let ending = try lockstep(["train", "run", "--resume", "--quiet"] + set("fit.epochs=4", "fit.checkpoint.every_epochs=4"), in: folder)
      let words = "run/checkpoints: is no folder; expected one of Lockstep's own, not a file or a link"
      let lines = [
        "run has no checkpoint; the run begins at its first step again", "no checkpoint: \(words); the run goes on", "no checkpoint of the end: \(words)",
      ]
      #expect(ending.errors == lines.map { "lockstep: warning: \($0)\n" }.joined())
      #expect(ending.status == 0, "the model is saved")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/elsewhere").isEmpty)
    }
  }
}

/// Whether this process may mount a file system in a namespace of its own.
private let canMount: Bool = {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}()
