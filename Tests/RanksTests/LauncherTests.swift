import Failures
import Ranks
import Testing

/// Whether a launcher has started the process, and whose library speaks to the others.
@Suite struct LauncherTests {
  @Test(arguments: [
    (["OMPI_COMM_WORLD_SIZE": "2"], "openmpi"), (["PMIX_RANK": "0", "PMI_RANK": "0"], "openmpi"), (["PMI_RANK": "0"], "mpich"),
    (["PMI_RANK": "0", "LOCKSTEP_MPI": "openmpi"], "openmpi"), (["LOCKSTEP_MPI": "mpich"], "mpich"),
    // mpirun within a job of Slurm, whose only task on this host is mpirun's helper.
    (["SLURM_STEP_NUM_TASKS": "1", "PMI_RANK": "1", "PMI_SIZE": "2"], "mpich"), (["SLURM_STEP_NUM_TASKS": "1", "OMPI_COMM_WORLD_SIZE": "2"], "openmpi"),
    // srun.
    (["SLURM_STEP_NUM_TASKS": "2", "PMIX_RANK": "1"], "openmpi"), (["SLURM_STEP_NUM_TASKS": "2", "PMI_RANK": "1", "PMI_SIZE": "2"], "mpich"),
  ]) func launchersAreKnown(_ environment: [String: String], _ name: String) throws {
    let launcher = try #require(try Launcher(environment: environment, folder: "/opt/bin"))
    #expect(launcher.name == name)
    #expect(launcher.candidates == ["/opt/bin/liblockstep-\(name).so", "/opt/bin/../lib/lockstep/liblockstep-\(name).so"])
  }

  @Test(arguments: [
    [:], ["OMPI_COMM_WORLD_SIZE": "2", "LOCKSTEP_MPI": "off"], ["SLURM_PROCID": "0"], ["OMPI_COMM_WORLD_SIZE": "1"], ["PMI_RANK": "0", "PMI_SIZE": "1"],
    ["SLURM_STEP_NUM_TASKS": "1"], ["SLURM_STEP_NUM_TASKS": "2", "LOCKSTEP_MPI": "off"],
  ])
  func alone(_ environment: [String: String]) throws { #expect(try Launcher(environment: environment, folder: "/opt/bin") == nil) }

  /// As a plain `srun -n 2` does it at sites where no `--mpi` is the default.
  @Test func severalThatCannotSpeak() {
    let failure = #expect(throws: Failure.self) { try Launcher(environment: ["SLURM_STEP_NUM_TASKS": "2"], folder: "/opt/bin") }
    #expect(failure?.kind == .usage && failure?.message.hasPrefix("has started 2 processes that cannot speak to each other") == true)
  }

  @Test func aPathIsTaken() throws {
    let launcher = try #require(try Launcher(environment: ["LOCKSTEP_MPI": "./x.so"], folder: "/opt/bin"))
    #expect(launcher.name == nil && launcher.candidates == ["./x.so"])
  }
}
