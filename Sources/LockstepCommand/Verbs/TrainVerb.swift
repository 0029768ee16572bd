import Failures
import Foundation
import Interchange
import Lockstep
import Ranks
import RunConfig
import Training

/// `lockstep train CONFIG`: a config in, a run directory out.
enum TrainVerb: Verb {
  static let name = "train"
  static let summary = "train the network of a config and save the run"
  static let usage = "CONFIG [options]"
  static let example = "lockstep train configs/digits.json --set fit.epochs=5"
  static let output = Option(name: "output", value: "DIR", help: "the run directory; default: the first free of runs/NAME, runs/NAME-2, ...")
  static let overwrite = Option(name: "overwrite", value: nil, help: "replace the run in --output DIR, once the new one is done")
  static let quiet = Option(name: "quiet", value: nil, help: "print nothing but errors")
  static let resume = Option(name: "resume", value: nil, help: "go on with an interrupted run, as if nothing had happened; CONFIG may be its directory")
  static let options = [Option.set, .workers, .placement, output, resume, overwrite, quiet, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    try Ranks.launched(arguments) { ranks throws(Failure) in try train(arguments, ranks) }
  }

  private static func train(_ arguments: Arguments, _ ranks: Ranks?) throws(Failure) {
    let (file, folder) = try subject(arguments)
    var configuration = try RunConfiguration(file: file, overrides: arguments.all(.set))
    configuration.engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    // One speaks for all.
    let isQuiet = arguments.has(quiet) || ranks?.isFirst == false
    let isJSON = arguments.has(.json)
    func warn(_ line: String) { if ranks?.isFirst != false { Console.warning(line) } }
    let run = try TrainingRun(configuration, output: folder, start: try start(arguments), ranks: ranks, warn: warn)
    // One that goes on has heard it.
    if !isQuiet, run.resumed == nil { for finding in run.findings { warn(finding.line) } }
    if !isQuiet, !isJSON { try Console.output(introduction(run)) }
    // A reader that goes away is then an error of the write, with a checkpoint before the end.
    signal(SIGPIPE, SIG_IGN)
    Interruption.watch()
    func train(_ observer: some FitObserver) throws(Failure) -> TrainingRun.Ending {
      try run.train(observer: observer, isInterrupted: { Interruption.signal != nil }, warn: warn)
    }
    let ending = try isJSON || isQuiet ? train(Lines(isSilent: isQuiet, ofFirst: ranks?.isFirst != false)) : train(ProgressDisplay.standard())
    for warning in [run.crew.warning].compactMap(\.self) + run.crew.pool.bindingWarnings { Console.warning(warning) }
    switch ending {
    case .finished(let evaluation): if !isQuiet { try report(run, evaluation, isJSON: isJSON) }
    case .interrupted(let progress, let checkpoint):
      // All end with the same status, whoever was asked to; and the one who speaks has spoken when the first of them ends.
      let signal = ranks.map { Int32($0.all(Int(Interruption.signal ?? 0)).max()!) } ?? Interruption.signal ?? SIGINT
      guard run.writes else {
        ranks?.leave(status: 128 + signal)
        exit(128 + signal)
      }
      Console.error("lockstep: interrupted \(progress.words); saved in \(checkpoint); go on with: lockstep train \(run.directory.destination) --resume")
      ranks?.leave(status: 128 + signal)
      exit(128 + signal)
    }
  }

  private static func start(_ arguments: Arguments) throws(Failure) -> TrainingRun.Start {
    guard arguments.has(resume) else { return arguments.has(overwrite) ? .overwrite : .new }
    guard !arguments.has(overwrite) else { throw Failure(.usage, at: "--resume", "goes on with a run, and --overwrite replaces it; choose one") }
    return .resume
  }

  /// The config file, and the run directory, if it was named: with `--output`, or in the config's place.
  private static func subject(_ arguments: Arguments) throws(Failure) -> (file: String, folder: String?) {
    let subject = try arguments.operand("a config file")
    var isFolder: ObjCBool = false
    guard arguments.has(resume), FileManager.default.fileExists(atPath: subject, isDirectory: &isFolder), isFolder.boolValue else {
      return (subject, arguments.last(output))
    }
    guard !arguments.has(output) else { throw Failure(.usage, at: "--output", "the run directory is given already, as \(subject)") }
    let run = try RunDirectory.find(output: subject, name: "")
    return (run?.configPath ?? "\(subject)/config.json", subject)
  }

  private static func report(_ run: TrainingRun, _ evaluation: Evaluation, isJSON: Bool) throws(Failure) {
    let part = run.data.validation == nil ? "training" : "validation"
    if isJSON {
      try Console.output(jsonLine(["run": run.directory.destination, part: EvaluationReport.json(evaluation)]) + "\n")
    } else {
      try Console.output(
        "\n" + EvaluationReport.text(evaluation, of: "\(part) data", labels: run.configuration.data.classes) + "saved in \(run.directory.destination)\n")
    }
  }

  private static func introduction(_ run: TrainingRun) -> String {
    let rows = "\(run.data.training.count) rows" + (run.data.validation.map { ", \($0.count) more to validate" } ?? "")
    let crew = run.crew
    var workers = "\(crew.pool.count) worker\(crew.pool.count == 1 ? "" : "s")"
    if let ranks = crew.ranks { workers = "\(ranks.count) rank\(ranks.count == 1 ? "" : "s") (\(ranks.library)), here \(workers)" }
    return """
      \(run.configuration.name): \(rows); \(workers), placement \(crew.plan.strategy), \(crew.instructionSet.rawValue)
      \(run.compiled.network.summary)
      \(run.resumed.map { "\nresumed \($0.words)\n" } ?? "")

      """
  }

  /// An object an epoch on standard output, as in `history.jsonl`; or nothing.
  private struct Lines: FitObserver {
    let isSilent: Bool
    /// False on the ranks that leave it to another to warn.
    let ofFirst: Bool

    func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {}
    func stepsDone(_ steps: Int) {}
    func epochEnded(_ record: EpochRecord) throws(Failure) {
      if !isSilent { try Console.output(record.jsonLine + "\n") }
    }
    /// What only this rank knows.
    func stalled(_ report: String) { if !ofFirst { Console.warning(report) } }
  }
}
