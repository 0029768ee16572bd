import Foundation
import NeuralNetwork
import Training

extension ExplainReport {
  /// Every number; those that are not finite are null.
  var json: [String: Any] {
    let trace = explanation.trace
    return [
      "row": explanation.row, "source_row": explanation.sourceRow, "data": part, "features": Self.json(explanation.features),
      "truth": explanation.truth.map { label($0) as Any } ?? NSNull(), "answer": explanation.answer.map { label($0) as Any } ?? NSNull(),
      "inputs": Self.json(trace.inputs), "targets": Self.json(trace.targets), "outputs": Self.json(trace.outputs),
      "probabilities": explanation.probabilities.map { Self.json($0) as Any } ?? NSNull(), "loss": Self.json(trace.loss),
      "loss_formula": explanation.loss.formula, "loss_by_formula": Self.json(Float(explanation.loss.value)),
      "loss_terms": explanation.loss.terms.map {
        ["output": $0.output.map { $0 as Any } ?? NSNull(), "words": $0.words, "value": Self.json(Float($0.value))] as [String: Any]
      },
      "loss_after_step": explanation.lossAfterStep.map(Self.json) ?? NSNull(), "layers": explanation.layers.map(Self.json),
    ]
  }

  private static func json(_ layer: Explanation.Layer) -> [String: Any] {
    let stage = layer.stage
    var object: [String: Any] = [
      "name": layer.name, "type": stage.kind.word, "activation": stage.activation.name, "sums": json(stage.sums), "outputs": json(stage.outputs),
      "gradient": json(stage.gradient),
      "output_gradient": stage.outputGradient.map { json($0) as Any } ?? NSNull(), "flat": layer.flat,
      "tensors": layer.gradients.map {
        ["name": $0.tensor, "norm": json(Float($0.norm)), "largest": json($0.largest), "nonzero": $0.nonzero, "count": $0.count] as [String: Any]
      },
    ]
    if let unit = layer.loudest {
      object["loudest"] =
        [
          "unit": unit.number, "bias": json(unit.bias), "products": unit.productCount, "sum": json(Float(unit.sum)),
          "largest": unit.products.map { ["input": $0.input, "value": json($0.value), "weight": json($0.weight)] as [String: Any] },
        ] as [String: Any]
    }
    return object
  }

  private static func json(_ values: [Float]) -> [Any] { values.map(json) }

  private static func json(_ value: Float) -> Any { value.isFinite ? Double(value) as Any : NSNull() }
}
