import Failures
import Foundation
import RunConfig

/// A plan and the config that it is for: the config of every trial, read and found to be one.
public struct SweepRequest: Equatable, Sendable {
  public let plan: SweepPlan
  /// The config file's name, without its folder.
  let fileName: String
  let text: String
  /// What every trial sets.
  let overrides: [String]
  /// The figure by which trials are compared, such as "val_loss".
  public let monitor: String
  /// One a trial.
  let configurations: [RunConfiguration]

  /// - Parameters:
  ///   - config: the config file; it is read now, and what becomes of it later does not matter.
  ///   - overrides: what follows each `--set`.
  ///   - monitor: nil for the one that the config's best checkpoint goes by, or else the loss, of the validation data where there are some.
  /// - Throws: `Failure` as for any config, and naming the trial where the sweep's values are what is wrong.
  public init(config: String, overrides: [String], plan: SweepPlan, monitor: String?) throws(Failure) {
    try self.init(text: try ConfigFile.text(of: config), name: config, overrides: overrides, plan: plan, monitor: monitor)
  }

  init(text: String, name: String, overrides: [String], plan: SweepPlan, monitor: String?) throws(Failure) {
    for argument in overrides { try KeySetting(argument, of: "--set").checkSweepable() }
    // What is wrong without the sweep's values, too, is not theirs. (A config that has no place of its own for a swept key may be wrong without.)
    var alone: Failure?
    do throws(Failure) { _ = try RunConfiguration(json5: text, name: name, overrides: overrides) } catch { alone = error }
    var configurations: [RunConfiguration] = []
    for trial in plan.trials {
      do throws(Failure) { configurations.append(try RunConfiguration(json5: text, name: name, overrides: overrides + trial.overrides)) } catch {
        throw error == alone ? error : error.inside(trial.words)
      }
    }
    let figure = monitor ?? configurations[0].fit.checkpoint.monitor ?? (configurations[0].data.validation == .none ? "loss" : "val_loss")
    for (trial, configuration) in zip(plan.trials, configurations) {
      do throws(Failure) { try configuration.checkFigure(figure, at: "--monitor \(figure)") } catch {
        throw Failure(monitor == nil ? error.kind : .usage, at: error.place, error.message).inside(trial.words)
      }
    }
    try Self.checkLogs(plan, configurations)
    (self.plan, self.text, self.overrides, self.monitor, self.configurations) = (plan, text, overrides, figure, configurations)
    fileName = (name as NSString).lastPathComponent
  }

  /// Trials side by side must not write into one file.
  private static func checkLogs(_ plan: SweepPlan, _ configurations: [RunConfiguration]) throws(Failure) {
    var seen: Set<String> = []
    for (trial, configuration) in zip(plan.trials, configurations) {
      let (log, board) = (configuration.fit.callbacks.csvLogger, configuration.fit.callbacks.tensorBoard)
      let files = [log.map { ("csv_logger has the filename", $0.filename) }, board.map { ("tensorboard has the log_dir", $0.logDir) }].compactMap(\.self)
      for (what, file) in files where !seen.insert(what + file).inserted {
        let advice = "sweep it, too, or leave the callback out: every trial's folder has its history.jsonl"
        throw Failure(.badData, at: "fit.callbacks", "another trial's \(what) '\(file)'; \(advice)").inside(trial.words)
      }
    }
  }

  /// What the runs are called, unless that is swept.
  public var name: String { configurations[0].name }
}

extension SweepRequest {
  /// What keeps a sweep of this request from going on with one of `earlier`; empty where nothing does. Further trials behind those there were are none, nor is
  /// anything about the machine.
  func changes(from earlier: SweepRequest) -> [String] {
    let (new, old) = (plan.trials, earlier.plan.trials)
    let continues = new.count >= old.count && zip(new, old).allSatisfy { $0.sets($1) }
    guard continues else { return plan.changes(from: earlier.plan) }
    return zip(configurations, earlier.configurations).lazy.map { $0.differencesBeyondMachine(from: $1) }.first { !$0.isEmpty } ?? []
  }
}

extension Trial {
  /// Whether it sets what `other` sets, however the keys were typed.
  fileprivate func sets(_ other: Trial) -> Bool {
    settings.count == other.settings.count && zip(settings, other.settings).allSatisfy { $0.path == $1.path && $0.value == $1.value }
  }
}

extension SweepPlan {
  /// In words.
  fileprivate func changes(from earlier: SweepPlan) -> [String] {
    let gone = earlier.axes.filter { old in !axes.contains { $0.path == old.path } }.map { "\($0.key) was swept, and is not" }
    var changes = gone
    for axis in axes {
      if let old = earlier.axes.first(where: { $0.path == axis.path }) {
        if old.values != axis.values { changes.append("\(axis.key) was \(old.text), is \(axis.text)") }
      } else {
        changes.append("\(axis.key) was not swept, and is")
      }
    }
    if seed != earlier.seed, axes.contains(where: \.isRandom) { changes.append("the seed was \(earlier.seed), is \(seed)") }
    if draws < earlier.draws { changes.append("the trials were \(earlier.draws), are \(draws)") }
    if changes.isEmpty { changes.append("the keys' order was \(earlier.keys), is \(keys)") }
    return changes
  }

  private var keys: String { axes.map(\.key).joined(separator: ", ") }
}
