import Foundation
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: every worker's step falls into phases, in one order, and whoever listens changes nothing.
@Suite struct PhaseTests {
  /// Writes down what each worker says. Nil for the beginning.
  ///
  /// `@unchecked Sendable`: the lock guards the events. It is Foundation's, since ThreadSanitizer does not know the standard library's.
  private final class Recorder: PhaseMeter, @unchecked Sendable {
    private let lock = NSLock()
    private var events: [[Phase?]]

    init(workers: Int) { events = Array(repeating: [], count: workers) }

    func begin(_ worker: Int) { lock.withLock { events[worker].append(nil) } }
    func end(_ phase: Phase, _ worker: Int) { lock.withLock { events[worker].append(phase) } }
    var all: [[Phase?]] { lock.withLock { events } }
  }

  /// Gradients and updates, which come block by block, as one each.
  private static func once(_ events: [Phase?]) -> [Phase?] {
    events.reduce(into: []) { once, phase in
      let last = once.last ?? nil
      let repeats = phase == .backward && last == .backward || (phase == .backward || phase == .reduce) && last == .reduce
      if !repeats { once.append(phase) }
    }
  }

  /// 75 rows are two whole batches of 32 and a partial one; 1,500 rows take several sections; one of 13 workers has no rows at all.
  @Test(arguments: [(75, 32, 1), (75, 32, 3), (75, 32, 13), (1500, 1400, 1), (1500, 1400, 2)])
  func everyWorkerTellsItsPhasesInOrder(_ rows: Int, _ batchSize: Int, _ workers: Int) throws {
    let fitting = try fitting(SmallFit(options: FitSection(batchSize: batchSize)), rows: rows, workers: workers)
    let recorder = Recorder(workers: workers)
    let sums = try fitting.trainEpoch(0, meter: recorder).sums
    #expect(sums.count == rows)
    for worker in 0..<workers {
      var expected: [Phase?] = [nil]
      for first in stride(from: 0, to: rows, by: batchSize) {
        let leaves = InputLeaves(inputs: SmallData.width + 1, units: SmallFit.firstUnits)
        let plan = BatchPlan(rows: min(batchSize, rows - first), leaves: leaves, shares: .even(workers))
        for section in plan.sections {
          // A worker that is alone with its rows takes each chunk of them all the way.
          for _ in section.shards[worker].chunks { expected += [.gather, .forward] + (plan.isAlone ? [.forward, .loss, .backward] : []) }
          if !plan.isAlone { expected += [.wait, .forward, .loss, .backward] }
          expected += [.wait, .backward, .reduce]
          if plan.endsWithBarrier { expected.append(.wait) }
        }
      }
      #expect(Self.once(recorder.all[worker]) == expected, "worker \(worker)")
    }
  }

  @Test(arguments: [1, 3])
  func metersChangeNoBit(_ workers: Int) throws {
    let fit = SmallFit(options: FitSection(epochs: 3, batchSize: 32))
    let expected = try fit.run(try SmallData.bytes(100), workers: workers).state
    let metered = try fitting(fit, rows: 100, workers: workers)
    _ = try metered.trainEpoch(0, meter: Recorder(workers: workers))
    _ = try metered.timeEpoch(1, clock: PhaseClock(workers: workers))
    _ = try metered.timeEpoch(2)
    #expect(metered.state == expected)
  }

  @Test func theClockAddsToThePhaseThatEnded() throws {
    let clock = PhaseClock(workers: 3)
    clock.begin(1)
    clock.end(.loss, 1)
    clock.end(.wait, 1)
    clock.end(.loss, 1)
    // A clock of nanoseconds may stand still between two calls, not between thousands.
    for _ in 0..<100_000 { clock.end(.reduce, 1) }
    #expect(clock.seconds(.reduce, worker: 1) > 0)
    for phase in [Phase.gather, .forward, .backward] { #expect(clock.seconds(phase, worker: 1) == 0) }
    for phase in Phase.allCases { #expect(clock.seconds(phase, worker: 0) == 0 && clock.seconds(phase, worker: 2) == 0) }
  }

  /// Weights, moments and gradients are padded like the arena; 9 units take 16 columns.
  @Test func memoryIsCounted() throws {
    let memory = try fitting(SmallFit(layers: [.dense(9), .dense(4)]), rows: 64, workers: 2).memory
    let runs = InputLeaves(inputs: SmallData.width + 1, units: 9).runs
    let arena = (runs * 8 * 16 + 10 * 16) * 4
    #expect(memory.weights == arena)
    #expect(memory.moments == 2 * arena, "Adam's")
    #expect(memory.transposed == 4 * 16 * 4, "of the second layer alone")
    #expect(memory.gradient == arena)
    // At least the outputs of both layers and their gradients.
    #expect(memory.rows >= 64 * 4 * 16 * 4)
    let parameters = 3 * arena + 4 * 16 * 4
    #expect(memory.total == parameters + arena + memory.rows)
  }

  /// A benchmark of a large network ends an epoch early, and is then a shorter epoch.
  @Test func anEpochCanBeCutShort() throws {
    let fitting = try fitting(SmallFit(options: FitSection(batchSize: 32)), rows: 100, workers: 2, rowsPerEpoch: 64)
    #expect(fitting.rowsPerEpoch == 64 && fitting.stepsPerEpoch == 2)
    #expect(try fitting.trainEpoch(0, meter: Unmetered()).sums.count == 64)
    #expect(try self.fitting(SmallFit(), rows: 100, workers: 2, rowsPerEpoch: 1000).rowsPerEpoch == 100)
  }

  private func fitting(_ fit: SmallFit, rows: Int, workers: Int, rowsPerEpoch: Int? = nil) throws -> Fitting {
    let dataset = try SmallData.bytes(rows)
    let compiled = try fit.compiled(dataset)
    return try Fitting(
      compiled, state: compiled.initialState(seed: 5), training: dataset, validation: nil, options: fit.options, seed: 5, crew: try crew(workers, fit.set),
      rowsPerEpoch: rowsPerEpoch)
  }
}
