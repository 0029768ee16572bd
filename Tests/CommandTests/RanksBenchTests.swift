import Foundation
import RunConfig
import TestSupport
import Testing

/// The promise: under an MPI launcher `bench step` and `bench scaling` measure all ranks together, and the first alone tells; a run of several ranks notes what each of them
/// had to do.
@Suite(.serialized, .enabled(if: !MPI.there.isEmpty, "neither Open MPI nor MPICH is here, with its compiler")) struct RanksBenchTests {
  private static let schema = Result { try JSON5Parser.parse(try succeed(["output", "schema", "bench"])) }

  private static func report(_ mpi: MPI, _ ranks: Int, _ command: [String]) throws -> [String: Any] {
    try withTemporaryFolder { folder in
      let ending = try lockstep(command + ["--json"], in: folder, environment: try mpi.prepared(in: folder), launcher: mpi.launcher(ranks))
      try #require(ending.status == 0, "\(ending)")
      #expect(SchemaComplaints(try JSON5Parser.parse(ending.output), try schema.get()).complaints == [])
      return try object(ending.output)
    }
  }

  /// Three ranks, two of which have blocks of the batch; the tree's nodes are one a rank, so a rank sends and receives what the plan says.
  @Test(arguments: MPI.there) func scaling(_ mpi: MPI) throws {
    let report = try Self.report(mpi, 3, ["bench", "scaling"] + set("engine.workers=1", "fit.batch_size=256"))
    let points = try #require(report["points"] as? [[String: Any]])
    #expect(points.map { $0["ranks"] as? Int } == [1, 2, 3])
    #expect(points.map { $0["ranks_with_rows"] as? Int } == [1, 2, 2] && report["blocks"] as? Int == 2)
    #expect(points.allSatisfy { $0["has_same_bits"] as? Bool == true })
    let warnings = try #require(report["warnings"] as? [String])
    #expect(warnings.contains("a batch of 256 rows is 2 blocks of 128: no more than 2 ranks can have rows of it; see fit.batch_size"))
    for (number, point) in points.enumerated() {
      let (least, most) = (try #require(point["exchange_seconds"] as? Double), try #require(point["most_exchange_seconds"] as? Double))
      let (share, step) = (try #require(point["exchange_share"] as? Double), try #require(point["step_seconds"] as? Double))
      #expect(number == 0 ? most == 0 && share == 0 : least > 0 && least <= most && share > 0 && share < 1 && step > 0)
      let (alone, overlap) = (try #require(point["exchange_alone_seconds"] as? Double), try #require(point["overlap"] as? Double))
      let computing = try #require(point["computing_seconds"] as? Double)
      // How large the overlap is depends on who else is at work; `StepAndScalingTests` holds its formula.
      #expect(number == 0 ? alone == 0 && overlap == 0 && computing == step : alone > 0 && overlap.isFinite && computing > 0)
    }
    #expect(points[0]["sent_bytes"] as? Int == 0 && points[0]["received_bytes"] as? Int == 0)
    // Of two ranks each gives the other half of the gradient, its half of the weights, and of the two blocks' losses, and a word on whether it has failed. 4,000 rows are
    // 15 whole batches and one of 160 rows, where one block has all but 32 of the rows.
    let (sent, received) = (try #require(points[1]["sent_bytes"] as? Int), try #require(points[1]["received_bytes"] as? Int))
    let step = try Self.report(mpi, 2, ["bench", "step"] + set("engine.workers=1", "fit.batch_size=256"))
    let arena = try #require((step["memory"] as? [String: Any])?["weights"] as? Int)
    for bytes in [sent, received] { #expect(abs(bytes - arena) < arena / 50, "\(bytes) bytes a step, of weights of \(arena)") }
  }

  @Test(arguments: MPI.there) func step(_ mpi: MPI) throws {
    let report = try Self.report(mpi, 2, ["bench", "step"] + set("engine.workers=2", "fit.batch_size=256"))
    let ranks = try #require(report["ranks"] as? [String: Any])
    #expect(ranks["rank"] as? Int == 0 && ranks["count"] as? Int == 2)
    let phases = try #require(report["phases"] as? [[String: Double]])
    // One of the two workers speaks for both.
    #expect(phases.count == 2 && phases.filter { $0["exchange"]! > 0 }.count == 1, "\(phases)")
  }

  /// Of Adam's two moments each of two ranks has half; those of the other take no memory, whatever the MPI.
  @Test(arguments: MPI.there.prefix(1)) func momentsAreDivided(_ mpi: MPI) throws {
    let wide = set("engine.workers=1", "fit.batch_size=256", "model.layers[0].units=1024", "model.layers[1].units=1024")
    let memory = try #require(try Self.report(mpi, 2, ["bench", "step"] + wide)["memory"] as? [String: Int])
    let (moments, weights) = (try #require(memory["moments"]), try #require(memory["weights"]))
    #expect(abs(moments - weights) < weights / 20, "\(memory)")
    #expect(try #require(memory["measured_growth"]) < (try #require(memory["sum"])) + moments / 2, "\(memory)")
  }

  @Test(arguments: MPI.there) func asTablesAndPicture(_ mpi: MPI) throws {
    try withTemporaryFolder { folder in
      let environment = try mpi.prepared(in: folder)
      let options = set("engine.workers=1", "fit.batch_size=256")
      let scaling = try lockstep(["bench", "scaling", "--svg", "ranks.svg"] + options, in: folder, environment: environment, launcher: mpi.launcher(2))
      let lines = scaling.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      #expect(scaling.status == 0 && lines.count == 4, "the first alone tells: \(scaling)")
      #expect(lines[2].first == "1" && lines[3].first == "2" && lines[3].suffix(2) == ["same", "bits"], "\(scaling)")
      let picture = try String(contentsOf: folder.appendingPathComponent("ranks.svg"), encoding: .utf8)
      #expect(picture.contains("speed-up (× one rank)") && picture.components(separatedBy: "class=\"speed-up\"").count - 1 == 2)
      let step = try lockstep(["bench", "step"] + options, in: folder, environment: environment, launcher: mpi.launcher(2))
      #expect(step.status == 0 && step.output.contains("\nrank 0 of 2, ") && step.output.contains("\nexchange "), "\(step)")
    }
  }

  /// What is wrong for all is said once, and what only one finds ends the others, too.
  @Test(arguments: MPI.there) func failures(_ mpi: MPI) throws {
    try withDigitsFolder { folder in
      let environment = try mpi.prepared(in: folder)
      for (command, status, start) in [
        (["bench", "scaling", "nowhere.json"], Int32(66), "lockstep: nowhere.json: no such config file"),
        (["bench", "scaling", "--max-workers", "1"], 64, "lockstep: --max-workers 1: an MPI launcher has started 3 ranks"),
        (["bench", "step", "--set", "fit.batch_size=0"], 65, "lockstep: "),
      ] {
        let ending = try lockstep(command, in: folder, environment: environment, launcher: mpi.launcher(3))
        let lines = ending.errors.split(separator: "\n").filter { $0.hasPrefix("lockstep: ") }
        #expect(ending.status == status && lines.count == 1 && lines[0].hasPrefix(start), "\(ending)")
      }
      let command = ["bench", "scaling", "digits.json"]
      let ending = try lockstep(
        command + [":", "-n", "1", LockstepProcess.binary.path] + command + set("seed=2"), in: folder, environment: environment, launcher: mpi.launcher(1))
      let lines = ending.errors.split(separator: "\n").filter { $0.hasPrefix("lockstep: ") }
      #expect(
        ending.status == 65 && lines.count == 1 && lines[0].hasPrefix("lockstep: rank 1: has another config, by its checksum, than rank 0: "), "\(ending)")
    }
  }

  /// What each rank did is noted and shown; a run of one process has none of it.
  @Test(arguments: MPI.there) func theRanksAreNoted(_ mpi: MPI) throws {
    try withDigitsFolder { folder in
      let command = ["train", "digits.json", "--quiet", "--workers", "2"] + set("fit.epochs=2", "fit.batch_size=256", "fit.diagnostics=true")
      let ending = try lockstep(command + ["--output", "run"], in: folder, environment: try mpi.prepared(in: folder), launcher: mpi.launcher(3))
      try #require(ending.status == 0, "\(ending)")
      let machine = try object(try String(contentsOf: folder.appendingPathComponent("run/machine.json"), encoding: .utf8))
      let ranks = try #require(machine["ranks"] as? [[String: Any]])
      #expect(ranks.count == 3 && (machine["mpi"] as? String)?.isEmpty == false)
      for rank in ranks {
        let phases = try #require(rank["phases"] as? [String: Double])
        #expect(phases["exchange"]! > 0 && phases.count == 7, "\(phases)")
        #expect(rank["workers"] as? Int == 2 && rank["sent_bytes"] as? Int ?? 0 > 0 && rank["received_bytes"] as? Int ?? 0 > 0)
      }
      try succeed(["report", "run"], in: folder)
      let page = try String(contentsOf: folder.appendingPathComponent("run/report.html"), encoding: .utf8)
      #expect(page.contains("rank 2, exchange: ") && page.contains("3: 3 on ") && page.contains(" A rank sends up to "))
      try succeed(command + ["--output", "alone"], in: folder)
      let alone = try String(contentsOf: folder.appendingPathComponent("alone/machine.json"), encoding: .utf8)
      #expect(!alone.contains("ranks") && !alone.contains("mpi") && !alone.contains("exchange"))
    }
  }
}
