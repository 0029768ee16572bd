import CLinux
import Failures
import KernelTemplates
import KernelsAVX2
import KernelsAVX512
import KernelsPortable

/// The CPU levels that kernels exist for, best first.
public enum InstructionSet: String, CaseIterable, Sendable {
  /// x86-64-v4.
  case avx512
  /// x86-64-v3: AVX2 with fused multiply-add. The same bits as `avx512`.
  case avx2
  /// x86-64-v2: no fused multiply-add, so other bits than the two above.
  case portable

  /// The levels that this CPU and kernel can run, best first.
  public static var supported: [InstructionSet] {
    switch lockstep_cpu_level() {
    case 2: [.avx512, .avx2, .portable]
    case 1: [.avx2, .portable]
    default: [.portable]
    }
  }

  /// The best level of this machine, or the one that `override` (the value of `LOCKSTEP_ISA`) names.
  ///
  /// - Throws: `Failure` (bad data) if the word is unknown or this CPU cannot run that level.
  public static func choose(override: String?) throws(Failure) -> InstructionSet {
    let supported = supported
    guard let word = override, !word.isEmpty else { return supported[0] }
    let words = allCases.map(\.rawValue).joined(separator: ", ")
    guard let wanted = InstructionSet(rawValue: word) else {
      throw Failure(.badData, at: "LOCKSTEP_ISA", "unknown instruction set '\(word)'; known are \(words)")
    }
    guard supported.contains(wanted) else {
      throw Failure(.badData, at: "LOCKSTEP_ISA", "this CPU cannot run \(word); it can run \(supported.map(\.rawValue).joined(separator: ", "))")
    }
    return wanted
  }

  /// Whether this level's multiply-adds round once.
  public var isFused: Bool { self != .portable }

  /// The entry points compiled for this level.
  public var kernels: any KernelSet.Type {
    switch self {
    case .avx512: AVX512Kernels.self
    case .avx2: AVX2Kernels.self
    case .portable: PortableKernels.self
    }
  }
}
