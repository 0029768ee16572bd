import Datasets
import Failures
import NeuralNetwork

/// A network that answers again and again, laid out in memory once. To be asked by one thread at a time.
public final class Predictor {
  private let compiled: CompiledNetwork
  private let scale: Double
  private let engine: Engine

  /// - Parameters:
  ///   - compiled: the network.
  ///   - weights: in arena layout.
  ///   - scale: inputs are divided by it.
  ///   - crew: who computes.
  /// - Throws: `Failure` when there is not enough memory.
  public init(_ compiled: CompiledNetwork, weights: [Float], scale: Double, crew: Crew) throws(Failure) {
    self.compiled = compiled
    self.scale = scale
    // Nothing is learned, so no optimizer's moments are kept.
    engine = try Engine(
      pool: crew.pool, kernels: crew.instructionSet.kernels, network: compiled.network, objective: .outputsOnly, optimizer: OptimizerRule(.sgd()),
      state: ModelState(weights: weights), trainingRows: 0, batchSize: 1, countsAccuracy: false)
  }

  /// The network's outputs for every row of `store`, row-major `[rows, outputs]`, the last activation applied.
  ///
  /// - Throws: `Failure` when the width is not the network's, or from a worker.
  public func outputs(_ store: ExampleStore) throws(Failure) -> [Float] {
    let examples = try Examples(unlabelled: store, network: compiled.network, scale: scale)
    let result = try engine.predict(examples.source, rows: examples.rows)
    return withExtendedLifetime(examples) { result }
  }

  /// What each layer gives for the first row of `store`, in order, the bits as `outputs` has them; without what only adds to the loss, or was put between two
  /// activations to keep them apart.
  ///
  /// - Throws: as `outputs`.
  public func layers(_ store: ExampleStore) throws(Failure) -> [StageOutputs] {
    let examples = try Examples(unlabelled: store, network: compiled.network, scale: scale)
    let stages = try engine.stageOutputs(examples.source, row: 0)
    return withExtendedLifetime(examples) {
      stages.filter { stage in
        if case .activityPenalty = stage.kind { return false }
        return stage.kind != .rescaling(scale: 1, offset: 0)
      }
    }
  }
}
