import Failures
import Glibc
import Lockstep
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
  static let options = [Option.set, .workers, .placement, output, overwrite, quiet, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    var configuration = try RunConfiguration(file: arguments.operand("a config file"), overrides: arguments.all(.set))
    configuration.engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    let isQuiet = arguments.has(quiet)
    let isJSON = arguments.has(.json)
    let run = try TrainingRun(configuration, output: arguments.last(output), overwrite: arguments.has(overwrite))
    if !isQuiet, !isJSON { try Console.output(introduction(run)) }
    let evaluation = try isJSON || isQuiet ? run.train(observer: Lines(isSilent: isQuiet)) : run.train(observer: ProgressDisplay.standard())
    for warning in run.crew.pool.bindingWarnings { Console.error("lockstep: warning: \(warning)") }
    if isQuiet { return }
    let part = run.data.validation == nil ? "training" : "validation"
    if isJSON {
      try Console.output(jsonLine(["run": run.directory.path, part: EvaluationReport.json(evaluation)]) + "\n")
    } else {
      try Console.output("\n" + EvaluationReport.text(evaluation, of: "\(part) data") + "saved in \(run.directory.path)\n")
    }
  }

  private static func introduction(_ run: TrainingRun) -> String {
    let rows = "\(run.data.training.count) rows" + (run.data.validation.map { ", \($0.count) more to validate" } ?? "")
    let crew = run.crew
    let workers = "\(crew.pool.count) worker\(crew.pool.count == 1 ? "" : "s")"
    return """
      \(run.configuration.name): \(rows); \(workers), placement \(crew.plan.strategy), \(crew.instructionSet.rawValue)
      \(run.compiled.network.summary)


      """
  }

  /// An object an epoch on standard output, as in `history.jsonl`; or nothing.
  private struct Lines: FitObserver {
    let isSilent: Bool

    func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {}
    func stepsDone(_ steps: Int) {}
    func epochEnded(_ record: EpochRecord) throws(Failure) {
      if !isSilent { try Console.output(record.jsonLine + "\n") }
    }
  }
}
