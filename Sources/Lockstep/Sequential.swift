import Failures
import NeuralNetwork
import RunConfig
import Training

/// A stack of layers with its weights: define, compile, fit.
///
/// ```swift
/// let model = try Sequential(inputs: 784) {
///   Dense(25, activation: .sigmoid)
///   Dense(15, activation: .sigmoid)
///   Dense(10)
/// }
/// try model.compile(optimizer: .adam(), loss: .sparseCategoricalCrossentropy(fromLogits: true), metrics: [.accuracy])
/// let history = try model.fit(.bundledDigits(), epochs: 20)
/// ```
///
/// The same seed, layers and data give the same weights, to the bit, on any number of workers. A class, as in Keras: the calls change the
/// model in place. Use it from one thread at a time.
public final class Sequential {
  /// The layers as they are laid out in memory; `network.summary` shows them as a table.
  public let network: Network
  /// Seeds the initial weights and the shuffles.
  public let seed: UInt64
  var compiled: CompiledNetwork?
  var state: ModelState
  /// Whether mean and variance of the inputs are known, by a fit or a file of weights.
  var isAdapted: Bool
  /// Epochs over all fits, so that a second fit goes on with new shuffles.
  var epochsDone = 0

  /// 1. Define: layers for examples of `inputs` numbers, weights drawn by their initialisers from `seed`.
  ///
  /// - Throws: `Failure` when there are no inputs, no layers, or a layer has no units.
  public init(inputs: Int, seed: UInt64 = 1, @LayerBuilder layers: () -> [Layer]) throws(Failure) {
    let layers = layers()
    network = try Network(inputs: inputs, layers: layers)
    for (index, layer) in layers.enumerated() { try layer.check(index: index) }
    self.seed = seed
    state = ModelState(weights: network.initialArena(seed: seed))
    isAdapted = !network.adapts
  }

  /// 2. Compile: how to improve (`optimizer`), on what (`loss`), and what else to report (`metrics`). Starts the optimizer anew; the
  /// weights stay.
  ///
  /// - Throws: `Failure` when an option is out of its range.
  public func compile(optimizer: Optimizer, loss: Loss, metrics: [Metric] = []) throws(Failure) {
    try optimizer.check()
    try loss.check()
    try metrics.check()
    let compiled = CompiledNetwork(network: network, compile: CompileSection(optimizer: optimizer, loss: loss, metrics: metrics))
    self.compiled = compiled
    state = compiled.freshState(weights: state.weights)
  }

  /// The compiled model.
  ///
  /// - Throws: `Failure` when `compile` was not called.
  func requireCompiled(_ call: String) throws(Failure) -> CompiledNetwork {
    guard let compiled else { throw Failure(.badData, at: call, "the model is not compiled; call compile(optimizer:loss:metrics:) first") }
    return compiled
  }
}
