import Ranks
import Testing

/// Whether a launcher has started the process, and whose library speaks to the others.
@Suite struct LauncherTests {
  @Test(arguments: [
    (["OMPI_COMM_WORLD_SIZE": "2"], "openmpi"), (["PMIX_RANK": "0", "PMI_RANK": "0"], "openmpi"), (["PMI_RANK": "0"], "mpich"),
    (["PMI_RANK": "0", "LOCKSTEP_MPI": "openmpi"], "openmpi"), (["LOCKSTEP_MPI": "mpich"], "mpich"),
  ]) func launchersAreKnown(_ environment: [String: String], _ name: String) throws {
    let launcher = try #require(Launcher(environment: environment, folder: "/opt/bin"))
    #expect(launcher.name == name)
    #expect(launcher.candidates == ["/opt/bin/liblockstep-\(name).so", "/opt/bin/../lib/lockstep/liblockstep-\(name).so"])
  }

  @Test(arguments: [
    [:], ["OMPI_COMM_WORLD_SIZE": "2", "LOCKSTEP_MPI": "off"], ["SLURM_PROCID": "0"], ["OMPI_COMM_WORLD_SIZE": "1"], ["PMI_RANK": "0", "PMI_SIZE": "1"],
  ])
  func alone(_ environment: [String: String]) { #expect(Launcher(environment: environment, folder: "/opt/bin") == nil) }

  @Test func aPathIsTaken() throws {
    let launcher = try #require(Launcher(environment: ["LOCKSTEP_MPI": "./x.so"], folder: "/opt/bin"))
    #expect(launcher.name == nil && launcher.candidates == ["./x.so"])
  }
}
