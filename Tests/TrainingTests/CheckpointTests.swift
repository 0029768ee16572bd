import Failures
import Foundation
import Interchange
import TestSupport
import Testing
import Training

/// The promise: what the fuzzer begins with are checkpoints as they are written today; without one, it would test little.
@Suite struct CheckpointTests {
  @Test(arguments: ["adam", "rmsprop", "sgd"]) func theFuzzersFirstInputsAreRead(_ name: String) throws {
    let bytes = try Data(contentsOf: PackageFiles.root.appendingPathComponent("Tests/Fuzz/Corpus/checkpoint/\(name)"))
    #expect(throws: Never.self) { try checkCheckpoint(Array(bytes)) }
  }

  /// Its config has no metric but accuracy, which counts nothing here.
  @Test(arguments: [
    ("epoch_metric_counts", "1", "not those of the config's metrics"), ("epoch_metric_counts", "-", "expected numbers"),
    ("epoch_metric_sums", "0.5 x", "expected numbers"),
  ])
  func talliesOfOtherMetricsAreRefused(_ key: String, _ text: String, _ message: String) throws {
    let bytes = Array(try Data(contentsOf: PackageFiles.root.appendingPathComponent("Tests/Fuzz/Corpus/checkpoint/adam")))
    let file = try Safetensors.decode(bytes, file: "adam", needsChecksum: true)
    let changed = try Safetensors.encode(file.tensors, metadata: file.metadata.merging([key: text]) { $1 }, checksum: true)
    #expect(throws: Failure(.badData, at: "checkpoint: metadata '\(key)'", message)) { try checkCheckpoint(changed) }
  }

  @Test(arguments: [
    "format", "config", "history", "epoch", "epoch_step", "epoch_loss_sum", "epoch_correct", "epoch_rows", "epoch_seconds", "step", "fused_multiply_add",
  ])
  func whatIsMissingIsSaid(_ key: String) throws {
    let bytes = Array(try Data(contentsOf: PackageFiles.root.appendingPathComponent("Tests/Fuzz/Corpus/checkpoint/adam")))
    let file = try Safetensors.decode(bytes, file: "adam", needsChecksum: true)
    var metadata = file.metadata
    metadata[key] = nil
    let without = try Safetensors.encode(file.tensors, metadata: metadata, checksum: true)
    #expect(throws: Failure(.badData, at: "checkpoint: metadata", "'\(key)' is missing")) { try checkCheckpoint(without) }
  }
}
