import Failures
import Foundation
import RunConfig
import TestSupport
import Testing
import Training

/// The promise, over all that can be configured: the same bits on any number of workers, any placement, any vector width, and after an interruption anywhere.
@Suite struct RandomRunTests {
  /// `LOCKSTEP_CASES` and `LOCKSTEP_SEED` draw more of them, or others.
  private static func setting(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }

  /// A run that diverges has a result, too: the epoch and step at which it ends. (What else is said about it names workers.)
  private enum Outcome: Equatable {
    case bits(RandomRun.Bits)
    case diverged(at: String)
    case failed(String)
  }

  private static func outcome(_ run: RandomRun, isDisturbed: Bool) -> Outcome {
    do {
      return .bits(try run.bits(isDisturbed: isDisturbed))
    } catch {
      guard let failure = error as? Failure, failure.place.hasPrefix("epoch ") else { return .failed("\(error), \(isDisturbed)") }
      return .diverged(at: failure.place)
    }
  }

  private static func differs(_ run: RandomRun) -> Bool { outcome(run, isDisturbed: false) != outcome(run, isDisturbed: true) }

  @Test func everyRunHasOneResult() throws {
    let first = Self.setting("LOCKSTEP_SEED") ?? UInt64.random(in: 0...UInt64.max / 2)
    let cases = Self.setting("LOCKSTEP_CASES") ?? 500
    print("random runs: \(cases), LOCKSTEP_SEED=\(first)")
    for seed in first..<first + cases {
      let run = RandomRun(seed: seed)
      guard Self.differs(run) else { continue }
      let smallest = run.shrunk(while: Self.differs)
      Issue.record("LOCKSTEP_SEED=\(seed): two results; the smallest such run is in \(try smallest.write().path): \(smallest)")
      return
    }
  }

  /// What the folder holds trains, and its data are the run's.
  @Test func aWrittenRunIsAConfigFile() throws {
    let run = RandomRun(seed: 17)
    let folder = try run.write()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try RunConfiguration(file: folder.appendingPathComponent("config.json").path) == run.configuration)
    let images = try Data(contentsOf: folder.appendingPathComponent("data/train-images-idx3-ubyte"))
    #expect(Array(images.dropFirst(16)) == run.pixels)
  }

  @Test func aFailureShrinks() {
    let run = (0..<UInt64.max).lazy.map(RandomRun.init).first { $0.rows > 100 && $0.hidden.count == 2 && $0.workers[1] > 3 }!
    let smallest = run.shrunk { $0.rows >= 23 && $0.workers[1] >= 3 && $0.hidden.count >= 1 }
    #expect(smallest.rows == 23 && smallest.workers == [1, 3] && smallest.hidden.count == 1 && smallest.hidden[0].units == 1)
    #expect(smallest.width == 1 && smallest.fit.epochs == 1 && smallest.fit.batchSize == 1 && smallest.pausesUntilStop == 1)
  }
}
