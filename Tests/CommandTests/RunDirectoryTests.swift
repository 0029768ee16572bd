import Foundation
import TestSupport
import Testing

/// The promise: a run directory holds everything that the run was, in the forms that DESIGN.md and the README name.
@Suite struct RunDirectoryTests {
  @Test func holdsConfigHistoryAndModel() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=3"), into: folder)
      let names = try FileManager.default.contentsOfDirectory(atPath: run.folder.path).sorted()
      #expect(names == ["checkpoints", "config.json", "history.jsonl", "machine.json", "model.safetensors"])
      let keys: Set = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds", "samples_per_second"]
      let history = try run.history
      #expect(history.map { $0["epoch"] } == [1, 2, 3])
      #expect(history.allSatisfy { Set($0.keys) == keys })
      let tensors = try run.tensors
      #expect(tensors.map { $0.name } == ["dense.kernel", "dense.bias", "dense_1.kernel", "dense_1.bias", "dense_2.kernel", "dense_2.bias"])
      #expect(tensors.map { $0.shape } == [[784, 25], [25], [25, 15], [15], [15, 10], [10]])
    }
  }

  @Test func withoutMetricsAndValidationTheHistoryIsTheLoss() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=1", "compile.metrics=[]", "data.validation=none"), into: folder)
      #expect(try Set(run.history.last?.keys.map { $0 } ?? []) == ["epoch", "loss", "seconds", "samples_per_second"])
    }
  }

  @Test func aLayerWithoutBiasHasNoBiasInTheFile() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=1", "model.layers[1].use_bias=false"), into: folder)
      #expect(try run.tensors.map { $0.name } == ["dense.kernel", "dense.bias", "dense_1.kernel", "dense_2.kernel", "dense_2.bias"])
    }
  }

  /// Every default is written out, in a form that gives the same run again.
  @Test(arguments: ["digits", "zeros-and-ones", "ten-sigmoids", "logistic-regression", "linear-regression"])
  func resolvedConfigTrainsTheSameBits(_ name: String) throws {
    try withTemporaryFolder { folder in
      let first = try train("configs/\(name).json", set("fit.epochs=2", "seed=7"), into: folder)
      let again = try train(first.folder.appendingPathComponent("config.json").path, into: folder)
      #expect(try again.bits == first.bits)
      #expect(try again.config == first.config, "nothing of the moment in it")
      let config = try object(first.config)
      #expect(Set(config.keys) == ["name", "seed", "data", "model", "compile", "fit", "engine"])
      #expect(config["seed"] as? Int == 7)
      #expect((config["fit"] as? [String: Any])?["batch_size"] as? Int == 32)
    }
  }

  @Test func initialWeightsAreWhereTheRunStarts() throws {
    try withTemporaryFolder { folder in
      let settings = set("fit.epochs=1", "fit.shuffle=false", "compile.optimizer={type:'sgd',learning_rate:0.1}")
      let first = try train("configs/digits.json", settings, into: folder)
      let second = try train(
        "configs/digits.json", settings + set("model.initial_weights=\(first.folder.path)/model.safetensors"), into: folder)
      // Plain SGD keeps nothing but the weights, so one epoch and one more are two.
      let both = try train("configs/digits.json", settings + set("fit.epochs=2"), into: folder)
      #expect(try second.model == both.model)
    }
  }

  @Test func theFirstFreeNameIsTaken() throws {
    try withTemporaryFolder { folder in
      let config = PackageFiles.root.appendingPathComponent("configs/digits.json").path
      for number in 1...3 {
        let output = try succeed(["train", config] + set("fit.epochs=1"), in: folder)
        #expect(output.hasSuffix("saved in runs/digits\(number == 1 ? "" : "-\(number)")\n"))
      }
      try succeed(["train", config, "--quiet"] + set("fit.epochs=1", "name=other"), in: folder)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("runs").path).sorted() == ["digits", "digits-2", "digits-3", "other"])
    }
  }

  @Test func foldersAboveTheRunAreMade() throws {
    try withDigitsFolder { folder in
      try succeed(["train", "digits.json", "--quiet", "--output", "a/b/c"] + set("fit.epochs=1"), in: folder)
      #expect(try TrainedRun(folder: folder.appendingPathComponent("a/b/c")).history.count == 1)
    }
  }

  /// The options win over the config, and the run's config says what was used.
  @Test func optionsAreWrittenDown() throws {
    try withTemporaryFolder { folder in
      let run = try train("configs/digits.json", set("fit.epochs=5", "fit.epochs=1") + ["--workers", "3", "--placement", "none"], into: folder)
      let engine = try #require(try object(run.config)["engine"] as? [String: Any])
      #expect(engine["workers"] as? Int == 3)
      #expect(engine["placement"] as? String == "none")
      #expect(try run.history.count == 1, "the later --set wins")
    }
  }
}
