import Datasets
import Failures
import Interchange
import Lockstep
import NeuralNetwork
import RunConfig
import Training

/// `lockstep predict RUN --input FILE`: classes and probabilities for images, as CSV, JSON or a NumPy array.
enum PredictVerb: Verb {
  static let name = "predict"
  static let summary = "classes and probabilities for images: IDX, NPY, CSV, or PNG of any size"
  static let usage = "RUN --input FILE [options]"
  static let example = "lockstep predict runs/digits --input t10k-images-idx3-ubyte.gz --output answers.csv"
  static let input = Option(name: "input", value: "FILE", help: "images, plain or packed by gzip or bzip2; a folder of PNG files; or - for standard input")
  static let from = Option(
    name: "from", value: "FORMAT", words: WordList("format", [DataFormat.idx, .npy, .csv, .tsv, .png].map(\.rawValue)),
    help: "default: what the name says, else idx; of standard input what it begins with, else csv")
  static let show = Option(name: "show", value: nil, help: "draw what becomes of each PNG of another size than the network's, on standard error")
  static let top = Option(name: "top", value: "K", help: "only the K most probable classes of each row, the first first")
  static let format = Option(
    name: "format", value: "WORD", words: WordList("format", Form.self),
    help: "npy has all probabilities as an array; default: what --output's name says, else csv")
  static let output = Option(name: "output", value: "FILE", help: "where the answers go; default: standard output")
  static let options = [input, from, show, top, format, output, Option.workers, .placement, .json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let run = try RunDirectory(opening: arguments.operand("a run directory"))
    guard let file = arguments.last(input) else { throw Failure(.usage, at: "--input", "expected the file of images to answer for") }
    let path = arguments.last(output) ?? "-"
    if path != "-", OutputFile.areOne(path, file) { throw Failure(.usage, at: "--output \(path)", "is what is read; name another file") }
    let form = try form(arguments)
    let count = try arguments.number(top, in: 1...Int(Int32.max))
    if form == .npy, count != nil { throw Failure(.usage, at: "--top", "an array has all probabilities; use csv or json") }
    let configuration = try run.configuration()
    let engine = try configuration.engine.with(workers: arguments.last(.workers), placement: arguments.last(.placement))
    let images = PredictionInput(file: file, format: arguments.word(from), label: configuration.data.source.labelName)
    let store = try images.store(inputs: try run.inputs()) { if arguments.has(show) { Console.error($0) } }
    let network = try run.network(configuration, inputs: store.width, inputFile: images.name)
    let compiled = CompiledNetwork(network: network, compile: configuration.compile)
    let state = compiled.freshState(weights: try run.weights(network))
    let outputs = try predict(compiled, state: state, store: store, scale: configuration.data.scale, crew: try Crew(engine))
    let predictions = Predictions(outputs: outputs, compiled: compiled, classes: configuration.data.classes)
    if count != nil, predictions.width == 1 { throw Failure(.usage, at: "--top", "the network has one output; this needs one a class") }
    let bytes: [UInt8] =
      switch form {
      case .csv: Array((count.map { predictions.csv(top: $0) } ?? predictions.csv).utf8)
      case .json: Array((count.map { predictions.json(top: $0) } ?? predictions.json).utf8)
      case .npy: npyFile(predictions.values, shape: [predictions.values.count / predictions.width, predictions.width])
      }
    if path == "-" { try Console.output(bytes) } else { try AtomicFile.write(bytes, to: path) }
  }

  private enum Form: String, CaseIterable { case csv, json, npy }

  private static func form(_ arguments: Arguments) throws(Failure) -> Form {
    if let form = arguments.word(format, Form.self) {
      guard form == .json || !arguments.has(.json) else {
        throw Failure(.usage, at: "--json", "says another format than --format \(form.rawValue); choose one")
      }
      return form
    }
    if arguments.has(.json) { return .json }
    let ending = arguments.last(output)?.split(separator: ".").last.map(String.init) ?? ""
    return Form(rawValue: ending) ?? .csv
  }
}

extension DataSection.Source {
  /// What the column of the labels is called; nil where it has a number or is none.
  fileprivate var labelName: String? {
    switch self {
    case .csv(let text), .tsv(let text): if case .name(let name) = text.labelColumn { name } else { nil }
    case .bundled, .idx, .npy, .npz, .libsvm, .png: nil
    }
  }
}

/// The images that are asked about.
private struct PredictionInput {
  let file: String
  let format: DataFormat?
  /// What the run's config calls the column of the labels; nil where it gives a number, or has none.
  let label: String?

  /// What messages call it.
  var name: String { file == "-" ? StandardInput.name : file }

  /// - Parameters:
  ///   - inputs: of the network; nil where its first layer does not tell.
  ///   - show: is told what becomes of an image that is made to fit.
  func store(inputs: Int?, show: (String) -> Void) throws(Failure) -> ExampleStore {
    try StandardInput.opened(file) { path, isStandardInput throws(Failure) in
      if let format { return try store(path, format, inputs, show) }
      return try store(path, isStandardInput ? try DataFormat(contentsOf: path) : DataFormat(path: path) ?? .idx, inputs, show)
    }
  }

  private func store(_ path: String, _ format: DataFormat, _ inputs: Int?, _ show: (String) -> Void) throws(Failure) -> ExampleStore {
    switch format {
    case .idx: return try ExampleStore(images: path)
    case .csv, .tsv: return try ExampleStore(try text(path, format, inputs))
    case .npy: return try ExampleStore(try ExampleTable(npy: path))
    case .npz, .libsvm: throw Failure(.usage, at: name, "\(format.rawValue) files hold more than images; convert it with lockstep data convert")
    case .png:
      var pixels: [UInt8] = []
      let images = try PNGImage.all(at: path)
      for (path, image) in images { pixels += try fitted(image, file == "-" ? name : path, inputs, show) }
      return try ExampleStore(bytes: pixels, width: pixels.count / images.count)
    }
  }

  /// The numbers of a text file; where it has a column more than the network takes, without the one of the labels.
  private func text(_ path: String, _ format: DataFormat, _ inputs: Int?) throws(Failure) -> ExampleTable {
    var request = TableRequest(path, format: format)
    request.label = nil
    if let inputs, let column = try request.labelName(label, besides: inputs) {
      Console.error("lockstep: \(name): the column '\(column)' is left out; the network takes the other \(inputs)")
      (request.label, request.skipsLabel) = (.name(column), true)
    }
    return try request.open().training
  }

  /// What the network gets to see of an image.
  private func fitted(_ image: PNGImage, _ name: String, _ inputs: Int?, _ show: (String) -> Void) throws(Failure) -> [UInt8] {
    guard let inputs, image.pixels.count != inputs else { return image.pixels }
    let pixels = try image.fitted(inputs: inputs, place: name)
    let side = Int(Double(inputs).squareRoot())
    let lines = DigitPicture(pixels.map(Float.init))?.lines(blocks: DigitPicture.mayHoldBlocks()) ?? []
    show("\(name), \(image.width) × \(image.height), as \(side) × \(side):\n" + lines.joined(separator: "\n"))
    return pixels
  }
}
