import Datasets
import Failures
import NeuralNetwork
import RunConfig

/// A run from a config: data, network, threads and directory, made ready in that order, so that whatever is wrong is said before a file is
/// written.
public struct TrainingRun {
  public let configuration: RunConfiguration
  public let data: RunData
  public let compiled: CompiledNetwork
  public let crew: Crew
  public let directory: RunDirectory
  private let fitting: Fitting

  /// - Parameters:
  ///   - output: the run directory; nil for the first free `runs/<name>`.
  ///   - overwrite: whether `output` may hold an earlier run, which is replaced when this one is done.
  /// - Throws: `Failure` for anything that stands in the way.
  public init(_ configuration: RunConfiguration, output: String?, overwrite: Bool) throws(Failure) {
    self.configuration = configuration
    let state: ModelState
    ((data, compiled, state), crew) = try together(
      { () throws(Failure) in
        let data = try RunData(configuration.data, seed: configuration.seed)
        let network = try Network(inputs: data.training.width, layers: configuration.model.layers)
        let compiled = CompiledNetwork(network: network, compile: configuration.compile)
        return (data, compiled, try compiled.startingState(configuration))
      }, { () throws(Failure) in try Crew(configuration.engine) })
    fitting = try Fitting(
      compiled, state: state, training: data.training, validation: data.validation, encoding: configuration.data.targets, options: configuration.fit,
      seed: configuration.seed, crew: crew)
    directory = try RunDirectory.choose(output: output, name: configuration.name, overwrite: overwrite)
  }

  /// Trains, writing the run directory as `RunDirectory` tells, and returns what was reached on the validation data (on the training data where there is
  /// none).
  ///
  /// - Throws: `Failure` from a worker, the observer, or the disk.
  public func train(observer: some FitObserver) throws(Failure) -> Evaluation {
    try directory.begin(configuration)
    var recorder = Recorder(directory: directory, observer: observer)
    let records = try fitting.run(observer: &recorder)
    let state = fitting.state
    try directory.finish(configuration, records: records, network: compiled.network, weights: state.weights)
    return try evaluate(compiled, state: state, dataset: data.validation ?? data.training, encoding: configuration.data.targets, crew: crew)
  }
}

extension CompiledNetwork {
  /// Where a run of `configuration` starts: from its `initial_weights`, or from the initialisers.
  ///
  /// - Throws: `Failure` naming the file of weights and what is wrong with it.
  public func startingState(_ configuration: RunConfiguration) throws(Failure) -> ModelState {
    guard let path = configuration.model.initialWeights else { return initialState(seed: configuration.seed) }
    return freshState(weights: try loadWeights(network, from: path))
  }
}

/// Writes each epoch into the history before the observer hears of it.
private struct Recorder<Observer: FitObserver>: FitObserver {
  let directory: RunDirectory
  var observer: Observer

  mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) { observer.epochBegan(epoch, of: epochs, steps: steps) }
  mutating func stepsDone(_ steps: Int) { observer.stepsDone(steps) }

  mutating func epochEnded(_ record: EpochRecord) throws(Failure) {
    try directory.append(record)
    try observer.epochEnded(record)
  }
}
