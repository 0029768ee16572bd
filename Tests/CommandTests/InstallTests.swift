import Foundation
import TestSupport
import Testing

/// The promise: the program runs from where it is installed: `prefix/bin/lockstep`, with its digits in `prefix/share/lockstep/mnist5k`.
@Suite struct InstallTests {
  @Test func trainsFromAnyFolder() throws {
    try withTemporaryFolder { prefix in
      let (bin, share, work) = (prefix.appendingPathComponent("bin"), prefix.appendingPathComponent("share/lockstep"), prefix.appendingPathComponent("work"))
      let files = FileManager.default
      for folder in [bin, share, work] { try files.createDirectory(at: folder, withIntermediateDirectories: true) }
      let program = bin.appendingPathComponent("lockstep")
      try files.copyItem(at: LockstepProcess.binary, to: program)
      let config = PackageFiles.root.appendingPathComponent("configs/digits.json").path
      let command = [program.path, "train", config, "--quiet", "--set", "fit.epochs=1"]

      let without = try LockstepProcess.run(command, in: work, sourceLocation: #_sourceLocation)
      #expect(without.status == 66)
      #expect(without.errors.hasPrefix("lockstep: bundled digits: not found in \(bin.path)/lockstep_Datasets.resources/mnist5k, \(share.path)/mnist5k; "))

      let digits = PackageFiles.root.appendingPathComponent("Sources/Datasets/Resources/mnist5k")
      try files.copyItem(at: digits, to: share.appendingPathComponent("mnist5k"))
      let with = try LockstepProcess.run(command, in: work, sourceLocation: #_sourceLocation)
      #expect(with.status == 0 && with.errors == "", "\(with.errors)")
      let installed = TrainedRun(folder: work.appendingPathComponent("runs/digits"))
      #expect(try installed.bits == train("configs/digits.json", set("fit.epochs=1"), into: prefix).bits)
    }
  }
}
