import Foundation
import TestSupport
import Testing

/// The promise: a run's `csv_logger` leaves the same file, whoever interrupted it, on any number of workers; and keeps what was in it where it shall. (What is in it:
/// `LockstepTests/GoldenFitTests`.)
@Suite struct CSVLogTests {
  private static let earlier = "epoch,loss\r\n0,2.5\r\n"

  private static func settings(append: Bool) -> [String] {
    set(
      "fit.epochs=60", "fit.batch_size=64", "fit.checkpoint.every_epochs=7", "fit.callbacks=[{type:'csv_logger',filename:'log.csv',append:\(append)}]")
  }

  /// The log of a run that nobody interrupts, with `earlier` in the file before.
  private static func whole(append: Bool, in folder: URL) throws -> String {
    let log = folder.appendingPathComponent("log.csv")
    try Data(earlier.utf8).write(to: log)
    try succeed(["train", "digits.json", "--quiet", "--output", "whole"] + settings(append: append), in: folder)
    let text = try String(contentsOf: log, encoding: .utf8)
    try Data(earlier.utf8).write(to: log)
    return text
  }

  /// By a signal, or killed: behind a checkpoint, so that it has lines of which no checkpoint knows; or, where lines are added, before the first that has an epoch.
  @Test(arguments: [("TERM", true, "[1-9]"), ("KILL", true, "[1-9]"), ("KILL", true, ""), ("KILL", false, "[1-9]")])
  func anInterruptedRunLeavesTheSame(_ signal: String, _ append: Bool, _ checkpoint: String) throws {
    try withDigitsFolder { folder in
      let whole = try Self.whole(append: append, in: folder)
      #expect(whole.hasPrefix(append ? Self.earlier : "epoch,accuracy,loss,val_accuracy,val_loss\r\n0,"))
      #expect(whole.components(separatedBy: "\r\n").count == 60 + 1 + (append ? 2 : 1))
      let script = "\"$@\" & until ls run/checkpoints/step-*\(checkpoint)*.safetensors >/dev/null 2>&1; do :; done; kill -\(signal) $!; wait $!"
      _ = try lockstep(["train", "digits.json", "--quiet", "--output", "run"] + Self.settings(append: append), in: folder, launcher: shell(script))
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/run/model.safetensors"), "it was interrupted")
      try succeed(["train", "run", "--resume", "--quiet", "--workers", "3"], in: folder)
      #expect(try String(contentsOf: folder.appendingPathComponent("log.csv"), encoding: .utf8) == whole)
      // Again, with nothing left to train.
      try succeed(["train", "run", "--resume", "--quiet"], in: folder)
      #expect(try String(contentsOf: folder.appendingPathComponent("log.csv"), encoding: .utf8) == whole)
    }
  }

  /// As for standard output: what was learned is kept.
  @Test func aFullDisk() throws {
    try withDigitsFolder { folder in
      let callback = "fit.callbacks=[{type:'csv_logger',filename:'/dev/full'}]"
      let ending = try lockstep(["train", "digits.json", "--quiet", "--output", "run"] + set("fit.epochs=2", callback), in: folder)
      #expect(ending.status == 74 && ending.errors == "lockstep: /dev/full: cannot be written: No space left on device\n", "\(ending)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/run/checkpoints") == ["step-000000000125.safetensors"])
    }
  }

  @Test func aFolderThatIsMissing() throws {
    try withDigitsFolder { folder in
      let callback = "fit.callbacks=[{type:'csv_logger',filename:'logs/a.csv'}]"
      let ending = try lockstep(["train", "digits.json", "--quiet"] + set("fit.epochs=2", callback), in: folder)
      #expect(ending.status == 74 && ending.errors == "lockstep: logs/a.csv: cannot be opened: No such file or directory\n", "\(ending)")
    }
  }

  @Test func trialsThatWouldWriteIntoOneFileAreRefused() throws {
    try withDigitsFolder { folder in
      let callback = "fit.callbacks=[{type:'csv_logger',filename:'a.csv'}]"
      let ending = try lockstep(["sweep", "digits.json", "--grid", "fit.batch_size=32,64", "--output", "s"] + set(callback), in: folder)
      let words =
        "fit.callbacks: another trial's csv_logger has the filename 'a.csv'; sweep it, too, or leave the callback out: every trial's folder has its history.jsonl"
      #expect(ending.status == 65 && ending.errors.hasSuffix("\(words)\n"), "\(ending)")
    }
  }
}
