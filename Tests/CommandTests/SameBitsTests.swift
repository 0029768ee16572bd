import Foundation
import Kernels
import TestSupport
import Testing

/// The promise: the same config and seed give the same bits, whatever the number of workers, their placement, and the vector width of the CPU.
@Suite struct SameBitsTests {
  struct Task: Sendable, CustomTestStringConvertible {
    let name: String
    let options: [String]
    init(_ name: String, _ settings: String...) { (self.name, options) = (name, settings.flatMap { ["--set", $0] }) }

    var config: String { "configs/\(name).json" }
    var testDescription: String { "\(name) \(options.filter { $0 != "--set" }.joined(separator: " "))" }
  }

  static let tasks = [
    Task("digits", "fit.epochs=2"),
    Task("zeros-and-ones", "fit.epochs=4"),
    Task("ten-sigmoids", "fit.epochs=2"),
    Task("linear-regression", "fit.epochs=2"),
    // Of 4,000 rows, the last batch of 300 has 100.
    Task("digits", "fit.epochs=2", "fit.batch_size=300"),
    // More workers than rows; the last batch has 3.
    Task("digits", "fit.epochs=1", "fit.batch_size=7"),
    // One batch, larger than the data.
    Task("digits", "fit.epochs=2", "fit.batch_size=5000", "compile.optimizer=rmsprop"),
  ]

  @Test(arguments: tasks)
  func anyNumberOfWorkers(_ task: Task) throws {
    try withTemporaryFolder { folder in
      let one = try train(task.config, task.options + ["--workers", "1"], into: folder).bits
      #expect(one.history.allSatisfy { $0.contains("\"loss\":") && $0.contains("\"val_loss\":") })
      for workers in [1, 2, 3, 4, 5, 8] {
        for balance in ["even", "measured"] {
          let bits = try train(task.config, task.options + set("engine.balance=\(balance)") + ["--workers", "\(workers)"], into: folder).bits
          #expect(bits == one, "\(workers) workers, \(balance)")
        }
      }
    }
  }

  @Test func anyPlacement() throws {
    let machine = try object(try succeed(["topology", "--json"]))
    let cores = try #require(machine["cores"] as? [[String: Any]])
    let cpu = try #require((cores.first?["cpus"] as? [Int])?.first)
    try withTemporaryFolder { folder in
      // All workers take part, also those that share a core.
      let options = set("fit.epochs=2", "engine.balance=even")
      let one = try train("configs/digits.json", options + ["--workers", "1"], into: folder).bits
      for placement in ["cores", "compact", "threads", "none"] {
        #expect(try train("configs/digits.json", options + ["--placement", placement, "--workers", "3"], into: folder).bits == one, "\(placement)")
        #expect(try train("configs/digits.json", options + ["--placement", placement], into: folder).bits == one, "\(placement), auto")
      }
      #expect(try train("configs/digits.json", options + ["--placement", "\(cpu)"], into: folder).bits == one, "CPU \(cpu)")
    }
  }

  @Test(.enabled(if: InstructionSet.supported.contains(.avx512), "this CPU has no AVX-512 to hold against AVX2"), arguments: tasks)
  func anyVectorWidth(_ task: Task) throws {
    try withTemporaryFolder { folder in
      let wide = try train(task.config, task.options, into: folder, environment: ["LOCKSTEP_ISA": "avx512"]).bits
      let narrow = try train(task.config, task.options, into: folder, environment: ["LOCKSTEP_ISA": "avx2"]).bits
      #expect(wide == narrow)
    }
  }

  /// Without fused multiply-add the bits are others than above, but as independent of the workers.
  @Test func portableWithAnyNumberOfWorkers() throws {
    try withTemporaryFolder { folder in
      let options = set("fit.epochs=1", "engine.balance=even")
      let bits = try [1, 2, 3].map { workers in
        try train("configs/digits.json", options + ["--workers", "\(workers)"], into: folder, environment: ["LOCKSTEP_ISA": "portable"]).bits
      }
      #expect(bits[1] == bits[0])
      #expect(bits[2] == bits[0])
    }
  }

  /// Not a comparison of a constant with itself: another seed gives other bits.
  @Test func anotherSeedGivesOtherBits() throws {
    try withTemporaryFolder { folder in
      let one = try train("configs/digits.json", set("fit.epochs=1"), into: folder).bits
      let two = try train("configs/digits.json", set("fit.epochs=1", "seed=2"), into: folder).bits
      #expect(one.model != two.model)
      #expect(one.history != two.history)
    }
  }
}
