import Measurements
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: the reports of `bench step` and `bench scaling` say what was measured, under the documented keys.
@Suite(.serialized) struct StepAndScalingTests {
  static func configuration(workers: Int) throws -> RunConfiguration {
    try RunConfiguration(benchmark: nil, overrides: ["engine.workers=\(workers)", "engine.placement=none", "engine.balance=even", "fit.batch_size=64"])
  }

  @Test func withoutAConfigItIsThatOfTheDigits() throws {
    let file = PackageFiles.root.appendingPathComponent("configs/digits.json").path
    #expect(try RunConfiguration(benchmark: nil, overrides: []) == RunConfiguration(file: file))
    #expect(try RunConfiguration(benchmark: file, overrides: ["seed=7"]).seed == 7)
  }

  @Test func stepReport() throws {
    let object = try StepReport.measure(try Self.configuration(workers: 3), budget: TimeBudget(seconds: 0, samples: 1)).jsonObject
    #expect(
      Set(object.keys) == [
        "name", "batch_size", "workers", "placement", "instruction_set", "slices", "steps", "step_seconds", "samples_per_second",
        "metered_samples_per_second", "phases", "memory", "warnings",
      ])
    #expect(object["slices"] as? Int == 8, "of eight rows each")
    #expect(object["steps"] as? Int == 63, "one epoch of 4,000 rows by 64")
    #expect(try #require(object["step_seconds"] as? Double) > 0)
    for key in ["samples_per_second", "metered_samples_per_second"] {
      let rate = try #require(object[key] as? [String: Double])
      #expect(Set(rate.keys) == ["median", "minimum", "maximum"] && rate.values.allSatisfy { $0 > 0 }, "\(key)")
    }
    let phases = try #require(object["phases"] as? [[String: Any]])
    #expect(phases.map { $0["worker"] as? Int } == [0, 1, 2])
    #expect(phases.map { $0["slices"] as? Int } == [2, 3, 3], "of 8")
    for worker in phases {
      let times = Phase.all(ofRanks: false).map { worker["\($0)"] as? Double ?? -1 }
      #expect(worker["exchange"] == nil, "of one process")
      #expect(times.allSatisfy { $0 > 0 })
      #expect(try abs(#require(worker["microseconds"] as? Double) - times.reduce(0, +)) < 1e-6)
    }
    let memory = try #require(object["memory"] as? [String: Any])
    #expect(
      Set(memory.keys) == ["parameters", "weights", "transposed", "moments", "gradient", "activations", "sum", "measured", "measured_growth"])
    #expect(try #require(memory["measured"] as? Int) > #require(memory["sum"] as? Int))
  }

  /// Of an exchange that takes 4 and computing that takes 8.
  @Test(arguments: [(12.0, 0.0), (10, 0.5), (8, 1), (13, -0.25)]) func overlap(_ step: Double, _ share: Double) {
    #expect(RankScalingReport.overlap(step: step, computing: 8, exchange: 4) == share)
    #expect(RankScalingReport.overlap(step: step, computing: step, exchange: 0) == 0, "of one rank")
  }

  @Test func coresThatSomebodyElseUsesAreNamed() {
    let report = CoreReport(
      instructionSet: "avx2",
      cores: [0.9, 0.5].map { CoreReport.Core(cpu: $0 > 0.8 ? 4 : nil, peak: 2e9, productShare: $0) })
    #expect(
      report.lines.dropFirst(2) == [
        "worker  CPU  GFLOP/s  a product keeps",
        "     0    4     2.00            90.0%",
        "     1  any     2.00            50.0%  somebody else uses this core",
      ])
  }

  @Test func privateMemoryIsCleanAndDirty() {
    let rollup = """
      55d0-7ffd ---p 00000000 00:00 0                          [rollup]
      Rss:                1000 kB
      Shared_Clean:        500 kB
      Private_Clean:        12 kB
      Private_Dirty:       300 kB
      Private_Hugetlb:       7 kB
      """
    #expect(PrivateMemory.bytes(in: rollup) == 312 * 1024)
    #expect(PrivateMemory.bytes(in: "Rss: 1000 kB") == nil)
    let before = PrivateMemory.bytes
    let block = [UInt8](repeating: 1, count: 64 << 20)
    let after = PrivateMemory.bytes
    #expect(block.last == 1)
    if let before, let after { #expect(after - before > 32 << 20) }
  }

  @Test func scalingReport() throws {
    let report = try ScalingReport.measure(try Self.configuration(workers: 1), mostWorkers: 3, budget: TimeBudget(seconds: 0, samples: 2))
    let object = report.jsonObject
    #expect(Set(object.keys) == ["name", "batch_size", "workers", "placement", "instruction_set", "cores", "rounds", "points", "warnings"])
    #expect(object["rounds"] as? Int == 2)
    let points = try #require(object["points"] as? [[String: Any]])
    #expect(points.map { $0["workers"] as? Int } == [1, 2, 3])
    for point in points {
      #expect(Set(point.keys) == ["workers", "is_oversubscribed", "samples_per_second", "speed_up", "efficiency"])
      for key in ["samples_per_second", "speed_up"] {
        let spread = try #require(point[key] as? [String: Double])
        #expect(Set(spread.keys) == ["median", "minimum", "maximum"] && spread.values.allSatisfy { $0 > 0 })
      }
      #expect(try #require(point["efficiency"] as? Double) > 0)
    }
  }

  /// Ratios are taken within a round, so a machine that is half as fast in one of them changes nothing.
  @Test func speedUpsAreThoseOfTheRounds() throws {
    let configuration = try Self.configuration(workers: 1)
    let run = RunWords(configuration, try Crew(configuration.engine))
    let report = ScalingReport(run: run, cores: 2, counts: [1, 2, 4], rates: [[100, 50, 100], [180, 100, 190], [90, 50, 120]])
    #expect(report.points.map(\.speedUp.median) == [1, 1.9, 1])
    #expect(report.points[1].speedUp.minimum == 1.8 && report.points[1].speedUp.maximum == 2)
    #expect(report.points[1].samplesPerSecond.median == 180)
    #expect(report.points.map(\.efficiency) == [1, 0.95, 0.5], "four workers have two cores")
    #expect((report.jsonObject["points"] as? [[String: Any]])?.map { $0["is_oversubscribed"] as? Bool } == [false, false, true])
  }

  @Test(arguments: [(1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (8, [1, 2, 4, 8]), (1000, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000])])
  func ranksTried(_ ranks: Int, _ expected: [Int]) { #expect(rankCounts(ranks) == expected) }

  @Test(arguments: [
    (1, nil, [1, 2]), (2, nil, [1, 2, 4]), (6, nil, [1, 2, 4, 6, 12]), (8, nil, [1, 2, 4, 8, 16]), (8, 8, [1, 2, 4, 8]), (8, 3, [1, 2, 3]),
    (2, 16, [1, 2, 4, 16]), (200, nil, [1, 2, 4, 8, 16, 32, 64, 128, 200, 240]), (300, nil, [1, 2, 4, 8, 16, 32, 64, 128, 240]), (4, 1, [1]),
  ])
  func workersTried(_ cores: Int, _ most: Int?, _ expected: [Int]) {
    #expect(workerCounts(cores: cores, most: most) == expected)
  }

  @Test func theMiddleOfMeasurements() {
    #expect(Spread([3, 1, 2]).median == 2 && Spread([4, 1, 2, 3]).median == 2.5)
    #expect(Spread([3, 1, 2]).minimum == 1 && Spread([3, 1, 2]).maximum == 3)
  }
}
