import Datasets
import Dispatch
import RunConfig
import TestSupport
import Testing
import Topology
import Training
import Workers

/// The promise: a worker that does not come is noticed, and a line says what each of them is at; when it comes, all go on.
@Suite struct StallTests {
  /// Worker 1 stops in the middle of its second step and comes back when the report is there.
  @Test func theReportSaysWhatEachWorkerIsAt() throws {
    let machine = try MachineTopology.discover()
    let pool = WorkerPool(
      plan: try PlacementPlan(machine: machine, workers: 3, strategy: .none, quota: nil), binder: try ThreadBinder(for: machine))
    let trace = PhaseTrace(workers: 3)
    var watch = StallWatch(limit: 0.2)
    var reports: [String] = []
    let isReported = DispatchSemaphore(value: 0)
    try pool.run(tickEvery: 0.01) {
      // Worker 0 and 2 have called eight times then, worker 1 six times.
      guard trace.calls == 22, let report = watch.look(trace) else { return }
      reports.append(report)
      isReported.signal()
    } _: { worker in
      trace.begin(worker.number)
      for step in 0..<4 {
        trace.end(.gather, worker.number)
        if step == 1, worker.number == 1 { isReported.wait() }
        trace.end(.forward, worker.number)
        trace.waits(worker.number)
        guard worker.barrier.wait() else { return }
        trace.end(.wait, worker.number)
      }
    }
    #expect(
      reports == [
        "no worker has come further for 0.2 s: worker 0 waits for the others; worker 1 has not come further since it was done with gather; worker 2 waits for the others"
      ])
  }

  /// Where ranks train together, one that waits for another has no worker to blame.
  @Test(arguments: [
    (true, nil),
    (false, "rank 1: no worker has come further for 0.0 s: worker 0 has not come further since it was done with backward; worker 1 waits for the others"),
  ])
  func aRankThatWaitsBlamesNoWorker(_ exchanges: Bool, _ expected: String?) {
    let trace = PhaseTrace(workers: 2)
    var watch = StallWatch(limit: 0, rank: 1)
    trace.end(.backward, 0)
    trace.waits(1)
    if exchanges { trace.exchanges(0) }
    #expect(watch.look(trace) == nil, "somebody has come further")
    #expect(watch.look(trace) == expected)
    #expect(watch.look(trace) == nil, "it is said once")
  }

  private struct Listener: FitObserver {
    var reports: [String] = []

    mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {}
    mutating func stepsDone(_ steps: Int) {}
    mutating func epochEnded(_ record: EpochRecord) {}
    mutating func stalled(_ report: String) { reports.append(report) }
  }

  /// One step over all rows of a network so large that its phases last for longer than the limit; and nothing is said where the limit is longer than any phase.
  @Test(arguments: [(1e-3, true), (3000, false)]) func aFitListens(_ limit: Double, _ isHeard: Bool) throws {
    let dataset = try SmallData.bytes(2000, width: SmallData.leafyWidth)
    var fit = SmallFit(layers: [.dense(3000, activation: .relu), .dense(3000, activation: .relu), .dense(4)], validates: false)
    fit.options = FitSection(epochs: 1, batchSize: 2000)
    let compiled = try fit.compiled(dataset)
    let crew = try Crew(EngineSection(workers: .exactly(2), placement: .none, stallSeconds: limit), environment: ["LOCKSTEP_ISA": "portable"])
    let fitting = try Fitting(
      compiled, state: compiled.initialState(seed: 5), training: dataset, validation: nil, options: fit.options, seed: 5, crew: crew)
    var listener = Listener()
    _ = try fitting.run(observer: &listener)
    #expect(listener.reports.isEmpty == !isHeard, "\(listener.reports)")
  }
}
