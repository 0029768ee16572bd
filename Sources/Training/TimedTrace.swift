/// A trace that times the phases, too: a look at the clock for each of them, which takes 3 to 4 % of a step of 784-25-15-10 with 32 rows. For some epochs of runs
/// that note diagnostics.
struct TimedTrace: PhaseMeter {
  let trace: PhaseTrace
  let clock: PhaseClock

  @inline(__always) func begin(_ worker: Int) {
    trace.begin(worker)
    clock.begin(worker)
  }

  @inline(__always) func end(_ phase: Phase, _ worker: Int) {
    trace.end(phase, worker)
    clock.end(phase, worker)
  }

  @inline(__always) func waits(_ worker: Int) { trace.waits(worker) }
  @inline(__always) func exchanges(_ worker: Int) { trace.exchanges(worker) }
}
