import Failures
import Interchange
import RunConfig
import Training

/// `lockstep evaluate RUN|CONFIG`: what a network does on the validation data.
enum EvaluateVerb: Verb {
  static let name = "evaluate"
  static let summary = "loss, metrics, confusion matrix, classes, calibration and mistakes of a run, or of a config's starting weights"
  static let usage = "RUN|CONFIG [options]"
  static let example = "lockstep evaluate runs/digits --set data.validation=none"
  static let mistakes = Option(name: "mistakes", value: "N", help: "list this many of the most confident mistakes; default: 10")
  static let resamples = Option(name: "resamples", value: "N", help: "resamples for the confidence interval; default: 1000; 0: no interval")
  static let precision = Option(name: "precision", value: "P", help: "the threshold of each yes-or-no output that gives this precision")
  static let recall = Option(name: "recall", value: "R", help: "the threshold of each yes-or-no output that gives this recall")
  static let options = [Option.set, mistakes, resamples, precision, recall, .workers, .placement, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let path = try arguments.operand("a run directory or a config file")
    var questions = Examination.Questions(policy: try policy(arguments))
    if let count = try arguments.number(mistakes, in: 0...Int(Int32.max)) { questions.mistakes = count }
    if let count = try arguments.number(resamples, in: 0...Int(Int32.max)) { questions.resamples = count }
    let subject = try Subject(path, arguments)
    questions.seed = subject.configuration.seed
    let examination = try examine(
      subject.compiled, state: subject.state, dataset: subject.dataset, encoding: subject.configuration.data.targets, questions: questions,
      crew: try Crew(subject.configuration.engine))
    let report = ExaminationReport(examination: examination, policy: questions.policy, labels: subject.configuration.data.classes)
    try Console.output(arguments.has(.json) ? jsonLine([subject.part: report.json]) + "\n" : report.text(of: "\(subject.part) data"))
  }

  private static func policy(_ arguments: Arguments) throws(Failure) -> ThresholdPolicy? {
    switch (arguments.last(precision), arguments.last(recall)) {
    case (let wanted?, nil): return .precision(try portion(wanted, of: "--precision"))
    case (nil, let wanted?): return .recall(try portion(wanted, of: "--recall"))
    case (nil, nil): return nil
    case (_?, _?): throw Failure(.usage, at: "--recall", "a threshold gives a precision or a recall; choose one of --precision and --recall")
    }
  }
}
