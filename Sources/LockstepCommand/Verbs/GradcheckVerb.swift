import Failures
import Interchange
import RunConfig
import Training

/// `lockstep gradcheck CONFIG`: whether the gradients are those of the loss, on the user's own data.
enum GradcheckVerb: Verb {
  static let name = "gradcheck"
  static let summary = "the gradients of a first step against differences of the loss in double precision, tensor by tensor"
  static let usage = "CONFIG|RUN [options]"
  static let example = "lockstep gradcheck configs/digits.json --samples 50"
  static let rows = Option(name: "rows", value: "N", help: "rows of the batch, the first of the first epoch; default: 16")
  static let samples = Option(name: "samples", value: "N", help: "numbers of each tensor to look at, drawn by the seed; default: 100")
  static let options = [rows, samples, Option.set, .workers, .placement, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let path = try arguments.operand("a config file or a run directory")
    let most = Int(Int32.max)
    let (rows, samples) = (try arguments.number(rows, in: 1...most) ?? 16, try arguments.number(samples, in: 1...most) ?? 100)
    let subject = try Subject(path, arguments)
    let configuration = subject.configuration
    let check = try GradientCheck.run(
      subject.compiled, weights: subject.state.weights, dataset: subject.data.training, encoding: configuration.data.targets,
      rows: subject.data.firstRows(rows, configuration), samples: samples, seed: configuration.seed, crew: try Crew(configuration.engine))
    let report = GradcheckReport(name: configuration.name, check: check)
    try Console.output(arguments.has(.json) ? jsonLine(report.json) + "\n" : report.text)
    try check.verify()
  }
}
