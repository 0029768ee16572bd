import Foundation
import TestSupport
import Testing

/// The promise: `bench` tells how fast, as a table and as JSON, and draws the scaling. What a kernel's table holds is tested in `MeasurementsTests`, without
/// the seconds that it takes to measure well.
@Suite(.serialized) struct BenchTests {
  @Test func coresAsTableAndJSON() throws {
    let report = try object(try succeed(["bench", "cores", "--workers", "2", "--placement", "none", "--json"]))
    #expect(Set(report.keys) == ["instruction_set", "free_share", "cores"])
    let cores = try #require(report["cores"] as? [[String: Any]])
    #expect(cores.allSatisfy { Set($0.keys) == ["worker", "cpu", "peak_gflops", "product_share"] })
    #expect(cores.map { $0["worker"] as? Int } == [0, 1] && cores.allSatisfy { $0["cpu"] is NSNull })
    for core in cores {
      // On a free core, work counted twice would show as a product beyond the peak.
      let (peak, share) = (try #require(core["peak_gflops"] as? Double), try #require(core["product_share"] as? Double))
      #expect(peak > 0 && share > 0 && share < 1.5)
    }
    let machine = ["HWLOC_SYNTHETIC": "package:1 core:2 pu:1"]
    let lines = try succeed(["bench", "cores"], environment: machine).split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.dropFirst(2).map { $0.prefix(2) } == [["0", "0"], ["1", "1"]], "worker and CPU")
  }

  @Test func stepAsJSON() throws {
    let report = try object(try succeed(["bench", "step", "--workers", "2", "--json"]))
    #expect(report["name"] as? String == "digits" && report["workers"] as? Int == 2 && report["batch_size"] as? Int == 32)
    let rate = try #require((report["samples_per_second"] as? [String: Double])?["median"])
    #expect(rate > 0)
    let phases = try #require(report["phases"] as? [[String: Double]])
    #expect(phases.map { $0["worker"] } == [0, 1])
    #expect(phases.allSatisfy { Set($0.keys) == ["worker", "slices", "microseconds", "gather", "forward", "loss", "backward", "wait", "reduce"] })
    #expect((report["memory"] as? [String: Any])?["parameters"] as? Int == 20175)
  }

  @Test func stepAsTables() throws {
    try withDigitsFolder { folder in
      let text = try succeed(["bench", "step", "digits.json", "--workers", "1"] + set("model.layers[0].units=7", "fit.batch_size=100"), in: folder)
      let lines = text.split(separator: "\n").map(String.init)
      #expect(lines[0].hasPrefix("digits: batch 100, 1 worker, placement cores, "))
      for phase in ["gather", "forward", "loss", "backward", "wait", "reduce", "all"] { #expect(lines.contains { $0.hasPrefix("\(phase) ") }, "\(phase)") }
      for part in ["weights", "moments", "gradient", "inputs and activations", "sum", "measured in all"] {
        #expect(lines.contains { $0.hasPrefix("\(part) ") }, "\(part)")
      }
    }
  }

  /// On a described machine of two cores: one worker, two, and four that share cores.
  @Test func scalingAsTableAndPicture() throws {
    try withTemporaryFolder { folder in
      let machine = ["HWLOC_SYNTHETIC": "package:1 core:2 pu:1"]
      let text = try succeed(["bench", "scaling", "--svg", "scaling.svg"], in: folder, environment: machine)
      let lines = text.split(separator: "\n").map(String.init)
      #expect(lines[0].hasPrefix("digits: batch 32, placement cores, ") && lines[0].hasSuffix(", 2 cores; medians of 5 rounds"))
      #expect(lines.dropFirst(2).map { $0.split(separator: " ").first } == ["1", "2", "4"])
      #expect(lines.filter { $0.hasSuffix("workers share cores") }.count == 1)
      let picture = try String(contentsOf: folder.appendingPathComponent("scaling.svg"), encoding: .utf8)
      #expect(picture.components(separatedBy: "class=\"speed-up\"").count - 1 == 3)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["scaling.svg"], "no temporary file is left")
    }
  }

  @Test func scalingAsJSON() throws {
    let report = try object(try succeed(["bench", "scaling", "--max-workers", "2", "--json"]))
    #expect((report["points"] as? [[String: Any]])?.compactMap { $0["workers"] as? Int } == [1, 2])
  }

  /// A picture that cannot be written does not take the numbers along.
  @Test func unwritablePicture() throws {
    try withTemporaryFolder { folder in
      let ending = try lockstep(["bench", "scaling", "--max-workers", "1", "--svg", "nowhere/scaling.svg"], in: folder)
      #expect(ending.status == 74 && !ending.isCrash)
      #expect(ending.errors == "lockstep: nowhere/scaling.svg: cannot be written: No such file or directory\n")
      #expect(ending.output.contains("medians of 5 rounds"))
    }
  }

  @Test func failures() throws {
    try withDigitsFolder { folder in
      try Refusal("bench step nowhere.json", 66, "nowhere.json: no such config file").expect(in: folder)
      try Refusal(
        "bench kernels", 65, "LOCKSTEP_ISA: unknown instruction set 'mmx'; known are avx512, avx2, portable", environment: ["LOCKSTEP_ISA": "mmx"]
      ).expect(in: folder)
    }
  }
}
