import Datasets
import Failures
import RunConfig
import Training

/// Images that a request asks about, and what it wants to know.
struct PredictionRequest {
  private let body: [UInt8]
  private let isPNG: Bool
  private let arguments: [HTTPRequest.Argument]

  init(_ request: HTTPRequest, body: [UInt8]) {
    self.body = body
    isPNG = request.contentType == "image/png"
    arguments = request.arguments
  }

  /// As `lockstep predict --json` has it, an object a row; with the most probable classes, and with `layers=1` what each layer gives, and the numbers that came in.
  ///
  /// - Throws: `Failure` for what is wrong with the request.
  func answer(_ model: ServedModel) throws(Failure) -> [String: Any] {
    let (top, wantsLayers) = (try count("top"), try flag("layers"))
    let store = try self.store(model)
    if wantsLayers, store.count > 1 { throw Failure(.badData, at: "layers", "can be told of one image at a time, found \(store.count)") }
    let predictions = try model.predictions(store)
    if top != nil, predictions.width == 1 { throw Failure(.badData, at: "top", "the network has one output; this needs one a class") }
    var records = (0..<predictions.rows).map { row -> [String: Any] in
      var record = predictions.record(row)
      if top != nil || predictions.width > 1 && !predictions.answers.isEmpty { record["top"] = predictions.topRecords(top ?? 3, row: row) }
      return record
    }
    if wantsLayers {
      records[0]["layers"] = try model.predictor.layers(store).map { ServedModel.json($0, values: true) }
      records[0]["pixels"] = store.row(0).map(Predictions.json)
    }
    return ["predictions": records]
  }

  /// As TensorFlow Serving and KServe's first protocol have it: a list of numbers for each row.
  ///
  /// - Throws: as `answer`.
  func answerOfV1(_ model: ServedModel) throws(Failure) -> [String: Any] {
    let predictions = try model.predictions(try store(model))
    return ["predictions": (0..<predictions.rows).map { predictions.row($0).map(Predictions.json) }]
  }

  private func store(_ model: ServedModel) throws(Failure) -> ExampleStore {
    guard isPNG else {
      let store = try ExampleStore(instances: body, width: model.inputs, place: "body")
      let most = ServerLimits.mostInstances(outputs: model.compiled.network.outputs)
      guard store.count <= most else { throw Failure(.badData, at: "body", "holds \(store.count) instances; expected at most \(most) at once") }
      return store
    }
    guard !body.isEmpty else { throw Failure(.badData, at: "body", "is empty; expected a PNG") }
    return try ExampleStore(bytes: try PNGImage(bytes: body, place: "body").fitted(inputs: model.inputs, place: "body"), width: model.inputs)
  }

  private func count(_ name: String) throws(Failure) -> Int? {
    guard let argument = arguments.last(where: { $0.name == name }) else { return nil }
    guard let count = argument.value.flatMap({ Int($0) }), count > 0 else {
      throw Failure(.badData, at: name, "expected a whole number of at least 1, found '\(argument.value ?? "")'")
    }
    return count
  }

  private func flag(_ name: String) throws(Failure) -> Bool {
    guard let argument = arguments.last(where: { $0.name == name }) else { return false }
    guard argument.value == "1" || argument.value == "0" else { throw Failure(.badData, at: name, "expected 1 or 0, found '\(argument.value ?? "")'") }
    return argument.value == "1"
  }
}
