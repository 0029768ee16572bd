import Foundation
import Topology

/// What the kernel itself says about affinity, without hwloc.
enum KernelAffinity {
  /// The online CPUs the calling thread may run on.
  static func ofThisThread() throws -> [Int] { try ofTask("thread-self") }

  /// The online CPUs the main thread of this process may run on.
  static func ofMainThread() throws -> [Int] { try ofTask("self") }

  private static func ofTask(_ task: String) throws -> [Int] {
    let status = try String(contentsOfFile: "/proc/\(task)/status", encoding: .utf8)
    let key = "Cpus_allowed_list:"
    let line = status.split(separator: "\n").first { $0.hasPrefix(key) } ?? ""
    // The kernel keeps CPUs in the mask that are offline or were never there.
    let online = try CPUList(parsing: String(contentsOfFile: "/sys/devices/system/cpu/online", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines))
    let allowed = try CPUList(parsing: line.dropFirst(key.count).trimmingCharacters(in: .whitespaces))
    return allowed.numbers.filter(Set(online.numbers).contains)
  }
}
