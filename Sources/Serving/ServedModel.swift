import Datasets
import Failures
import Foundation
import NeuralNetwork
import RunConfig
import Training

/// A run that is asked: its network, and what its answers stand for. It answers as `lockstep predict` does, to the bit.
public final class ServedModel {
  public let name: String
  let configuration: RunConfiguration
  let compiled: CompiledNetwork
  /// The version that trained it, as far as the run knows.
  let trainedBy: String?
  let predictor: Predictor
  /// What `?layers=1` tells of, as it comes out for a row of zeros.
  let layers: [StageOutputs]

  /// Loads the run, and asks it once, so that what is wrong with it is said before anybody else asks.
  ///
  /// - Throws: `Failure` naming the file.
  public init(_ run: RunDirectory) throws(Failure) {
    configuration = try run.configuration()
    name = configuration.name
    compiled = CompiledNetwork(network: try run.network(configuration), compile: configuration.compile)
    trainedBy = try run.machine()?.lockstep
    // A digit is less work than to wake a second worker.
    let crew = try Crew(EngineSection(workers: .exactly(1), placement: .none))
    predictor = try Predictor(compiled, weights: try run.weights(compiled.network), scale: configuration.data.scale, crew: crew)
    layers = try predictor.layers(ExampleStore(bytes: [UInt8](repeating: 0, count: compiled.network.inputs), width: compiled.network.inputs))
  }

  var inputs: Int { compiled.network.inputs }

  /// Pixels a side of the image that the network takes; nil where it takes none that could be drawn.
  var side: Int? { DigitFrame(inputs: inputs)?.side }

  func predictions(_ store: ExampleStore) throws(Failure) -> Predictions {
    Predictions(outputs: try predictor.outputs(store), compiled: compiled, classes: configuration.data.classes)
  }

  /// What `GET /model` tells.
  func summary(_ limits: ServerLimits) -> [String: Any] {
    // Whatever they are, the names are the same.
    let predictions = Predictions(outputs: [Float](repeating: 0, count: compiled.network.outputs), compiled: compiled, classes: configuration.data.classes)
    return [
      "name": name, "inputs": inputs, "side": side.map { $0 as Any } ?? NSNull(), "scale": configuration.data.scale, "outputs": compiled.network.outputs,
      "kind": predictions.kind,
      "classes": predictions.answers.isEmpty ? NSNull() as Any : (0..<predictions.width).map { predictions.name(of: $0) } as Any,
      "layers": compiled.network.layerSummaries.map {
        ["name": $0.name, "activation": $0.activation, "outputs": $0.outputs, "parameters": $0.parameters] as [String: Any]
      },
      "shown": layers.map { Self.json($0, values: false) }, "parameters": compiled.network.parameterCount, "loss": compiled.compile.loss.name,
      "lockstep": Version.number, "trained_by": trainedBy.map { $0 as Any } ?? NSNull(),
      "limits": ["body_bytes": limits.bodyBytes, "seconds": limits.seconds, "connections": limits.connections],
    ]
  }

  /// A layer for JSON, with what it gives or how much of it.
  static func json(_ layer: StageOutputs, values: Bool) -> [String: Any] {
    [
      "name": layer.name, "type": layer.kind.word, "activation": layer.activation.name,
      "outputs": values ? layer.outputs.map(Predictions.json) as Any : layer.outputs.count as Any,
    ]
  }
}
