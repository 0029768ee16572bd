import Failures
import Kernels
import NeuralNetwork
import RunConfig

/// A run between two steps, whole: what it is (config and data), how far it has come, and what it has learned.
///
/// The shuffles need no place of their own: an epoch's order follows from the config's seed and the epoch's number, and where in it the run stands, from the
/// steps done.
struct Checkpoint: Equatable {
  /// As it was resolved.
  var configuration: RunConfiguration
  /// Of the training data and, where there are some, the validation data.
  var data: [DataFingerprint]
  var progress: FitProgress
  var state: ModelState
  /// Bytes that were in the file of a `csv_logger` before the run; nil without one.
  var logStart: Int?
  /// Whether its multiply-adds rounded once: the one thing about a machine that the bits depend on.
  var isFused: Bool
}

extension Checkpoint {
  /// Whether a run of `configuration` on data with these fingerprints is the one that was saved here.
  ///
  /// - Parameter file: the checkpoint's.
  /// - Throws: `Failure` (bad data) saying what changed.
  func check(_ configuration: RunConfiguration, _ data: [DataFingerprint], file: String) throws(Failure) {
    guard self.data.count == data.count else {
      throw Failure(.badData, at: file, "expected the fingerprints of \(data.count) data sets, found \(self.data.count)")
    }
    for (name, (old, new)) in zip(["training", "validation"], zip(self.data, data)) where old != new {
      throw Failure(.badData, at: file, "the \(name) data changed, so the run cannot go on: it began with \(old.text), and now there are \(new.text)")
    }
    try check(configuration, file: file)
  }

  /// As above, for the config alone.
  func check(_ configuration: RunConfiguration, file: String) throws(Failure) {
    try configuration.checkContinues(self.configuration, file: file)
    let done = configuration.fit.epochs(behind: progress.records)
    let begun = done + (progress.epoch.steps > 0 ? 1 : 0)
    guard configuration.fit.epochs >= begun else {
      let words = begun > done ? "epoch \(begun) has begun" : "\(begun) epochs are done"
      throw Failure(.badData, at: file, "\(words), so fit.epochs cannot be \(configuration.fit.epochs)")
    }
  }

  /// Says so where the rest of the run would have other last bits than its beginning.
  func warn(ofOtherBitsOn instructionSet: InstructionSet, file: String, _ warn: (String) -> Void) {
    guard isFused != instructionSet.isFused else { return }
    func words(_ isFused: Bool) -> String { isFused ? "with fused multiply-add" : "without fused multiply-add" }
    warn(
      "\(file): the run was begun \(words(isFused)) and goes on \(words(instructionSet.isFused)) (\(instructionSet.rawValue)), so it does not end with the bits of a "
        + "run that was never interrupted")
  }
}

extension RunConfiguration {
  /// - Throws: `Failure` (bad data) at `file` when a run of `earlier` cannot go on with this config.
  func checkContinues(_ earlier: RunConfiguration, file: String) throws(Failure) {
    let differences = differences(from: earlier)
    guard !differences.isEmpty else { return }
    throw Failure(.badData, at: file, "the config changed, so the run cannot go on: \(differences.joined(separator: "; ")); begin a new run instead")
  }
}
