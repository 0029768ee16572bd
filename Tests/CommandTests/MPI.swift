import Foundation
import TestSupport
import Testing

/// Open MPI and MPICH, as Debian's packages call their programs.
enum MPI: String, CaseIterable, Sendable {
  case openmpi, mpich

  static let there = allCases.filter { mpi in
    ["mpirun", "mpicc"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0).\(mpi.rawValue)") }
  }

  func launcher(_ ranks: Int) -> [String] {
    let more = self == .openmpi ? ["--oversubscribe"] : []
    return ["mpirun.\(rawValue)", "-n", "\(ranks)"] + more
  }

  /// Makes what speaks to it, in `folder`, as `make mpi` does but with `more` C code, and returns what must be in the environment.
  func prepared(in folder: URL, more: String = "") throws -> [String: String] {
    let library = folder.appendingPathComponent("\(rawValue).so").path
    let source = PackageFiles.root.appendingPathComponent("Sources/CMessages/mpi.c").path
    let addition = folder.appendingPathComponent("\(rawValue).c")
    try Data(more.utf8).write(to: addition)
    let ending = try LockstepProcess.run(
      ["mpicc.\(rawValue)", "-shared", "-fPIC", "-o", library, source, addition.path], in: folder, sourceLocation: #_sourceLocation)
    try #require(ending.status == 0, "\(ending.errors)")
    // Open MPI refuses root, and its ranks on one core wait for each other without ever letting go of it, unless they are told.
    return ["LOCKSTEP_MPI": library, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1"]
  }
}
