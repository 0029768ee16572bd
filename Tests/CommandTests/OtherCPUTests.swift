import Foundation
import TestSupport
import Testing

/// The promise: one binary for every x86-64 CPU since 2009. The very binary runs on CPUs that this machine is not, which QEMU stands in for: an
/// instruction that the CPU lacks would end it.
@Suite(.enabled(if: isInstalled("qemu-x86_64"), "QEMU is not installed (package qemu-user)"))
struct OtherCPUTests {
  /// A CPU by QEMU's name, and the kernels that it must choose.
  struct CPU: Sendable, CustomTestStringConvertible {
    let name: String
    let kernels: String

    var testDescription: String { name }
    var launcher: [String] { ["qemu-x86_64", "-cpu", name] }
  }

  static let cpus = [CPU(name: "Nehalem", kernels: "portable"), CPU(name: "Haswell", kernels: "avx2")]

  @Test(arguments: cpus)
  func trainsTheSameBitsAsItsKernelsHere(_ cpu: CPU) throws {
    try withTemporaryFolder { folder in
      let options = set("fit.epochs=1", "data.validation.fraction=0.9") + ["--workers", "2"]
      let here = try train("configs/digits.json", options, into: folder, environment: ["LOCKSTEP_ISA": cpu.kernels]).bits
      let there = TrainedRun(folder: folder.appendingPathComponent("there"))
      let ending = try lockstep(["train", "configs/digits.json", "--quiet", "--output", there.folder.path] + options, launcher: cpu.launcher)
      try #require(ending.status == 0 && !ending.isCrash, "status \(ending.status): \(ending.errors)")
      #expect(try there.bits == here)
    }
  }

  @Test(arguments: cpus)
  func choosesItsKernels(_ cpu: CPU) throws {
    let ending = try lockstep(["topology", "--json"], launcher: cpu.launcher)
    #expect(ending.status == 0)
    #expect(try object(ending.output)["instruction_set"] as? String == cpu.kernels)
  }

  @Test func refusesKernelsThatTheCPUCannotRun() throws {
    let ending = try lockstep(["topology"], environment: ["LOCKSTEP_ISA": "avx2"], launcher: ["qemu-x86_64", "-cpu", "Nehalem"])
    #expect(ending.status == 65 && !ending.isCrash)
    #expect(ending.errors.contains("LOCKSTEP_ISA: this CPU cannot run avx2; it can run portable"))
  }
}
