import Datasets
import Failures
import Interchange
import Lockstep
import NeuralNetwork
import RunConfig
import Training

/// `lockstep predict RUN --input FILE`: a CSV of classes and probabilities for the images of an IDX file.
enum PredictVerb: Verb {
  static let name = "predict"
  static let summary = "classes and probabilities for the images of an IDX file, as CSV"
  static let usage = "RUN --input FILE [options]"
  static let example = "lockstep predict runs/digits --input t10k-images-idx3-ubyte.gz --output answers.csv"
  static let input = Option(name: "input", value: "FILE", help: "images as IDX, plain or gzipped")
  static let output = Option(name: "output", value: "FILE", help: "where the CSV goes; default: standard output")
  static let options = [input, output, Option.workers, .placement, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let run = try RunDirectory(opening: arguments.operand("a run directory"))
    guard let file = arguments.last(input) else { throw Failure(.usage, at: "--input", "expected the file of images to answer for") }
    let configuration = try run.configuration()
    let engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    let store = try ExampleStore(images: file)
    let network = try run.network(configuration, inputs: store.width, inputFile: file)
    let compiled = CompiledNetwork(network: network, compile: configuration.compile)
    let state = compiled.freshState(weights: try run.weights(network))
    let outputs = try predict(compiled, state: state, store: store, scale: configuration.data.scale, crew: try Crew(engine))
    let predictions = Predictions(outputs: outputs, compiled: compiled, classes: configuration.data.classes)
    let text = arguments.has(.json) ? predictions.json : predictions.csv
    if let path = arguments.last(output) { try AtomicFile.write(Array(text.utf8), to: path) } else { try Console.output(text) }
  }
}
