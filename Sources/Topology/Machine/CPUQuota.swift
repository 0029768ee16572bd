import Foundation

/// The share of the machine that the process's cgroup grants, in CPUs: a container limited to 2.5 CPUs still sees every core, and more workers than
/// that only wait for each other.
public enum CPUQuota {
  /// The quota that holds for `machine`: that of this process when `machine` is this system; nil without a quota, and for any other machine.
  public static func cpus(for machine: MachineTopology) -> Double? {
    machine.isThisSystem ? cpus(root: "/") : nil
  }

  /// The smallest quota of this process's cgroups and all cgroups above them, in CPUs; nil without one.
  ///
  /// Reads version 2 (`cpu.max`) and version 1 (`cpu.cfs_quota_us` and `cpu.cfs_period_us`). A file that is missing or malformed sets no quota: inside a
  /// container `/proc/self/cgroup` may name folders that only the host has, while the mounted top folder holds the container's quota.
  ///
  /// - Parameter root: the folder that holds `proc` and `sys`.
  public static func cpus(root: String) -> Double? {
    let root = root.hasSuffix("/") ? root : root + "/"
    guard let table = text(root + "proc/self/cgroup") else { return nil }
    return table.split(whereSeparator: \.isNewline).flatMap { line in quotas(line: line, mounts: root + "sys/fs/cgroup") }.min()
  }

  /// The quotas along one line of `/proc/self/cgroup`: `hierarchy:controllers:path`.
  private static func quotas(line: Substring, mounts: String) -> [Double] {
    let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { return [] }
    let folders = levels(of: fields[2])
    if fields[0] == "0", fields[1].isEmpty {
      return folders.compactMap { unifiedQuota(folder: mounts + $0) }
    }
    guard fields[1].split(separator: ",").contains("cpu") else { return [] }
    // The hierarchy is mounted under its controllers' names, mostly with "cpu" as a link to it.
    let mountNames = Set([String(fields[1]), "cpu"])
    return mountNames.flatMap { name in folders.compactMap { legacyQuota(folder: "\(mounts)/\(name)\($0)") } }
  }

  /// "/a/b" gives "/a/b", "/a" and "". A path that leaves the mounted tree ("/../x", as cgroup namespaces print it) gives only the top.
  private static func levels(of path: Substring) -> [String] {
    let names = path.split(separator: "/")
    guard !names.contains("..") else { return [""] }
    return (0...names.count).map { count in names.prefix(count).map { "/" + $0 }.joined() }
  }

  /// `cpu.max` holds "quota period" in microseconds, or "max period".
  private static func unifiedQuota(folder: String) -> Double? {
    let fields = text(folder + "/cpu.max")?.split(whereSeparator: \.isWhitespace) ?? []
    guard fields.count == 2 else { return nil }
    return ratio(Int(fields[0]), Int(fields[1]))
  }

  /// `cpu.cfs_quota_us` holds -1 for no quota.
  private static func legacyQuota(folder: String) -> Double? {
    ratio(integer(folder + "/cpu.cfs_quota_us"), integer(folder + "/cpu.cfs_period_us"))
  }

  private static func ratio(_ quota: Int?, _ period: Int?) -> Double? {
    guard let quota, let period, quota > 0, period > 0 else { return nil }
    return Double(quota) / Double(period)
  }

  private static func integer(_ path: String) -> Int? {
    text(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}
