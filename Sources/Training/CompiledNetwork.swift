import Datasets
import Failures
import NeuralNetwork
import RunConfig

/// A network with what `compile` adds: everything that training needs but the data.
public struct CompiledNetwork: Sendable {
  /// The layers.
  public let network: Network
  /// The loss, the optimizer and the metrics as they were given.
  public let compile: CompileSection

  /// - Parameters:
  ///   - network: the layers.
  ///   - compile: what fits them: `Sequential.compile` and the run's own checks say whether it does.
  public init(network: Network, compile: CompileSection) {
    self.network = network
    self.compile = compile
  }

  /// The same with the rows and columns of the dataset's images, where layers look at them and no `reshape` says what they are.
  ///
  /// - Throws: `Failure` (bad data) naming `name` when there is such a layer and no shape.
  func seeing(_ dataset: Dataset, name: String) throws(Failure) -> CompiledNetwork {
    guard network.image == nil, let layer = network.firstAugmentation else { return self }
    guard let image = ImageShape(dataset.store.shape), image.count == network.inputs else {
      throw Failure(
        .badData, at: name,
        "\(layer.name) needs images, and nothing says which rows and columns the \(dataset.width) numbers of an example are; put a reshape before it")
    }
    return CompiledNetwork(network: network.seeing(image), compile: compile)
  }

  /// The state before the first step: weights drawn by the layers' initialisers from `seed`.
  public func initialState(seed: UInt64) -> ModelState {
    freshState(weights: network.initialArena(seed: seed))
  }

  /// `weights` with an optimizer that has not yet taken a step.
  public func freshState(weights: [Float]) -> ModelState {
    ModelState(weights: weights, network: network, optimizer: rule)
  }

  var rule: OptimizerRule { OptimizerRule(compile.optimizer) }
  var countsAccuracy: Bool { compile.metrics.contains(.accuracy) }

  /// Where a single output turns from class 0 to class 1: at probability ½, which is logit 0, or where a hinge's sides meet.
  public var threshold: Float { compile.loss.fromLogits || compile.loss.question == .side ? 0 : 0.5 }

  /// - Throws: `Failure` (bad data) when a callback looks at a figure that epochs do not have, or has nothing to reduce.
  func check(_ callbacks: [Callback], validates: Bool) throws(Failure) {
    let own = ["loss"] + compile.metrics.figureNames(outputs: network.outputs).joined()
    let known = own + (validates ? own.map { "val_" + $0 } : [])
    for (index, callback) in callbacks.enumerated() {
      let place = "fit.callbacks[\(index)]"
      if let monitor = callback.monitor, !known.contains(monitor) {
        throw Failure(
          .badData, at: "\(place).monitor", "unknown figure '\(monitor)'; \(Nearest.hint(monitor, among: known))this fit has \(known.joined(separator: ", "))")
      }
      if case .reduceLROnPlateau = callback, case .constant = compile.optimizer.learningRate { continue }
      if case .reduceLROnPlateau = callback {
        throw Failure(.badData, at: place, "reduce_lr_on_plateau needs a learning rate that is a number; the optimizer has a schedule")
      }
    }
  }

  /// The loss fitted to the network and to targets like those of `dataset`.
  ///
  /// - Throws: `Failure` with advice when they do not go together.
  func objective(for dataset: Dataset, encoding: DataSection.Targets) throws(Failure) -> Objective {
    if case .dense(let last)? = network.description.last { try compile.checkMetrics(outputs: network.outputs, activation: last.activation) }
    switch dataset.targets {
    case .classes: return try Objective(loss: compile.loss, network: network, encoding: encoding, vectorWidth: nil, metrics: compile.metrics)
    case .vectors(let values, let width):
      return try Objective(
        loss: compile.loss, network: network, encoding: encoding, vectorWidth: width, areBinary: values.allSatisfy { $0 == 0 || $0 == 1 },
        metrics: compile.metrics)
    }
  }

  /// Loss and metrics as Keras names and averages them.
  func figures(_ sums: SliceSums, _ metrics: MetricTotals, prefix: String = "") -> [EpochRecord.Figure] {
    let values = MetricPlan(compile.metrics, outputs: network.outputs).values(metrics, sums)
    let figures = zip(compile.metrics.figureNames(outputs: network.outputs).joined(), values.joined()).map { EpochRecord.Figure(prefix + $0, $1) }
    return [EpochRecord.Figure(prefix + "loss", sums.loss / Double(sums.count))] + figures
  }
}
