import Foundation
import NeuralNetwork
import RunConfig
import TestSupport
import Testing

/// Schedules, and the optimizers in Double that `StepTests` holds the engine against, against what Keras computes in float64.
@Suite struct GoldenOptimizerTests {
  struct ScheduleTable: Decodable, Sendable {
    let steps: [Int]
    let rates: [Double]
  }

  struct OptimizerTable: Decodable, Sendable {
    let start: [Double]?
    let gradients: [[Double]]?
    let weights: [[Double]]?
  }

  /// The list in a file, as `Table` has it, and as the texts of the config values under `key`.
  private static func read<Table: Decodable>(_ file: String, key: String, _: Table.Type) throws -> [(Table, String?)] {
    let data = try Data(contentsOf: PackageFiles.root.appendingPathComponent("Tests/Golden/\(file)"))
    let tables = try JSONDecoder().decode([Table].self, from: data)
    let objects = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    return try zip(tables, objects).map { table, object in
      let text = try object[key].map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) }
      return (table, text)
    }
  }

  /// As a config's reader understands the text.
  private static func optimizer(_ text: String) throws -> Optimizer {
    try RunConfiguration(
      json5: """
        { data: { source: "bundled" }, model: { layers: [{ type: "dense", units: 10 }] },
          compile: { optimizer: \(text), loss: { type: "sparse_categorical_crossentropy", from_logits: true } } }
        """, name: "golden.json"
    ).compile.optimizer
  }

  /// Keras computes schedules in float32, whatever it is told; the rates are up to 0.2.
  @Test func schedulesAreThoseOfKeras() throws {
    let tables = try Self.read("schedules.json", key: "learning_rate", ScheduleTable.self)
    #expect(tables.count == 13)
    for (table, text) in tables {
      let text = try #require(text)
      let schedule = try Self.optimizer("{ type: 'sgd', learning_rate: \(text) }").learningRate
      for (step, rate) in zip(table.steps, table.rates) {
        let found = schedule.value(step: step)
        #expect(abs(found - rate) <= 2e-8, "\(text) at \(step): \(found), in Keras \(rate)")
      }
    }
  }

  @Test func optimizersAreThoseOfKeras() throws {
    let tables = try Self.read("optimizers.json", key: "optimizer", OptimizerTable.self)
    let (start, gradients) = (try #require(tables[0].0.start), try #require(tables[0].0.gradients))
    var names: Set<String> = []
    for (table, text) in tables.dropFirst() {
      let text = try #require(text)
      let optimizer = try Self.optimizer(text)
      names.insert(optimizer.name)
      var reference = DoubleOptimizer(optimizer, count: start.count)
      var weights = start
      for (gradient, expected) in zip(gradients, try #require(table.weights)) {
        reference.update(&weights, gradient, tensors: [0..<6, 6..<8])
        for (found, keras) in zip(weights, expected) { #expect(abs(found - keras) <= 1e-7, "\(text): \(found), in Keras \(keras)") }
      }
    }
    #expect(names == Set(Optimizer.every.map(\.name)))
  }
}
