import Foundation
import TestSupport
import Testing

/// The promise: the files of a `tensorboard` callback are there with the first epoch, change nothing that is learned, and where they cannot be written what was learned is
/// kept. (What is in them: `Tests/Interop/test_tensorboard.py`.)
@Suite struct TensorBoardTests {
  private static func callback(_ folder: String, _ frequency: Int = 1) -> String {
    "fit.callbacks=[{type:'tensorboard',log_dir:'\(folder)',histogram_freq:\(frequency)}]"
  }

  private static func events(_ folder: URL) throws -> [Data] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      #expect(name.contains(/^events\.out\.tfevents\.\d{10}\..+\.\d+\.0\.v2$/), "\(name)")
      return try Data(contentsOf: folder.appendingPathComponent(name))
    }
  }

  @Test func aRunLearnsTheSame() throws {
    try withTemporaryFolder { folder in
      let logs = folder.appendingPathComponent("logs")
      let plain = try train("configs/digits.json", set("fit.epochs=3"), into: folder)
      let logged = try train("configs/digits.json", set("fit.epochs=3", Self.callback(logs.path)) + ["--workers", "3"], into: folder)
      #expect(try plain.bits == logged.bits)
      #expect(try FileManager.default.contentsOfDirectory(atPath: logs.path).sorted() == ["train", "validation"])
      let files = try ["train", "validation"].flatMap { try Self.events(logs.appendingPathComponent($0)) }
      #expect(files.count == 2 && files.allSatisfy { $0.count > 5_000 })
      // The length of the first record, 24 bytes: a time and the version.
      for file in files { #expect(file.prefix(8) == Data([24, 0, 0, 0, 0, 0, 0, 0]) && file[12..<36].suffix(13) == Data("brain.Event:2".utf8)) }
    }
  }

  @Test func aFileThatCannotGrow() throws {
    try withDigitsFolder { folder in
      let settings = set("fit.epochs=100", Self.callback("logs"))
      let ending = try lockstep(
        ["train", "digits.json", "--quiet", "--output", "run"] + settings, in: folder, launcher: shell("ulimit -f 600; \"$@\""))
      #expect(
        ending.status == 74 && ending.errors.contains(/^lockstep: logs\/(train|validation)\/events\.[^:]+: cannot be written: File too large\n$/), "\(ending)")
      #expect(!(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/run/checkpoints").isEmpty))
      let lines = try TrainedRun(folder: folder.appendingPathComponent("run")).historyLines
      // The checkpoint is that of the epoch that could not be written.
      try succeed(["train", "run", "--resume", "--quiet", "--set", "fit.epochs=\(lines.count)"], in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("run")).historyLines == lines)
    }
  }

  @Test func aFolderThatIsAFile() throws {
    try withDigitsFolder { folder in
      let ending = try lockstep(["train", "digits.json", "--quiet"] + set(Self.callback("digits.json")), in: folder)
      #expect(
        ending.status == 74 && ending.errors == "lockstep: digits.json/train: cannot make the folder of a tensorboard callback: Not a directory\n", "\(ending)")
    }
  }

  @Test func trialsThatWouldWriteIntoOneFolderAreRefused() throws {
    try withDigitsFolder { folder in
      let ending = try lockstep(["sweep", "digits.json", "--grid", "fit.batch_size=32,64", "--output", "s"] + set(Self.callback("logs")), in: folder)
      let words =
        "fit.callbacks: another trial's tensorboard has the log_dir 'logs'; sweep it, too, or leave the callback out: every trial's folder has its history.jsonl"
      #expect(ending.status == 65 && ending.errors.hasSuffix("\(words)\n"), "\(ending)")
    }
  }
}
