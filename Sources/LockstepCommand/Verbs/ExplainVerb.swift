import Failures
import Interchange
import RunConfig
import Training

/// `lockstep explain RUN --row N`: what a network makes of one row, number by number.
enum ExplainVerb: Verb {
  static let name = "explain"
  static let summary = "one row on its way through a run's network: layers, answer, loss, gradients, and what a step would change"
  static let usage = "RUN|CONFIG [options]"
  static let example = "lockstep explain runs/digits --row 17"
  static let row = Option(
    name: "row", value: "N", help: "which row of the validation data (or, where there are none, of the training data), from 0; default: 0")
  static let options = [row, Option.set, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let subject = try Subject(try arguments.operand("a run directory or a config file"), arguments)
    let row = try arguments.number(row, in: 0...subject.dataset.count - 1) ?? 0
    // One row has work for one worker.
    let crew = try Crew(EngineSection(workers: .exactly(1), placement: .none))
    let explanation = try Explanation.of(
      subject.compiled, weights: subject.state.weights, dataset: subject.dataset, encoding: subject.configuration.data.targets, row: row,
      seed: subject.configuration.seed, crew: crew)
    let report = ExplainReport(
      explanation: explanation, part: subject.part, configuration: subject.configuration, blocks: DigitPicture.mayHoldBlocks())
    try Console.output(arguments.has(.json) ? jsonLine(report.json) + "\n" : report.text)
  }
}
