import Datasets
import Foundation
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// Every metric against `Tests/Golden/metrics.json`: what Keras makes of the same answers in float64, with its options, over batches of 32 rows. The answers come
/// from a real network, of one layer that adds nothing to its inputs.
@Suite struct GoldenMetricTests {
  /// A task as the file has it, and its data.
  struct Task {
    let compiled: CompiledNetwork
    let state: ModelState
    let dataset: Dataset
    let expected: [[Double]]
  }

  /// The file's tasks by name, read with the config's own reader: a metric is written in both as a config has it.
  private static func tasks() throws -> [String: [String: Any]] {
    let file = PackageFiles.root.appendingPathComponent("Tests/Golden/metrics.json")
    return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: [String: Any]])
  }

  private static func text(_ value: Any) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed), as: UTF8.self)
  }

  static func task(_ name: String) throws -> Task {
    let table = try #require(try tasks()[name])
    let logits = try #require(table["logits"] as? [[Double]])
    let entries = try #require(table["metrics"] as? [[String: Any]])
    let width = logits[0].count
    let config = try RunConfiguration(
      json5: """
        {
          data: { source: "idx", path: "none" },
          model: { layers: [{ type: "dense", units: \(width), activation: \(try text(table["activation"]!)), kernel_initializer: "identity" }] },
          compile: { optimizer: "sgd", loss: \(try text(table["loss"]!)), metrics: \(try text(entries.map { $0["metric"]! })) },
        }
        """, name: "task.json")
    let floats = logits.joined().map { Float($0) }
    let dataset: Dataset
    if let classes = table["targets"] as? [Int] {
      dataset = try Dataset(floats: floats, width: width, labels: classes)
    } else {
      dataset = try Dataset(floats: floats, width: width, vectors: try #require(table["targets"] as? [[Double]]).map { $0.map { Float($0) } })
    }
    let compiled = CompiledNetwork(network: try Network(inputs: width, layers: config.model.layers), compile: config.compile)
    return Task(
      compiled: compiled, state: compiled.initialState(seed: 1), dataset: dataset, expected: try entries.map { try #require($0["values"] as? [Double]) })
  }

  static let names = ["choice", "class", "label_logits", "labels", "number", "numbers", "yes_or_no"]

  @Test func everyMetricIsThere() throws {
    #expect(try Self.tasks().keys.sorted() == Self.names)
    let asked = try Set(Self.names.flatMap { try Self.task($0).compiled.compile.metrics.map(\.name) })
    #expect(asked == Set(Metric.every.map(\.name)))
  }

  /// To a millionth: the outputs are float32's, and Keras keeps its counts in float64.
  @Test(arguments: names) func figuresAreThoseOfKeras(_ name: String) throws {
    let task = try Self.task(name)
    let names = task.compiled.compile.metrics.figureNames(outputs: task.compiled.network.outputs)
    try #require(names.map(\.count) == task.expected.map(\.count))
    let evaluation = try evaluate(task.compiled, state: task.state, dataset: task.dataset, crew: try crew(1))
    #expect(evaluation.figures.map(\.name) == ["loss"] + names.joined())
    for (figure, expected) in zip(evaluation.figures.dropFirst(), task.expected.joined()) {
      #expect(abs(figure.value - expected) <= 1e-6 * max(1, abs(expected)), "\(figure.name): \(figure.value), in Keras \(expected)")
    }
    let others = try evaluate(task.compiled, state: task.state, dataset: task.dataset, crew: try crew(3))
    #expect(others == evaluation)
  }

  /// A model that does not learn answers the same in every batch: the figures of an epoch are those of its evaluation.
  @Test(arguments: names) func anEpochIsTalliedAsAnEvaluation(_ name: String) throws {
    let task = try Self.task(name)
    var compile = task.compiled.compile
    compile.optimizer = .sgd(learningRate: 1e-30)
    let compiled = CompiledNetwork(network: task.compiled.network, compile: compile)
    for workers in [1, 4] {
      let fitting = try Fitting(
        compiled, state: task.state, training: task.dataset, validation: task.dataset, options: FitSection(epochs: 1, batchSize: 37), seed: 3,
        crew: try crew(workers))
      var observer = SilentObserver()
      let figures = try fitting.run(observer: &observer).records[0].figures
      let half = figures.count / 2
      for (own, validation) in zip(figures[..<half], figures[half...]) {
        #expect(validation.name == "val_" + own.name)
        // Sums are added in another order.
        #expect(abs(own.value - validation.value) <= 1e-12 * max(1, abs(own.value)) + (own.name == "loss" ? 1e-6 : 0), "\(own.name), \(workers) workers")
      }
    }
  }
}
