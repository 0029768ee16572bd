import Datasets
import Failures
import Foundation
import NeuralNetwork
import RunConfig
import Training

/// What is looked at: a run with its weights, or a config where it would start; and the data that its config names.
struct Subject {
  let configuration: RunConfiguration
  let data: RunData
  let compiled: CompiledNetwork
  let state: ModelState

  /// - Parameters:
  ///   - path: a run directory or a config file.
  ///   - arguments: of which `--set`, `--workers` and `--placement` count.
  /// - Throws: `Failure` for what is wrong with config, data or weights.
  init(_ path: String, _ arguments: Arguments) throws(Failure) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      let run = RunDirectory.hint(path)
      throw Failure(.missingInput, at: path, "no such run folder or config file\(run.isEmpty ? ConfigFile.hint(path) : run)")
    }
    let run = isFolder.boolValue ? try RunDirectory(opening: path) : nil
    var configuration = try RunConfiguration(file: run?.configPath ?? path, overrides: arguments.all(.set))
    configuration.engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    data = try RunData(configuration.data, seed: configuration.seed)
    compiled = CompiledNetwork(network: try Network(inputs: data.training.width, layers: configuration.model.layers), compile: configuration.compile)
    if let run {
      state = compiled.freshState(weights: try run.weights(compiled.network))
    } else {
      state = try compiled.startingState(configuration, training: data.training)
    }
    self.configuration = configuration
  }

  /// The rows that it is judged by: those kept aside, or where there are none, those it learned from.
  var dataset: Dataset { data.validation ?? data.training }

  /// "validation" or "training".
  var part: String { data.validation == nil ? "training" : "validation" }
}
