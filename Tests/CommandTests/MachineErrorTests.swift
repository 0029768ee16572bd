import Foundation
import Testing

/// The promise: workers and places that cannot be had are refused before anything is written.
@Suite struct MachineErrorTests {
  /// The CPUs that this process may use, as the kernel lists them: "0-3,8".
  static let cpus: [Int] = {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let list = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }?.split(separator: "\t").last ?? ""
    return list.split(separator: ",").flatMap { range in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      return ends.isEmpty ? [] : Array(ends[0]...ends[ends.count - 1])
    }
  }()

  @Test(arguments: [
    Refusal("train digits.json --workers 0", 64, "--workers 0: expected at least 1, found 0"),
    Refusal("train digits.json --workers -1", 64, "--workers -1: expected at least 1, found -1"),
    Refusal("train digits.json --workers 241", 64, "--workers 241: 241 workers are more than Dispatch has threads for; ask for at most 240"),
    Refusal("train digits.json --workers 100000", 64, "--workers 100000: 100000 workers are more than Dispatch has threads for; ask for at most 240"),
    Refusal(
      "train digits.json --set engine.workers=9223372036854775807", 65,
      "engine.workers: 9223372036854775807 workers are more than Dispatch has threads for; ask for at most 240"),
    Refusal("data synth --output new --workers 100000", 64, "--workers 100000: 100000 workers are more than Dispatch has threads for; ask for at most 240"),
    Refusal("topology --workers 100000", 64, "--workers 100000: 100000 workers are more than Dispatch has threads for; ask for at most 240"),
    Refusal("train digits.json --workers abc", 64, "--workers abc: expected 'auto' or a whole number, found a string \"abc\""),
    Refusal("train digits.json --set engine.workers=0", 65, "--set engine.workers=0: expected at least 1, found 0"),
    Refusal("topology --workers 2.5", 64, "--workers 2.5: expected a whole number, found 2.5"),
    Refusal(
      "train digits.json --placement coers", 64, "--placement coers: unknown placement 'coers'; did you mean 'cores'? (known: cores, compact, threads, none)"),
    Refusal("train digits.json --placement 3-1", 64, "--placement 3-1: expected CPU numbers below 65536 such as \"0-3,8\", found '3-1'"),
    Refusal("topology --placement 0,0", 64, "--placement 0,0: the CPU 0 is given twice"),
    Refusal(
      "train digits.json", 65,
      "HWLOC_SYNTHETIC: 'package:two' is not a synthetic topology; write it like 'package:2 numa:2 l3:1 core:8 pu:2', ending in pu",
      environment: ["HWLOC_SYNTHETIC": "package:two"]),
    Refusal("topology", 66, "HWLOC_XMLFILE: cannot read 'none.xml': No such file or directory", environment: ["HWLOC_XMLFILE": "none.xml"]),
    Refusal("train digits.json", 65, "LOCKSTEP_ISA: unknown instruction set 'mmx'; known are avx512, avx2, portable", environment: ["LOCKSTEP_ISA": "mmx"]),
  ])
  func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }

  @Test(.enabled(if: isInstalled("taskset") && !cpus.isEmpty, "needs taskset"))
  func aCPUThatIsNotThere() throws {
    let cpu = Self.cpus[0]
    let launcher = ["taskset", "-c", "\(cpu)"]
    try withDigitsFolder { folder in
      try Refusal(
        "train digits.json --placement 9999", 64, "--placement 9999: there is no CPU 9999; this process may use \(cpu)", launcher: launcher
      ).expect(in: folder)
      try Refusal(
        "train digits.json --placement 9999 --set engine.placement=9998", 64, "--placement 9999: there is no CPU 9999; this process may use \(cpu)",
        launcher: launcher
      ).expect(in: folder)
      try Refusal(
        "train digits.json --set engine.placement=9999", 65, "engine.placement: there is no CPU 9999; this process may use \(cpu)", launcher: launcher
      ).expect(in: folder)
      try Refusal(
        "train digits.json --placement \(cpu) --set engine.workers=2", 65,
        "engine.workers: 2 workers do not fit on the 1 listed CPU (\(cpu)); ask for at most 1, or list more CPUs", launcher: launcher
      ).expect(in: folder)
      try Refusal(
        "train digits.json --placement \(cpu) --workers 2", 64,
        "--workers 2: 2 workers do not fit on the 1 listed CPU (\(cpu)); ask for at most 1, or list more CPUs", launcher: launcher
      ).expect(in: folder)
    }
  }

  @Test(.enabled(if: isInstalled("taskset") && cpus.count > 1, "needs taskset and two CPUs"))
  func aCPUThatThisProcessMayNotUse() throws {
    let (mine, other) = (Self.cpus[0], Self.cpus[1])
    try withDigitsFolder { folder in
      try Refusal(
        "train digits.json --placement \(other)", 64, "--placement \(other): this process may not use CPU \(other); it may use \(mine)",
        launcher: ["taskset", "-c", "\(mine)"]
      ).expect(in: folder)
    }
  }
}
