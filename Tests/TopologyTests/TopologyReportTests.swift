import Foundation
import Testing
@testable import Topology

@Suite struct TopologyReportTests {
  private func report(
    _ machine: MachineTopology, workers: Int?, _ strategy: PlacementStrategy = .cores, quota: Double? = nil
  ) throws -> TopologyReport {
    let plan = try PlacementPlan(machine: machine, workers: workers, strategy: strategy, quota: quota)
    return TopologyReport(machine: machine, plan: plan, instructionSet: "avx512", quota: quota)
  }

  @Test func showsWhichWorkerGoesWhere() throws {
    let text = try report(try Machines.large(), workers: 8).lines.joined(separator: "\n")
    #expect(text == expectedLargeReport)
  }

  @Test func showsAHybridMachineOfThisSystemUnderAQuota() throws {
    let machine = Machines.byHand(origin: .thisSystem, cores: Machines.hybrid.cores)
    let lines = try report(machine, workers: nil, quota: 2.5).lines
    #expect(
      lines == [
        "machine           this system",
        "packages          1",
        "NUMA nodes        1",
        "cores             6: 2 performance, 4 efficiency",
        "hardware threads  8, CPUs 0-7",
        "CPU quota         2.5 CPUs",
        "instruction set   avx512",
        "",
        "NUMA node  memory  cores  CPUs",
        "        0  16 GiB      6  0-7",
        "",
        "2 workers, placement cores; the CPU quota leaves 4 of 6 places empty",
        "",
        "worker  CPU  core  package  NUMA node  last-level cache",
        "     0    2     2        0          0                 0",
        "     1    4     3        0          0                 0",
      ])
  }

  @Test func saysWhenWorkersShareACore() throws {
    let lines = try report(try Machines.single(), workers: 2).lines
    #expect(lines.contains("2 workers, placement cores; more workers than the 1 place, so some share a core"))
  }

  @Test func saysWhenWorkersPassTheQuota() throws {
    let words = "; more workers than the CPU quota lets run at once"
    #expect(try report(Machines.hybrid, workers: 3, quota: 2.5).lines.contains("3 workers, placement cores" + words))
    #expect(try report(Machines.hybrid, workers: 2, quota: 2.5).lines.contains("2 workers, placement cores"))
    #expect(try report(Machines.hybrid, workers: 1, quota: 0.5).lines.contains("1 worker, placement cores"))
  }

  @Test func showsUnpinnedWorkers() throws {
    let lines = try report(try Machines.single(), workers: 1, .none).lines
    #expect(lines.last == "     0  any     -        -          -                 -")
    #expect(lines.contains("1 worker, placement none"))
  }

  @Test(arguments: [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (37_486_592, "35.8 MiB"), (1 << 34, "16 GiB"), (5 << 50, "5120 TiB")])
  func writesSizes(bytes: Int, text: String) {
    #expect(TopologyReport.bytes(bytes) == text)
  }

  @Test func writesJSON() throws {
    let text = try report(Machines.confined, workers: nil, .cpus([8]), quota: 1.5).json
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let object = try #require(value)
    #expect(
      object.keys.sorted() == [
        "caches", "cores", "cpu_quota", "described_by", "hardware_threads", "instruction_set", "is_capped_by_quota", "is_oversubscribed",
        "is_this_system", "numa_nodes", "packages", "placement", "workers",
      ])
    #expect(object["cpu_quota"] as? Double == 1.5)
    #expect(object["described_by"] as? String == "a test")
    #expect(object["is_this_system"] as? Bool == false)
    #expect(object["placement"] as? String == "8")
    #expect(object["hardware_threads"] as? Int == 5)
    let workers = try #require(object["workers"] as? [[String: Any]])
    #expect(workers.count == 1)
    #expect(workers[0].keys.sorted() == ["core", "cpu", "last_level_cache", "numa_node", "package", "worker"])
    #expect(workers[0]["cpu"] as? Int == 8)
    #expect(workers[0]["core"] as? Int == 4)
    #expect(workers[0]["last_level_cache"] is NSNull)
    let cores = try #require(object["cores"] as? [[String: Any]])
    #expect(cores.map { $0["cpus"] as? [Int] } == [[0], [1], [2], [3], [8]])
    #expect((object["numa_nodes"] as? [[String: Any]])?.first?["memory_bytes"] as? Int == 1 << 34)
  }

  @Test func sortsJSONKeys() throws {
    let text = try report(try Machines.single(), workers: nil).json
    let keys = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.map { String($0.prefix { $0 != ":" }) }
    #expect(keys.count == 13)
    #expect(keys == keys.sorted())
    #expect(text.contains("\"cpu_quota\" : null"))
  }
}

private let expectedLargeReport = """
  machine           synthetic topology "package:2 numa:2 l3:1 core:8 pu:2": a plan for a machine that is not this one
  packages          2
  NUMA nodes        4
  cores             32
  hardware threads  64, CPUs 0-63
  CPU quota         none
  instruction set   avx512 (of this system)

  NUMA node  memory  cores  CPUs
          0   1 GiB      8  0-15
          1   1 GiB      8  16-31
          2   1 GiB      8  32-47
          3   1 GiB      8  48-63

  cache  count    size  CPUs sharing one
  L3         4  16 MiB                16

  8 workers, placement cores

  worker  CPU  core  package  NUMA node  last-level cache
       0    0     0        0          0                 0
       1    2     1        0          0                 0
       2   16     8        0          1                 1
       3   18     9        0          1                 1
       4   32    16        1          2                 2
       5   34    17        1          2                 2
       6   48    24        1          3                 3
       7   50    25        1          3                 3
  """
