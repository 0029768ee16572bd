import Datasets
import Failures
import Interchange
import NeuralNetwork
import Training

extension Sequential {
  /// A form in which other programs run a model.
  public enum ExportFormat: Sendable {
    /// Operator set 17: a graph that takes examples as `data` has them, bytes or floats, not yet divided by anything, `[N, inputs]`.
    case onnx
  }

  /// Writes the model for other programs to run, as Keras's `export`. It gives what `predict` gives; where the compiled loss is `fromLogits`, the probabilities.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - format: what it is read by.
  ///   - data: whose type of numbers and `scale` the graph is for.
  /// - Throws: `Failure` when the width of `data` is not the model's, or with the system's words; an earlier file is then as it was.
  public func export(to path: String, format: ExportFormat = .onnx, for data: Dataset) throws(Failure) {
    guard data.width == network.inputs else {
      throw Failure(.badData, at: "export", "an example has \(data.width) numbers, the model takes \(network.inputs)")
    }
    let model = network.onnx(arena: state.weights, inputType: data.inputType, scale: data.scale, loss: compiled?.compile.loss, name: "lockstep")
    try AtomicFile.write(try model.encode(), to: path)
  }
}
