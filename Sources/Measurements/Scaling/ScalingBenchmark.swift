import Failures
import RunConfig
import Topology
import Training

/// The numbers of workers that a scaling benchmark tries: 1, 2, 4, … up to the cores, the cores, and twice as many, where they share cores.
///
/// - Parameters:
///   - cores: workers that have a core of their own.
///   - most: no number is above it, and it is tried itself; nil for twice the cores. There is a limit to the threads there can be, too.
package func workerCounts(cores: Int, most: Int?) -> [Int] {
  let limit = min(most ?? 2 * cores, PlacementPlan.mostWorkers)
  let doublings = (0..<10).map { 1 << $0 }.filter { $0 < cores }
  return Set((doublings + [cores, 2 * cores, limit]).filter { $0 <= limit }).sorted()
}

extension ScalingReport {
  /// Trains `configuration` on more and more workers, in rounds: each round measures every number of workers, one after the other.
  ///
  /// - Parameters:
  ///   - mostWorkers: see `workerCounts`.
  ///   - budget: seconds for one number of workers in one round, and rounds.
  /// - Throws: `Failure` for anything that would stop the training too.
  public static func measure(
    _ configuration: RunConfiguration, mostWorkers: Int? = nil, budget: TimeBudget = TimeBudget(seconds: 0.3, samples: 5)
  ) throws(Failure) -> ScalingReport {
    let run = try BenchmarkedRun(configuration)
    var engine = configuration.engine
    engine.workers = .auto
    let widest = try Crew(engine)
    let cores = widest.pool.count
    var counts = workerCounts(cores: cores, most: mostWorkers)
    // A list of CPUs has a place for each of them and no more.
    if case .cpus = engine.placement { counts.removeAll { $0 > cores } }
    var rates = [[Double]](repeating: [], count: counts.count)
    var warnings: Set<String> = []
    for _ in 0..<budget.samples {
      for (index, count) in counts.enumerated() {
        engine.workers = .exactly(count)
        let crew = try Crew(engine)
        rates[index].append(try rate(run, crew, seconds: budget.seconds))
        warnings.formUnion(crew.pool.bindingWarnings)
      }
    }
    return ScalingReport(run: RunWords(configuration, widest), cores: cores, counts: counts, rates: rates, warnings: warnings.sorted())
  }

  /// Samples a second of one crew. Made anew each time, so that never more than one crew's memory is taken.
  private static func rate(_ run: BenchmarkedRun, _ crew: Crew, seconds: Double) throws(Failure) -> Double {
    let fitting = try run.fitting(crew)
    var epoch = 0
    /// The samples a second of as many epochs as that takes.
    func rate() throws(Failure) -> Double {
      var spent = 0.0
      let first = epoch
      repeat {
        spent += try fitting.timeEpoch(epoch)
        epoch += 1
      } while spent < seconds
      return Double((epoch - first) * fitting.rowsPerEpoch) / spent
    }
    // The first brings code and data into the caches, and lets the balance find its shares.
    _ = try rate()
    return try rate()
  }
}
