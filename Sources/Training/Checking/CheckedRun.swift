import Datasets
import NeuralNetwork
import RunConfig

/// A run as the rules see it.
struct CheckedRun {
  let compiled: CompiledNetwork
  let training: DataSummary
  let validation: DataSummary?
  let encoding: DataSection.Targets
  /// What class numbers stand for, where the config picked classes.
  let labels: [Int]?
  let batchSize: Int
  /// Workers that were asked for by number.
  let workers: Int?
  /// Whether weights come from a file, and not from initialisers.
  let hasInitialWeights: Bool

  var network: Network { compiled.network }
  var layers: [Layer] { compiled.network.description }
  var loss: Loss { compiled.compile.loss }
  var outputs: Int { compiled.network.outputs }
  /// What the outputs go through last.
  var outputActivation: Activation { layers.outputActivation }

  /// Where the output's activation is written.
  var outputPlace: String {
    let index = layers.lastIndex { $0 != .flatten } ?? 0
    if case .dense = layers[index] { return "model.layers[\(index)].activation" }
    return "model.layers[\(index)]"
  }

  /// Every activation with the place where it is written and the units that it is applied to.
  var activations: [(place: String, activation: Activation, units: Int)] {
    zip(layers, network.layerSummaries).enumerated().compactMap { index, pair in
      switch pair.0 {
      case .dense(let dense): ("model.layers[\(index)].activation", dense.activation, pair.1.outputs)
      case .activation(let activation): ("model.layers[\(index)].activation", activation, pair.1.outputs)
      default: nil
      }
    }
  }

  var denseLayers: [Dense] { layers.compactMap { if case .dense(let dense) = $0 { dense } else { nil } } }

  /// What class number `number` stands for.
  func label(_ number: Int) -> Int { labels.flatMap { number < $0.count ? $0[number] : nil } ?? number }

  /// "0, 3 and 7": some classes, cut short after ten.
  func names(of classes: [Int]) -> String {
    let names = classes.prefix(10).map { "\(label($0))" }
    if classes.count > 10 { return names.joined(separator: ", ") + ", …" }
    return names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }
}

extension CheckedRun {
  /// The run that a config says.
  init(_ configuration: RunConfiguration, _ data: RunData, _ compiled: CompiledNetwork) {
    self.init(
      compiled: compiled, training: DataSummary(data.training, compiled.network), validation: data.validation.map { DataSummary($0, compiled.network) },
      encoding: configuration.data.targets, labels: configuration.data.classes, batchSize: configuration.fit.batchSize,
      workers: configuration.engine.workers.count, hasInitialWeights: configuration.model.initialWeights != nil)
  }
}
