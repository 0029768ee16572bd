import Foundation
import TestSupport
import Testing

private let cCompiler = ["cc", "clang", "gcc"].first(where: isInstalled)

/// The promise: the step loop allocates nothing. A library put before the process's own `malloc` counts every allocation of a run; ten times the steps
/// must not make more of them.
@Suite(.enabled(if: cCompiler != nil, "needs a C compiler"))
struct AllocationTests {
  /// Allocations of one run of `digits.json`, and the steps it took.
  private func count(batchSize: Int, workers: Int, optimizer: String, balance: String, library: URL, folder: URL) throws -> (allocations: Int, steps: Int) {
    let file = folder.appendingPathComponent("count-\(batchSize)")
    let settings = set("fit.epochs=3", "fit.batch_size=\(batchSize)", "compile.optimizer=\(optimizer)", "engine.balance=\(balance)")
    _ = try train(
      "configs/digits.json", settings + ["--workers", "\(workers)"], into: folder,
      environment: ["LD_PRELOAD": library.path, "ALLOCATION_COUNT": file.path])
    let text = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    return (try #require(Int(text)), 3 * ((4000 + batchSize - 1) / batchSize))
  }

  /// With a measured balance the steps allocate nothing either, but there are some allocations ten times a second, when what was measured is looked at, and
  /// many steps take longer than few. A step that allocated anything would make at least one for each.
  @Test(arguments: [(1, "adam", "even"), (2, "adam", "even"), (5, "sgd", "even"), (2, "rmsprop", "even"), (2, "adam", "measured")])
  func stepsAllocateNothing(_ workers: Int, _ optimizer: String, _ balance: String) throws {
    try withTemporaryFolder { folder in
      let library = folder.appendingPathComponent("count.so")
      let source = PackageFiles.root.appendingPathComponent("Tests/CommandTests/Fixtures/count_allocations.c").path
      let compiled = try LockstepProcess.run(
        [try #require(cCompiler), "-shared", "-fPIC", "-O2", "-o", library.path, source], in: folder, sourceLocation: #_sourceLocation)
      try #require(compiled.status == 0, "\(compiled.errors)")
      // The last batch is a partial one in both.
      let few = try count(batchSize: 300, workers: workers, optimizer: optimizer, balance: balance, library: library, folder: folder)
      let many = try count(batchSize: 7, workers: workers, optimizer: optimizer, balance: balance, library: library, folder: folder)
      print("\(workers) workers, \(optimizer), \(balance): \(few.allocations) allocations in \(few.steps) steps, \(many.allocations) in \(many.steps)")
      #expect(few.allocations > 1000, "the count works")
      #expect(Double(many.allocations - few.allocations) < (balance == "even" ? 0.1 : 0.9) * Double(many.steps - few.steps), "\(few) and \(many)")
    }
  }
}
