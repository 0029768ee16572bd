import Failures
import Interchange
import NeuralNetwork
import RunConfig
import Training

/// `lockstep export RUN --output FILE`: the network of a run in a form that other programs run.
enum ExportVerb: Verb {
  static let name = "export"
  static let summary = "the network of a run as an ONNX file, which takes raw inputs and gives what predict gives"
  static let usage = "RUN --output FILE [options]"
  static let example = "lockstep export runs/digits --format onnx --output model.onnx"
  static let format = Option(name: "format", value: "F", words: WordList("format", Format.self), help: "default: onnx")
  static let output = Option(name: "output", value: "FILE", help: "where it goes; - is standard output")
  static let inputType = Option(
    name: "input-type", value: "T", words: WordList("type", ONNXModel.ElementType.self), help: "default: that of the run's data, which are then looked at")
  static let options = [format, output, inputType, Option.json]

  /// What there is to export to; Keras's words.
  private enum Format: String, CaseIterable { case onnx }

  static func run(_ arguments: Arguments) throws(Failure) {
    let run = try RunDirectory(opening: arguments.operand("a run directory"))
    guard let path = arguments.last(output) else { throw Failure(.usage, at: "--output", "expected the file to write") }
    let file = try OutputFile(path, arguments)
    let configuration = try run.configuration()
    let type: ONNXModel.ElementType
    if let word = arguments.word(inputType, ONNXModel.ElementType.self) {
      type = word
    } else {
      type = try RunData(configuration.data, seed: configuration.seed).training.inputType
    }
    let network = try run.network(configuration)
    var model = network.onnx(
      arena: try run.weights(network), inputType: type, scale: configuration.data.scale,
      loss: configuration.compile.loss, name: configuration.name)
    if let classes = configuration.data.classes { model.metadata["classes"] = classes.map(String.init).joined(separator: ",") }
    try file.write(try model.encode()) { arguments.has(.json) ? json(model, path) : text(model, path) }
  }

  private static func text(_ model: ONNXModel, _ file: String) -> String {
    func words(_ value: ONNXModel.Value) -> String { "\(value.name) \(value.type.rawValue) [N, \(value.width)]" }
    return "\(file): ONNX operator set \(ONNXModel.operatorSet), IR version \(ONNXModel.irVersion); \(words(model.input)) → \(words(model.output))\n"
  }

  private static func json(_ model: ONNXModel, _ file: String) -> String {
    func object(_ value: ONNXModel.Value) -> [String: Any] { ["name": value.name, "type": value.type.rawValue, "width": value.width] }
    return jsonLine([
      "file": file, "operator_set": ONNXModel.operatorSet, "ir_version": ONNXModel.irVersion, "input": object(model.input), "output": object(model.output),
    ]) + "\n"
  }
}
