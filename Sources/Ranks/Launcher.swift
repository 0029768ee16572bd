import Failures
import Glibc

/// The MPI launcher that started this process, and the library that speaks to the others it started.
package struct Launcher: Equatable {
  /// "openmpi" or "mpich", as their compiler wrappers are called; nil where a path is given.
  package let name: String?
  /// Where the library may be, the first that exists counts.
  package let candidates: [String]
  /// The number that it has given this process; MPI has the last word.
  package let rank: Int

  /// Nil for a process that nobody started as one of several.
  ///
  /// - Parameters:
  ///   - environment: of it, what launchers set (Open MPI's `mpirun` and Slurm with PMIx, MPICH's and Slurm with PMI-2), and `LOCKSTEP_MPI`: a name, the path of a
  ///     library, or "off".
  ///   - folder: that of the program.
  /// - Throws: `.usage` where Slurm has started several processes that cannot speak to each other.
  package init?(environment: [String: String], folder: String) throws(Failure) {
    let chosen = environment["LOCKSTEP_MPI"]
    guard chosen != "off" else { return nil }
    rank = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"].compactMap { environment[$0].flatMap { Int($0) } }.first ?? 0
    if let chosen, chosen.contains("/") {
      (name, candidates) = (nil, [chosen])
      return
    }
    // The nearest launcher counts: under Slurm, mpirun starts a helper on each host as a task of Slurm's.
    let number = environment["OMPI_COMM_WORLD_SIZE"] ?? environment["PMI_SIZE"] ?? environment["SLURM_STEP_NUM_TASKS"]
    // One alone needs nobody to speak to.
    if chosen == nil, number == "1" { return nil }
    // Hydra sets PMI_RANK, and Slurm sets it beside PMIX_RANK where it is asked for both.
    let isOpenMPI = environment["OMPI_COMM_WORLD_SIZE"] != nil || environment["PMIX_RANK"] != nil
    guard let name = chosen ?? (isOpenMPI ? "openmpi" : environment["PMI_RANK"] != nil ? "mpich" : nil) else {
      guard let number else { return nil }
      // Each would train alone, and one over the other's files.
      throw Failure(
        .usage, at: "srun",
        "has started \(number) processes that cannot speak to each other; start them with srun --mpi=pmix (Open MPI) or srun --mpi=pmi2 (MPICH), "
          + "or set LOCKSTEP_MPI=off to train each alone")
    }
    self.name = name
    candidates = [folder, "\(folder)/../lib/lockstep"].map { "\($0)/liblockstep-\(name).so" }
  }

  /// The library.
  ///
  /// - Throws: `.missingInput` with what to do.
  func library() throws(Failure) -> String {
    if let found = candidates.first(where: { access($0, R_OK) == 0 }) { return found }
    let what = name.map { "this process is one of several that an MPI launcher (\($0)) started, and Lockstep's library for it is not there" } ?? "no such file"
    throw Failure(
      .missingInput, at: candidates[0], "\(what); make it with: make mpi, or for an installed program make install-mpi; or set LOCKSTEP_MPI=off to train alone")
  }
}
