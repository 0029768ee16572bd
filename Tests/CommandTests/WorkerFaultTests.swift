import Foundation
import TestSupport
import Testing

/// The promise: whatever happens to the cores and threads of a run, it ends with the same bits.
@Suite struct WorkerFaultTests {
  private static let settings = set("fit.epochs=120", "fit.checkpoint.every_epochs=1")

  private static func expectTheSameBits(_ script: String, _ options: [String] = [], in folder: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try succeed(["train", "digits.json", "--quiet", "--output", "whole"] + settings, in: folder)
    let ending = try lockstep(["train", "digits.json", "--quiet", "--output", "run"] + settings + options, in: folder, launcher: shell(script))
    #expect(ending.status == 0 && !ending.isCrash, "\(ending)", sourceLocation: sourceLocation)
    let runs = try ["run", "whole"].map { try TrainedRun(folder: folder.appendingPathComponent($0)).bits }
    #expect(runs[0] == runs[1], sourceLocation: sourceLocation)
  }

  /// All threads, the pinned workers' too, are moved onto one CPU while they train.
  @Test(arguments: [2, 3]) func aCPUIsTakenAway(_ workers: Int) throws {
    try withDigitsFolder { folder in
      let script = """
        "$@" & until ls run/checkpoints/step-* >/dev/null 2>&1; do :; done
        cpu=$(taskset -cp $! | sed 's/.*: //; s/[-,].*//'); taskset -acp $cpu $! >/dev/null; wait $!
        """
      try Self.expectTheSameBits(script, ["--workers", "\(workers)"], in: folder)
    }
  }

  /// Stopped and let go on, again and again, as by Ctrl-Z.
  @Test func stoppedNowAndThen() throws {
    try withDigitsFolder { folder in
      let script = """
        "$@" & until ls run/checkpoints/step-* >/dev/null 2>&1; do :; done
        while kill -STOP $! 2>/dev/null; do kill -CONT $!; done; wait $!
        """
      try Self.expectTheSameBits(script, ["--workers", "2"], in: folder)
    }
  }
}
