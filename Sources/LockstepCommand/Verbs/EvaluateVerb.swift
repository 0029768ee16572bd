import Failures
import Foundation
import Lockstep
import NeuralNetwork
import RunConfig
import Training

/// `lockstep evaluate RUN|CONFIG`: loss, metrics and confusion matrix on the validation data.
enum EvaluateVerb: Verb {
  static let name = "evaluate"
  static let summary = "loss, metrics and confusion matrix of a run, or of a config's starting weights"
  static let usage = "RUN|CONFIG [options]"
  static let example = "lockstep evaluate runs/digits --set data.validation=none"
  static let options = [Option.set, .workers, .placement, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let subject = try arguments.operand("a run directory or a config file")
    var isFolder: ObjCBool = false
    let run = FileManager.default.fileExists(atPath: subject, isDirectory: &isFolder) && isFolder.boolValue ? try RunDirectory(opening: subject) : nil
    var configuration = try RunConfiguration(file: run?.configPath ?? subject, overrides: arguments.all(.set))
    configuration.engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))

    let data = try RunData(configuration.data, seed: configuration.seed)
    let compiled = CompiledNetwork(network: try Network(inputs: data.training.width, layers: configuration.model.layers), compile: configuration.compile)
    let state: ModelState
    if let run {
      state = compiled.freshState(weights: try run.weights(compiled.network))
    } else {
      state = try compiled.startingState(configuration, training: data.training)
    }
    let evaluation = try evaluate(
      compiled, state: state, dataset: data.validation ?? data.training, encoding: configuration.data.targets, crew: try Crew(configuration.engine))
    let part = data.validation == nil ? "training" : "validation"
    try Console.output(
      arguments.has(.json) ? jsonLine([part: EvaluationReport.json(evaluation)]) + "\n" : EvaluationReport.text(evaluation, of: "\(part) data"))
  }
}
