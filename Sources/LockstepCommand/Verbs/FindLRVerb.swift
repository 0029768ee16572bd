import Failures
import Interchange
import Lockstep
import NeuralNetwork
import RunConfig
import Training

/// `lockstep find-lr CONFIG`: which learning rate to begin with.
enum FindLRVerb: Verb {
  static let name = "find-lr"
  static let summary = "try growing learning rates, step by step, and suggest one"
  static let usage = "CONFIG [options]"
  static let example = "lockstep find-lr configs/digits.json --from 1e-5 --to 1"
  static let from = Option(name: "from", value: "RATE", help: "of the first step; default: 1e-7")
  static let to = Option(name: "to", value: "RATE", help: "of the last step; default: 10")
  static let steps = Option(name: "steps", value: "N", help: "rates to try, one a step; default: 100")
  static let options = [from, to, steps, Option.set, .workers, .placement, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    var configuration = try RunConfiguration(file: try arguments.operand("a config file"), overrides: arguments.all(.set))
    configuration.engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    let rates = try rates(arguments)
    let training = try RunData(configuration.data, seed: configuration.seed).training
    let compiled = CompiledNetwork(network: try Network(inputs: training.width, layers: configuration.model.layers), compile: configuration.compile)
    let crew = try Crew(configuration.engine)
    let test = try RangeTest.run(
      compiled, weights: try compiled.startingState(configuration, training: training).weights, training: training, encoding: configuration.data.targets,
      rates: rates, batchSize: configuration.fit.batchSize, shuffle: configuration.fit.shuffle, classWeight: configuration.fit.classWeight,
      seed: configuration.seed, crew: crew)
    for warning in crew.pool.bindingWarnings { Console.warning(warning) }
    let chart = RangeChart(test: test)
    try Console.output(arguments.has(.json) ? jsonLine(chart.jsonObject) + "\n" : chart.text)
  }

  private static func rates(_ arguments: Arguments) throws(Failure) -> RangeTest.Rates {
    func rate(_ option: Option, _ value: Double) throws(Failure) -> Double {
      try arguments.last(option).map { text throws(Failure) in try positiveNumber(text, of: "--\(option.name)") } ?? value
    }
    let (first, last) = (try rate(from, 1e-7), try rate(to, 10))
    guard first < last else { throw Failure(.usage, at: "--to \(last)", "expected more than --from, \(first)") }
    return RangeTest.Rates(from: first, to: last, count: try arguments.number(steps, in: 10...1_000_000) ?? 100)
  }
}
