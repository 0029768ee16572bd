import Foundation
import Testing

/// The promise: `topology` shows the plan of any machine, also of one that nobody here owns.
@Suite struct TopologyVerbTests {
  static let synthetic = ["HWLOC_SYNTHETIC": "package:2 numa:2 l3:1 core:8 pu:2"]

  @Test func eightWorkersOnTwoPackages() throws {
    let report = try object(try succeed(["topology", "--workers", "8", "--json"], environment: Self.synthetic))
    let workers = try #require(report["workers"] as? [[String: Any]])
    #expect(workers.compactMap { $0["worker"] as? Int } == Array(0..<8))
    #expect(Set(workers.compactMap { $0["core"] as? Int }).count == 8, "one core each")
    #expect(workers.compactMap { $0["package"] as? Int } == [0, 0, 0, 0, 1, 1, 1, 1], "four a package")
    #expect(workers.compactMap { $0["numa_node"] as? Int } == [0, 0, 1, 1, 2, 2, 3, 3])
    #expect((report["packages"] as? [Any])?.count == 2)
    #expect((report["cores"] as? [Any])?.count == 32)
    #expect(report["hardware_threads"] as? Int == 64)
    #expect(report["is_this_system"] as? Bool == false)
    #expect(report["is_oversubscribed"] as? Bool == false)
  }

  @Test func compactFillsOneCacheFirst() throws {
    let report = try object(try succeed(["topology", "--workers", "8", "--placement", "compact", "--json"], environment: Self.synthetic))
    let workers = try #require(report["workers"] as? [[String: Any]])
    #expect(workers.compactMap { $0["last_level_cache"] as? Int } == [0, 0, 0, 0, 0, 0, 0, 0])
    #expect(report["placement"] as? String == "compact")
  }

  @Test func textForPeople() throws {
    let text = try succeed(["topology", "--workers", "8"], environment: Self.synthetic)
    #expect(text.contains("a plan for a machine that is not this one"))
    #expect(text.contains("8 workers, placement cores\n"))
    let table = try #require(text.split(separator: "worker  CPU  core  package").last).split(separator: "\n").dropFirst()
    #expect(table.count == 8)
  }

  @Test func thisMachine() throws {
    let report = try object(try succeed(["topology", "--json"]))
    #expect(report["is_this_system"] as? Bool == true)
    let workers = try #require(report["workers"] as? [[String: Any]])
    #expect(workers.count >= 1)
    let forced = try object(try succeed(["topology", "--json"], environment: ["LOCKSTEP_ISA": "portable"]))
    #expect(forced["instruction_set"] as? String == "portable")
  }
}
