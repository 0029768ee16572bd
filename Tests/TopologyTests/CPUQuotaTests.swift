import Foundation
import TestSupport
import Testing
import Topology

@Suite struct CPUQuotaTests {
  /// A tree of `proc` and `sys` files, and the quota in it.
  struct Tree: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cgroup: String?
    var files: [String: String] = [:]
    let quota: Double?
  }

  static let trees = [
    Tree(testDescription: "no cgroups at all", cgroup: nil, quota: nil),
    Tree(testDescription: "v2 quota", cgroup: "0::/a\n", files: ["a/cpu.max": "250000 100000\n"], quota: 2.5),
    Tree(testDescription: "v2 below one CPU", cgroup: "0::/a\n", files: ["a/cpu.max": "50000 100000\n"], quota: 0.5),
    Tree(testDescription: "v2 max", cgroup: "0::/a\n", files: ["a/cpu.max": "max 100000\n"], quota: nil),
    Tree(testDescription: "v2 top folder, as in a container", cgroup: "0::/\n", files: ["cpu.max": "300000 100000\n"], quota: 3),
    Tree(testDescription: "v2 host path in a container", cgroup: "0::/docker/abc\n", files: ["cpu.max": "300000 100000\n"], quota: 3),
    Tree(
      testDescription: "v2 nested, the outer one smaller", cgroup: "0::/a/b/c\n",
      files: ["a/b/c/cpu.max": "400000 100000\n", "a/b/cpu.max": "max 100000\n", "a/cpu.max": "150000 100000\n"], quota: 1.5),
    Tree(
      testDescription: "v2 nested, the inner one smaller", cgroup: "0::/a/b\n",
      files: ["a/b/cpu.max": "10000 10000\n", "a/cpu.max": "150000 100000\n"], quota: 1),
    Tree(
      testDescription: "v2 sibling does not count", cgroup: "0::/a\n", files: ["a/cpu.max": "400000 100000\n", "b/cpu.max": "100000 100000\n"],
      quota: 4),
    Tree(
      testDescription: "v2 path outside the namespace", cgroup: "0::/../x\n", files: ["cpu.max": "200000 100000\n", "../x/cpu.max": "1 1\n"], quota: 2),
    Tree(testDescription: "v2 malformed: words", cgroup: "0::/a\n", files: ["a/cpu.max": "many some\n"], quota: nil),
    Tree(testDescription: "v2 malformed: one number", cgroup: "0::/a\n", files: ["a/cpu.max": "100000\n"], quota: nil),
    Tree(testDescription: "v2 malformed: empty", cgroup: "0::/a\n", files: ["a/cpu.max": ""], quota: nil),
    Tree(testDescription: "v2 malformed: no period", cgroup: "0::/a\n", files: ["a/cpu.max": "100000 0\n"], quota: nil),
    Tree(testDescription: "v2 malformed: negative", cgroup: "0::/a\n", files: ["a/cpu.max": "-5 100000\n"], quota: nil),
    Tree(testDescription: "cgroup table malformed", cgroup: "nonsense\n0:\n\n:::\n", files: ["cpu.max": "1 1\n"], quota: nil),
    Tree(
      testDescription: "v1 quota", cgroup: "3:memory:/m\n2:cpu,cpuacct:/a\n1:cpuset:/b\n",
      files: ["cpu,cpuacct/a/cpu.cfs_quota_us": "150000\n", "cpu,cpuacct/a/cpu.cfs_period_us": "100000\n"], quota: 1.5),
    Tree(
      testDescription: "v1 mounted as cpu", cgroup: "2:cpu,cpuacct:/a\n",
      files: ["cpu/a/cpu.cfs_quota_us": "800000\n", "cpu/a/cpu.cfs_period_us": "100000\n"], quota: 8),
    Tree(
      testDescription: "v1 without a limit", cgroup: "2:cpu:/\n", files: ["cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"], quota: nil),
    Tree(
      testDescription: "v1 nested", cgroup: "2:cpu:/a/b\n",
      files: [
        "cpu/a/b/cpu.cfs_quota_us": "-1\n", "cpu/a/b/cpu.cfs_period_us": "100000\n", "cpu/a/cpu.cfs_quota_us": "400000\n",
        "cpu/a/cpu.cfs_period_us": "100000\n", "cpu/cpu.cfs_quota_us": "350000\n", "cpu/cpu.cfs_period_us": "50000\n",
      ], quota: 4),
    Tree(testDescription: "v1 malformed", cgroup: "2:cpu:/\n", files: ["cpu/cpu.cfs_quota_us": "x\n", "cpu/cpu.cfs_period_us": "100000\n"], quota: nil),
    Tree(testDescription: "v1 without a period", cgroup: "2:cpu:/\n", files: ["cpu/cpu.cfs_quota_us": "100000\n"], quota: nil),
    Tree(
      testDescription: "both versions, the smaller wins", cgroup: "2:cpu:/\n0::/a\n",
      files: ["cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n", "a/cpu.max": "200000 100000\n"], quota: 2),
    Tree(
      testDescription: "a controller whose name only begins with cpu", cgroup: "2:cpuset:/\n",
      files: ["cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"], quota: nil),
  ]

  @Test(arguments: trees)
  func readsTheTree(_ tree: Tree) throws {
    try withTemporaryFolder { root in
      if let cgroup = tree.cgroup { try write(cgroup, to: root.appendingPathComponent("proc/self/cgroup")) }
      for (path, text) in tree.files { try write(text, to: root.appendingPathComponent("sys/fs/cgroup/\(path)").standardizedFileURL) }
      #expect(CPUQuota.cpus(root: root.path) == tree.quota)
      #expect(CPUQuota.cpus(root: root.path + "/") == tree.quota)
    }
  }

  @Test func isAskedForOnThisSystemAlone() throws {
    #expect(CPUQuota.cpus(for: try Machines.large()) == nil)
    let here = Machines.byHand(origin: .thisSystem, cores: Machines.hybrid.cores)
    #expect(CPUQuota.cpus(for: here) == CPUQuota.cpus(root: "/"))
  }

  private func write(_ text: String, to file: URL) throws {
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: false, encoding: .utf8)
  }
}
