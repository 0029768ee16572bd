import Foundation
import Kernels
import TestSupport
import Testing

/// The promise, past one process: `mpirun -n 8 lockstep train` has the same bits as one process, whatever the ranks and their workers; and a rank that is lost
/// ends the others with one line, and costs no more than the steps behind the last checkpoint.
@Suite(.enabled(if: !MPI.there.isEmpty, "neither Open MPI nor MPICH is here, with its compiler")) struct RanksTests {
  struct Task: Sendable, CustomTestStringConvertible {
    let mpi: MPI
    let settings: [String]
    var testDescription: String { "\(mpi) \(settings.filter { $0 != "--set" }.joined(separator: " "))" }
  }

  static let tasks = MPI.there.flatMap { mpi in
    [
      // One block of rows: a single rank takes them.
      set("fit.epochs=1"),
      set("fit.epochs=3", "fit.batch_size=256"),
      // With five ranks one has no rows of a whole batch, and some of the last.
      set("fit.epochs=1", "fit.batch_size=384"),
      // Twelve blocks, in sections of eight, and in the last batch eight.
      set(
        "fit.epochs=2", "fit.batch_size=1500", "fit.diagnostics=true", "data.targets=one_hot", "compile.loss.type=categorical_crossentropy",
        "compile.metrics=['accuracy',{type:'auc',from_logits:true},'mean_squared_error']", "compile.optimizer.global_clipnorm=0.5",
        "compile.optimizer.use_ema=true", "model.layers[0].kernel_constraint={type:'max_norm',max_value:1}",
        "model.layers[1].kernel_regularizer={type:'l2',l2:0.01}"),
      // Layers that travel one by one; batch normalisation tells its statistics from all rows, whoever has them.
      set(
        "fit.epochs=2", "fit.batch_size=700",
        "model.layers=[{type:'dense',units:256},{type:'batch_normalization'},{type:'activation',activation:'relu'},{type:'dense',units:256,activation:'tanh'},"
          + "{type:'batch_normalization',momentum:0.5},{type:'dense',units:10}]"),
    ].map { Task(mpi: mpi, settings: $0) }
  }

  @Test(arguments: tasks) func anyRanksAndWorkers(_ task: Task) throws {
    try withDigitsFolder { folder in
      let environment = try task.mpi.prepared(in: folder)
      let (alone, evaluation) = try Self.run("alone", task.settings + ["--workers", "1"], in: folder)
      for (ranks, workers) in [(1, 4), (2, 2), (4, 1), (3, 1), (5, 1)] {
        let run = try Self.run("\(ranks)x\(workers)", task.settings + ["--workers", "\(workers)"], in: folder, task.mpi.launcher(ranks), environment)
        #expect(try run.trained.bits == alone.bits, "\(ranks) ranks of \(workers) workers")
        // Of which each rank takes a share.
        #expect(run.evaluation == evaluation, "\(ranks) ranks of \(workers) workers")
      }
    }
  }

  /// The table of checksums that `FromOneBoxToMany.md` shows.
  @Test(.enabled(if: (try? InstructionSet.choose(override: nil).isFused) == true, "the table is of CPUs with a fused multiply-add"), arguments: MPI.there)
  func theTableOfTheArticle(_ mpi: MPI) throws {
    let article = try String(contentsOf: PackageFiles.root.appendingPathComponent("Sources/Lockstep/Lockstep.docc/FromOneBoxToMany.md"), encoding: .utf8)
    let rows = article.matches(of: /\| (\d) × (\d)(, without MPI)? \| `([0-9a-f]{64})` \|/)
    #expect(rows.count == 6)
    try withDigitsFolder { folder in
      let environment = try mpi.prepared(in: folder)
      for (number, row) in rows.enumerated() {
        let launcher = row.3 == nil ? mpi.launcher(Int(row.1)!) : []
        _ = try Self.run(
          "\(number)", set("fit.epochs=3", "fit.batch_size=256") + ["--workers", "\(row.2)"], in: folder, launcher, launcher.isEmpty ? [:] : environment)
        let sum = try LockstepProcess.run(["sha256sum", "\(number)/model.safetensors"], in: folder, sourceLocation: #_sourceLocation).output.prefix(64)
        #expect(sum == row.4, "\(row.1) ranks of \(row.2) workers")
      }
    }
  }

  /// A run, and what is said of it in the end, but for its folder.
  private static func run(
    _ name: String, _ options: [String], in folder: URL, _ launcher: [String] = [], _ environment: [String: String] = [:]
  ) throws -> (trained: TrainedRun, evaluation: String) {
    let ending = try lockstep(["train", "digits.json", "--json", "--output", name] + options, in: folder, environment: environment, launcher: launcher)
    // Open MPI's launcher ends lines as a terminal does.
    let last = ending.output.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    try #require(ending.status == 0 && last.contains("\"confusion\""), "\(ending)")
    return (TrainedRun(folder: folder.appendingPathComponent(name)), last.replacingOccurrences(of: "\"\(name)\"", with: ""))
  }

  private static let long = set(
    "fit.epochs=150", "fit.batch_size=256", "fit.checkpoint.every_epochs=10", "engine.rank_timeout_seconds=3", "engine.stall_seconds=1")

  /// Starts the command in the background, waits for its first checkpoint, and does something with its `ranks`, the processes.
  static func script(_ deed: String) -> [String] {
    shell(
      """
      ranks() { for p in $(pgrep -x lockstep); do [ "$(readlink /proc/$p/cwd)" = "$(pwd -P)" ] && echo $p; done; }
      "$@" & until ls run/checkpoints/step-* >/dev/null 2>&1; do :; done; \(deed); wait $!
      """)
  }

  /// A rank is killed, or stands still: all end, and one that goes on alone, or on other ranks, ends with the same bits.
  @Test(arguments: MPI.there, ["kill -KILL $(ranks | tail -n 1)", "kill -STOP $(ranks | tail -n 1)"]) func aRankIsLost(_ mpi: MPI, _ deed: String) throws {
    try withDigitsFolder { folder in
      let environment = try mpi.prepared(in: folder)
      let command = ["train", "digits.json", "--quiet", "--workers", "1", "--output", "run"] + Self.long
      let launcher = Self.script(deed) + mpi.launcher(3)
      let ending = try lockstep(command, in: folder, environment: environment, launcher: launcher)
      #expect(ending.status != 0 && !ending.isCrash, "\(ending)")
      let lines = ending.errors.split(separator: "\n").filter { $0.hasPrefix("lockstep: ") }
      if deed.contains("STOP") {
        #expect(
          lines.contains { $0.contains(" has waited for the others for 3 s, ") && $0.hasSuffix("; a host has stalled, or a process has died") }, "\(ending)")
        #expect(lines.filter { !$0.hasPrefix("lockstep: warning: ") }.count == 1, "\(ending)")
        // It is a rank that is late, and no worker of the first.
        #expect(lines.contains { $0.hasPrefix("lockstep: warning: rank 0 has waited for the other ranks for 1.0 s, ") }, "\(ending)")
        #expect(!lines.contains { $0.contains("no worker has come further") }, "\(ending)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("run/model.safetensors").path), "not before it is done")
      let resumed = ["train", "run", "--resume", "--quiet", "--workers", "2"]
      // The second half on two ranks; or alone.
      if deed.contains("KILL") {
        try succeed(resumed, in: folder)
      } else {
        let ending = try lockstep(resumed, in: folder, environment: environment, launcher: mpi.launcher(2))
        #expect(ending.status == 0, "\(ending)")
      }
      #expect(try TrainedRun(folder: folder.appendingPathComponent("run")).bits == Self.run("whole", Self.long, in: folder).trained.bits)
    }
  }

  /// An MPI that does not come to its end, as it happened to MPICH over TCP: one line, and all is done.
  @Test(arguments: MPI.there) func takingLeaveHasALimit(_ mpi: MPI) throws {
    try withDigitsFolder { folder in
      // By the profiling interface of all MPIs.
      let stuck =
        """
        #include <mpi.h>
        #include <unistd.h>
        int MPI_Finalize(void) {
          int rank;
          MPI_Comm_rank(MPI_COMM_WORLD, &rank);
          while (rank == 1) pause();
          return PMPI_Finalize();
        }
        """
      let options = set("fit.epochs=1", "engine.rank_timeout_seconds=2")
      let ending = try lockstep(
        ["train", "digits.json", "--quiet", "--workers", "1", "--output", "run"] + options, in: folder, environment: try mpi.prepared(in: folder, more: stuck),
        launcher: mpi.launcher(2))
      // Open MPI's launcher makes a failure of it.
      #expect(mpi == .openmpi ? ending.status != 0 : ending.status == 0, "\(ending)")
      let lines = ending.errors.split(separator: "\n").filter { $0.hasPrefix("lockstep: ") && !$0.contains(" share ") }
      #expect(lines == ["lockstep: warning: all is done, but MPI_Finalize has not come to an end for 2 s; ended without it"], "\(ending)")
      #expect(try TrainedRun(folder: folder.appendingPathComponent("run")).bits == Self.run("whole", options, in: folder).trained.bits)
    }
  }

  /// All ranks are asked to end, each at a moment of its own.
  @Test(arguments: MPI.there) func aSignalLeavesACheckpoint(_ mpi: MPI) throws {
    try withDigitsFolder { folder in
      let environment = try mpi.prepared(in: folder)
      let command = ["train", "digits.json", "--quiet", "--workers", "1", "--output", "run"] + Self.long
      let ending = try lockstep(command, in: folder, environment: environment, launcher: Self.script("kill -TERM $(ranks | head -n 1)") + mpi.launcher(2))
      #expect(ending.status == 143, "\(ending)")
      #expect(ending.errors.contains("lockstep: interrupted after epoch "), "\(ending)")
      try succeed(["train", "run", "--resume", "--quiet"], in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("run")).bits == Self.run("whole", Self.long, in: folder).trained.bits)
    }
  }

  @Test(arguments: MPI.there) func ranksThatBeganWithSomethingElse(_ mpi: MPI) throws {
    try withDigitsFolder { folder in
      let environment = try mpi.prepared(in: folder)
      // One behind the other, as mpirun has it for different programs: `-n 1 A : -n 1 B`.
      let command = ["train", "digits.json", "--workers", "1", "--output", "run"]
      let ending = try lockstep(
        command + [":", "-n", "1", LockstepProcess.binary.path] + command + set("seed=2"), in: folder, environment: environment, launcher: mpi.launcher(1))
      #expect(ending.status == 65, "\(ending)")
      let lines = ending.errors.split(separator: "\n").filter { $0.hasPrefix("lockstep: ") }
      #expect(lines.count == 1 && lines[0].hasPrefix("lockstep: rank 1: has another config, by its checksum, than rank 0: "), "\(ending)")
      #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("run").path))
    }
  }

  /// The same config, and on each rank other rows.
  @Test(arguments: MPI.there) func ranksWithOtherData(_ mpi: MPI) throws {
    try withDigitsFolder { folder in
      for (name, last) in [("one", "7"), ("two", "8")] {
        let rows = (0..<64).map { "\($0 % 2),\($0),\($0 == 63 ? last : "1")\n" }
        try FileManager.default.createDirectory(at: folder.appendingPathComponent(name), withIntermediateDirectories: false)
        try Data(rows.joined().utf8).write(to: folder.appendingPathComponent("\(name)/rows.csv"))
      }
      let command = ["train", "../digits.json", "--workers", "1"] + set("data={source:'csv',path:'rows.csv',label_column:0,scale:1,validation:'none'}")
      let ending = try lockstep(
        command + [":", "-n", "1", "-wdir", folder.appendingPathComponent("two").path, LockstepProcess.binary.path] + command, in: folder,
        environment: try mpi.prepared(in: folder), launcher: mpi.launcher(1) + ["-wdir", folder.appendingPathComponent("one").path])
      let lines = ending.errors.split(separator: "\n").filter { $0.hasPrefix("lockstep: ") }
      #expect(
        ending.status == 65 && lines.count == 1 && lines[0].hasPrefix("lockstep: rank 1: has another data set than rank 0: "), "\(ending)")
    }
  }

  /// A loss that is no number, in the first of two sections that a rank takes: the line is that of one process.
  @Test(arguments: MPI.there) func aLossThatIsNoNumber(_ mpi: MPI) throws {
    try withDigitsFolder { folder in
      let command =
        ["train", "digits.json", "--quiet"]
        + set(
          "fit.batch_size=1500", "compile.optimizer={type:'sgd',learning_rate:1e25}", "model.layers[0].activation=relu", "model.layers[1].activation=relu")
      let alone = try lockstep(command, in: folder)
      // Up to where the worker is named.
      let start = alone.errors.prefix { $0 != "(" }
      #expect(alone.status == 65 && start.contains("epoch 1: step 2: the loss of row "), "\(alone)")
      for ranks in [2, 3] {
        let ending = try lockstep(command, in: folder, environment: try mpi.prepared(in: folder), launcher: mpi.launcher(ranks))
        let lines = ending.errors.split(separator: "\n").filter { $0.hasPrefix("lockstep: ") && !$0.hasPrefix("lockstep: warning: ") }
        #expect(ending.status == 65 && lines.count == 1 && lines[0].hasPrefix(start), "\(ending)")
      }
    }
  }

  /// A rank whose folder holds no checkpoint would train something else.
  @Test(.enabled(if: getuid() == 0, "only root shows two processes different files"), arguments: MPI.there) func otherInitialWeights(_ mpi: MPI) throws {
    try withDigitsFolder { folder in
      for (name, seed) in [("one", 1), ("two", 2)] {
        try succeed(["train", "digits.json", "--quiet", "--output", name] + set("fit.epochs=1", "seed=\(seed)"), in: folder)
      }
      // One name, and on each rank another file.
      let script =
        "mkdir -p at-$PPID-$$ && cp \"$(mkdir first 2>/dev/null && echo one || echo two)/model.safetensors\" at-$PPID-$$/w && mount --bind at-$PPID-$$/w w && \"$@\""
      try Data().write(to: folder.appendingPathComponent("w"))
      let program = ["unshare", "--mount", "sh", "-c", script, "sh"]
      let ending = try lockstep(
        ["train", "digits.json", "--workers", "1"] + set("model.initial_weights=w"), in: folder, environment: try mpi.prepared(in: folder),
        launcher: mpi.launcher(2) + program)
      #expect(ending.status == 65, "\(ending)")
      let lines = ending.errors.split(separator: "\n").filter { $0.hasPrefix("lockstep: ") }
      #expect(lines.count == 1 && lines[0].hasPrefix("lockstep: rank 1: has another checkpoint or initial weights than rank 0: "), "\(ending)")
    }
  }

  /// What is wrong for all is said once.
  @Test(arguments: MPI.there) func aMistakeIsSaidOnce(_ mpi: MPI) throws {
    try withDigitsFolder { folder in
      let ending = try lockstep(
        ["train", "digits.json", "--set", "fit.epochs=0"], in: folder, environment: try mpi.prepared(in: folder), launcher: mpi.launcher(3))
      #expect(ending.status == 65 && ending.errors.split(separator: "\n").filter { $0.hasPrefix("lockstep: ") }.count == 1, "\(ending)")
    }
  }

  /// Started as one of several, and with nothing to speak to the others: training alone, each over the other's files, would be the worst answer.
  @Test func withoutTheLibrary() throws {
    try withDigitsFolder { folder in
      let ending = try lockstep(["train", "digits.json"], in: folder, environment: ["OMPI_COMM_WORLD_SIZE": "2", "LOCKSTEP_MPI": "/no/such.so"])
      #expect(ending.status == 66 && ending.errors.hasPrefix("lockstep: /no/such.so: no such file; make it with: make mpi"), "\(ending)")
      #expect(
        try lockstep(["train", "digits.json", "--quiet"] + set("fit.epochs=1"), in: folder, environment: ["OMPI_COMM_WORLD_SIZE": "2", "LOCKSTEP_MPI": "off"])
          .status == 0)
    }
  }
}
