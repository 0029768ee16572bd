import Failures
import Foundation
import Interchange
import RunConfig
import Sweeps

/// `lockstep sweep CONFIG`: the same run with other values for some keys, many side by side.
enum SweepVerb: Verb {
  static let name = "sweep"
  static let summary = "train a config with many values for some of its keys, runs side by side, and compare them"
  static let usage = "CONFIG|DIR [options]"
  static let example = "lockstep sweep configs/digits.json --grid fit.batch_size=32,64 --random compile.optimizer.learning_rate=log:1e-4..1e-1 --trials 4"
  static let grid = Option(name: "grid", value: "key.path=A,B,...", help: "each of these values, with each of the other keys'; may be given more than once")
  static let random = Option(
    name: "random", value: "key.path=D", help: "drawn from uniform:LOW..HIGH, log:LOW..HIGH, int:LOW..HIGH or choice:A,B,...; may be given more than once")
  static let trials = Option(name: "trials", value: "N", help: "how often to draw; with each draw comes the whole grid")
  static let seed = Option(name: "seed", value: "N", help: "of the draws; default: 1")
  static let monitor = Option(
    name: "monitor", value: "FIGURE", help: "what trials are compared by; default: fit.checkpoint.monitor, or else the validation loss")
  static let workersPerRun = Option(name: "workers-per-run", value: "N", help: "workers of each run, each on a core that no other run has; default: 1")
  static let output = Option(name: "output", value: "DIR", help: "the sweep's folder; one that holds the same sweep goes on; default: sweeps/NAME")
  static let options = [grid, random, trials, seed, Option.set, monitor, workersPerRun, output, TrainVerb.quiet, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let (request, directory) = try subject(arguments)
    var sweep = try Sweep(request, in: directory, workers: try arguments.number(workersPerRun, in: 1...Int(Int32.max)) ?? 1)
    let display = Display(isJSON: arguments.has(.json), isQuiet: arguments.has(TrainVerb.quiet), trials: request.plan.trials.count)
    try display.begin(sweep)
    signal(SIGPIPE, SIG_IGN)
    Interruption.watch()
    var ended = sweep.results.results.count
    let results = sweep.results
    let ending = try sweep.run(isInterrupted: { Interruption.signal != nil }, warn: Console.warning) { result throws(Failure) in
      ended += 1
      try display.ended(result, ended, results)
    }
    switch ending {
    case .finished: try display.end(sweep)
    case .interrupted:
      let done = sweep.results.results.count - sweep.results.failures.count
      Console.error("lockstep: interrupted with \(done) of \(request.plan.trials.count) trials done; go on with: lockstep sweep \(directory.path)")
      exit(128 + (Interruption.signal ?? SIGINT))
    }
    try complain(sweep)
  }

  /// What to sweep and where, from a config and options, or from the folder of a sweep that was begun.
  private static func subject(_ arguments: Arguments) throws(Failure) -> (SweepRequest, SweepDirectory) {
    let subject = try arguments.operand("a config file, or the folder of a sweep")
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: subject, isDirectory: &isFolder), isFolder.boolValue {
      for option in [grid, random, trials, seed, .set, output] where arguments.has(option) {
        throw Failure(.usage, at: "--\(option.name)", "\(subject) says by itself what is swept; give the config in its place, or leave this out")
      }
      let directory = SweepDirectory(path: subject)
      return (try directory.readRequest(monitor: arguments.last(monitor)), directory)
    }
    let axes =
      try arguments.all(grid).map { argument throws(Failure) in try Axis(grid: argument) }
      + arguments.all(random).map { argument throws(Failure) in try Axis(random: argument) }
    let plan = try SweepPlan(
      axes: axes, draws: try arguments.number(trials, in: 1...SweepPlan.mostTrials), seed: try arguments.number(seed, in: 0...UInt64.max) ?? 1)
    let request = try SweepRequest(config: subject, overrides: arguments.all(.set), plan: plan, monitor: arguments.last(monitor))
    return (request, SweepDirectory(path: arguments.last(output) ?? "sweeps/\(request.name)"))
  }

  /// - Throws: `Failure` when trials failed: with the kind of the first one.
  private static func complain(_ sweep: Sweep) throws(Failure) {
    guard let first = sweep.results.failures.first, let failure = first.failure else { return }
    let count = sweep.results.failures.count
    let how = count == 1 ? "\(first.trial.name) failed" : "\(count) trials failed, the first of them \(first.trial.name)"
    throw Failure(failure.kind, "\(how) (\(failure)); the same command, or lockstep sweep \(sweep.directory.path), tries again")
  }

  /// What is shown: a line a trial as it ends, and the table; as JSON the same objects as in `results.jsonl`, and one at the end; or nothing.
  private struct Display {
    let isJSON: Bool
    let isQuiet: Bool
    let trials: Int

    func begin(_ sweep: Sweep) throws(Failure) {
      guard !isQuiet else { return }
      let earlier = sweep.results.results
      if isJSON { return try Console.output(earlier.map { sweep.results.jsonLine($0) + "\n" }.joined()) }
      let (places, workers) = (min(sweep.cores.sets.count, trials), sweep.cores.sets[0].cores.count)
      let done = earlier.isEmpty ? "" : ", \(earlier.count) of them done"
      let sideBySide = "\(places) at a time, \(workers) worker\(workers == 1 ? "" : "s") each"
      try Console.output("\(sweep.request.name): \(trials) trial\(trials == 1 ? "" : "s")\(done); \(sideBySide)\n")
    }

    func ended(_ result: TrialResult, _ number: Int, _ results: SweepResults) throws(Failure) {
      guard !isQuiet else { return }
      if isJSON { return try Console.output(results.jsonLine(result) + "\n") }
      let settings = result.trial.settings.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      let best = result.best(by: results.monitor).map { "best \(results.monitor) \(String(format: "%.4f", $0.value))" } ?? "no \(results.monitor)"
      let outcome = result.failure.map { "failed: \($0)" } ?? "\(best), \(String(format: "%.2f", result.seconds)) s"
      try Console.output("[\(number)/\(trials)] \(result.trial.name) \(settings) - \(outcome)\n")
    }

    func end(_ sweep: Sweep) throws(Failure) {
      guard !isQuiet else { return }
      let results = sweep.results
      let best = results.ranking.first { $0.failure == nil && $0.best(by: results.monitor) != nil }
      guard isJSON else {
        // The best comes first.
        let lines = results.lines.enumerated().map { number, line in
          number == 0 ? Ink.output.heading(line) : number == 1 && best != nil ? Ink.output.good(line) : line
        }
        return try Console.output("\n" + lines.joined(separator: "\n") + "\nsaved in \(sweep.directory.path)\n")
      }
      try Console.output(
        jsonLine([
          "sweep": sweep.directory.path, "monitor": results.monitor, "trials": trials, "failed": results.failures.count,
          "best": best.map { $0.trial.name as Any } ?? NSNull(),
        ]) + "\n")
    }
  }
}
