import Foundation
import TestSupport
import Testing

private let cCompiler = ["cc", "clang", "gcc"].first(where: isInstalled)

/// A library put before the process's own `malloc` and `mmap` watches the memory of whole runs of `lockstep`.
@Suite(.enabled(if: cCompiler != nil, "needs a C compiler"))
struct AllocationTests {
  private struct Watched {
    let library: URL
    let folder: URL

    init(in folder: URL) throws {
      self.folder = folder
      library = folder.appendingPathComponent("count.so")
      let source = PackageFiles.root.appendingPathComponent("Tests/CommandTests/Fixtures/count_allocations.c").path
      let compiled = try LockstepProcess.run(
        [try #require(cCompiler), "-shared", "-fPIC", "-O2", "-o", library.path, source], in: folder, sourceLocation: #_sourceLocation)
      try #require(compiled.status == 0, "\(compiled.errors)")
    }

    /// Allocations of one run of `digits.json`, and the bytes that were in use at the end of each epoch.
    func train(_ settings: [String], workers: Int) throws -> (allocations: Int, bytes: [Int]) {
      let file = folder.appendingPathComponent("count")
      _ = try CommandTests.train(
        "configs/digits.json", settings + ["--workers", "\(workers)"], into: folder,
        environment: ["LD_PRELOAD": library.path, "ALLOCATION_COUNT": file.path])
      let numbers = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      try #require(numbers.count > 1 && numbers.allSatisfy { $0 > 1000 }, "the count works: \(numbers)")
      return (numbers[0], Array(numbers[1...]))
    }
  }

  /// The promise: the step loop allocates nothing. Many times the steps must not make more allocations.
  ///
  /// There are some allocations ten times a second, when the workers pause so that a signal can be seen and what was measured looked at, and many steps take
  /// longer than few. A step that allocated anything would make at least one for each.
  @Test(arguments: [
    (1, []), (2, []), (5, ["compile.optimizer=sgd"]), (2, ["compile.optimizer=rmsprop"]), (2, ["engine.balance=measured"]),
    (
      2,
      [
        "compile.optimizer={type:'nadam',global_clipnorm:0.1,weight_decay:0.01,learning_rate:{type:'piecewise_constant_decay',boundaries:[9],values:[0.01,0.02]}}"
      ]
    ),
    (2, ["fit.class_weight=balanced", "fit.steps_per_epoch=1000000"]),
    (
      2,
      [
        "model.layers=[{type:'random_rotation',factor:0.1},{type:'random_elastic_transform'},{type:'random_zoom',height_factor:0.1},{type:'random_erasing'},{type:'dense',units:25,activation:'relu'},{type:'dense',units:10}]"
      ]
    ),
    // A metric of each kind: counts of rows, of elements and of buckets, and sums.
    (
      2,
      [
        "data.targets=one_hot", "compile.loss.type=categorical_crossentropy",
        "compile.metrics=['accuracy','categorical_accuracy','precision','f1_score','r2_score','mean_squared_error',{type:'auc',from_logits:true}]",
      ]
    ),
  ])
  func stepsAllocateNothing(_ workers: Int, _ others: [String]) throws {
    try withTemporaryFolder { folder in
      let watched = try Watched(in: folder)
      func count(batchSize: Int) throws -> (allocations: Int, steps: Int) {
        let settings = (["fit.epochs=3", "fit.batch_size=\(batchSize)", "engine.balance=even"] + others).flatMap { set($0) }
        return (try watched.train(settings, workers: workers).allocations, 3 * ((4000 + batchSize - 1) / batchSize))
      }
      // Batches of one row make eight times the slices, too, so that an allocation a slice is seen. On a machine that is busy with other things there are more
      // pauses, so a bad count is looked at again; one that an allocation a step makes is as bad every time.
      var passes = false
      for _ in 0..<4 where !passes {
        let (few, many) = (try count(batchSize: 300), try count(batchSize: 1))
        print("\(workers) workers, \(others): \(few.allocations) allocations in \(few.steps) steps, \(many.allocations) in \(many.steps)")
        passes = Double(many.allocations - few.allocations) < 0.5 * Double(many.steps - few.steps)
      }
      #expect(passes)
    }
  }

  /// The promise: memory does not grow with the epochs. An epoch leaves its record behind, some 200 bytes, and for each worker two blocks of 64 bytes in the
  /// caches of Dispatch's threads, which keep 1,024 each at most. It must leave nothing else; the order of its rows alone is 16 kB.
  @Test(arguments: [1, 3])
  func epochsLeaveNothingBehind(workers: Int) throws {
    try withTemporaryFolder { folder in
      let watched = try Watched(in: folder)
      let bytes = try watched.train(set("fit.epochs=100", "fit.batch_size=256"), workers: workers).bytes
      try #require(bytes.count == 100)
      print("\(workers) workers: \(bytes[9]) bytes in use after epoch 10, \(bytes[99]) after epoch 100")
      #expect(bytes[99] - bytes[9] < 90 * 1000)
    }
  }
}
