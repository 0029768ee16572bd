import Failures
import Interchange
import NeuralNetwork
import RunConfig
import Training

/// `lockstep check CONFIG`: what would be trained, and what is wrong with it.
enum CheckVerb: Verb {
  static let name = "check"
  static let summary = "layers, parameters and memory of a config, and what will go wrong with it: each with the reason and advice"
  static let usage = "CONFIG [options]"
  static let example = "lockstep check configs/digits.json --set data.scale=1"
  static let options = [Option.set, .workers, .placement, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    var configuration = try RunConfiguration(file: try arguments.operand("a config file"), overrides: arguments.all(.set))
    configuration.engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    let data = try RunData(configuration.data, seed: configuration.seed)
    let compiled = CompiledNetwork(network: try Network(inputs: data.training.width, layers: configuration.model.layers), compile: configuration.compile)
    let workers: Int? = if case .exactly(let count) = configuration.engine.workers { count } else { nil }
    let checkup = try Checkup.look(
      at: compiled, state: try compiled.startingState(configuration, training: data.training), training: data.training, validation: data.validation,
      encoding: configuration.data.targets, labels: configuration.data.classes, options: configuration.fit, seed: configuration.seed, workers: workers,
      hasInitialWeights: configuration.model.initialWeights != nil, crew: try Crew(configuration.engine))
    let report = CheckReport(name: configuration.name, checkup: checkup, labels: configuration.data.classes)
    try Console.output(arguments.has(.json) ? jsonLine(report.json) + "\n" : report.text)
    try checkup.findings.refuse()
  }
}
