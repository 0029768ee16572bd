import Foundation
import TestSupport
import Testing

/// The promise: what `train` shows fits where it goes: people, pipes, scripts, or nobody.
@Suite struct TrainOutputTests {
  @Test func plainLinesInAPipe() throws {
    try withDigitsFolder { folder in
      let output = try succeed(["train", "digits.json", "--workers", "2"] + set("fit.epochs=2"), in: folder)
      #expect(!output.unicodeScalars.contains { $0.value < 32 && $0 != "\n" }, "no control characters")
      let lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      try #require(lines.count > 2)
      #expect(lines[0].hasPrefix("digits: 4000 rows, 1000 more to validate; 2 workers, placement cores, "))
      #expect(lines[1] == "784 inputs")
      #expect(lines.contains("20175 parameters"))
      let epochs = lines.filter { $0.hasPrefix("Epoch ") }
      try #require(epochs.count == 2)
      #expect(epochs[0].hasPrefix("Epoch 1/2 - ") && epochs[1].hasPrefix("Epoch 2/2 - "))
      #expect(epochs.allSatisfy { $0.contains(/samples\/s - loss: [0-9.]+ - accuracy: [0-9.]+ - val_loss: [0-9.]+ - val_accuracy: [0-9.]+$/) })
      #expect(lines.contains { $0.hasPrefix("validation data (1000 rows): loss ") })
      #expect(lines.contains("confusion matrix (rows: truth, columns: answer)"))
      #expect(output.hasSuffix("saved in runs/digits\n"))
    }
  }

  @Test func quietSaysNothing() throws {
    try withDigitsFolder { folder in
      for options in [["--quiet"], ["--quiet", "--json"]] {
        let output = try succeed(["train", "digits.json"] + options + set("fit.epochs=1"), in: folder)
        #expect(output == "")
      }
    }
  }

  @Test func jsonIsAnObjectALine() throws {
    try withDigitsFolder { folder in
      let output = try succeed(["train", "digits.json", "--json"] + set("fit.epochs=2"), in: folder)
      let lines = output.split(separator: "\n").map(String.init)
      try #require(lines.count == 3)
      let run = TrainedRun(folder: folder.appendingPathComponent("runs/digits"))
      #expect(try Array(lines.prefix(2)) == run.historyLines)
      let last = try object(lines[2])
      #expect(last["run"] as? String == "runs/digits")
      let validation = try #require(last["validation"] as? [String: Any])
      #expect(validation["rows"] as? Int == 1000)
      #expect(try validation["loss"] as? Double == run.history.last?["val_loss"])
      #expect((validation["confusion"] as? [[Int]])?.joined().reduce(0, +) == 1000)
    }
  }

  @Test func withoutValidationTheTrainingDataAreReported() throws {
    try withDigitsFolder { folder in
      let output = try succeed(["train", "digits.json", "--json"] + set("fit.epochs=1", "data.validation=none"), in: folder)
      let last = try object(try #require(output.split(separator: "\n").last))
      #expect((last["training"] as? [String: Any])?["rows"] as? Int == 5000)
      #expect(last["validation"] == nil)
    }
  }

  /// 4,000 rows through 3,200,000 weights on one worker take longer than the tenth of a second after which a bar is drawn, on any machine.
  @Test(.enabled(if: isInstalled("script"), "needs script(1) for a terminal"))
  func aBarOnATerminal() throws {
    try withDigitsFolder { folder in
      let command = "'\(LockstepProcess.binary.path)' train digits.json --workers 1 --set fit.epochs=1 --set model.layers.0.units=4096"
      let ending = try LockstepProcess.run(
        ["script", "-qec", command, "/dev/null"], in: folder, environment: ["TERM": "xterm"], sourceLocation: #_sourceLocation)
      #expect(ending.status == 0)
      #expect(ending.output.contains("\r\u{1B}[KEpoch 1/1  "), "drawn over")
      #expect(ending.output.contains("╌") && ending.output.contains("/125 steps"))
      #expect(ending.output.contains(/\/125 steps - [0-9.]+[kM]? steps\/s - [0-9:]+ (s|min) left/))
      #expect(ending.output.contains("\r\u{1B}[KEpoch 1/1 - "), "the bar gives way to the line")
    }
  }

  @Test(.enabled(if: isInstalled("script"), "needs script(1) for a terminal"))
  func noBarOnADumbTerminal() throws {
    try withDigitsFolder { folder in
      let command = "'\(LockstepProcess.binary.path)' train digits.json --set fit.epochs=1"
      let ending = try LockstepProcess.run(
        ["script", "-qec", command, "/dev/null"], in: folder, environment: ["TERM": "dumb"], sourceLocation: #_sourceLocation)
      #expect(ending.status == 0)
      #expect(ending.output.contains("Epoch 1/1 - ") && !ending.output.contains("\u{1B}"))
    }
  }
}
