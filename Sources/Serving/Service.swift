import Failures
import Interchange
import RunConfig
import Training

/// What a server does with requests: which there are, and what each is answered. It knows nothing of sockets.
final class Service {
  let model: ServedModel
  private let limits: ServerLimits
  private let hosts: AllowedHosts

  init(_ model: ServedModel, hosts: AllowedHosts, limits: ServerLimits) {
    (self.model, self.hosts, self.limits) = (model, hosts, limits)
  }

  private enum Place { case page, health, model, predict, models, modelOfV1, predictOfV1 }

  private func place(_ path: String) -> Place? {
    switch path {
    case "/": .page
    case "/healthz": .health
    case "/model": .model
    case "/predict": .predict
    case "/v1/models": .models
    case "/v1/models/\(model.name)": .modelOfV1
    case "/v1/models/\(model.name):predict": .predictOfV1
    default: nil
    }
  }

  private static func takesBody(_ place: Place) -> Bool { place == .predict || place == .predictOfV1 }

  /// What is behind the '?' of an address, and the types of body, that a place takes.
  private static func arguments(_ place: Place) -> [String] { place == .predict ? ["layers", "top"] : [] }
  private static func types(_ place: Place) -> [String] { place == .predict ? ["application/json", "image/png"] : ["application/json"] }

  /// What a request is refused with, whatever its body is; nil for one that is welcome.
  func refusal(_ request: HTTPRequest) -> HTTPResponse? {
    if request.isTooMany {
      return failure(503, "there are \(limits.connections) connections already; try again in a moment", [("Retry-After", "1"), ("Connection", "close")])
    }
    guard hosts.allows(request.host) else {
      return failure(403, "this server answers to localhost and 127.0.0.1 alone, found the host '\(request.host ?? "")'; a proxy must send one of these")
    }
    guard let place = self.place(request.path) else {
      let known = "/, /healthz, /model, /predict, /v1/models, /v1/models/\(model.name) and /v1/models/\(model.name):predict"
      return failure(404, "there is no '\(request.path)' here; there are \(known)")
    }
    let methods = Self.takesBody(place) ? ["POST"] : ["GET", "HEAD"]
    guard methods.contains(request.method) else {
      return failure(405, "\(request.path) takes \(methods.joined(separator: " and ")), found \(request.method)", [("Allow", methods.joined(separator: ", "))])
    }
    let known = Self.arguments(place)
    if let argument = request.arguments.first(where: { !known.contains($0.name) }) {
      let hint = known.isEmpty ? "\(request.path) takes none" : Nearest.word(to: argument.name, among: known).map { "did you mean '\($0)'?" }
      return failure(400, "unknown argument '\(argument.name)'; \(hint ?? "known are \(known.joined(separator: ", "))")")
    }
    guard Self.takesBody(place) else { return nil }
    let types = Self.types(place)
    guard let type = request.contentType, types.contains(type) else {
      return failure(415, "expected a body of type \(types.joined(separator: " or ")), found \(request.contentType.map { "'\($0)'" } ?? "none")")
    }
    if let length = request.contentLength, length > limits.bodyBytes { return tooLarge() }
    return nil
  }

  func tooLarge() -> HTTPResponse {
    failure(413, "the body is larger than \(limits.bodyBytes) bytes; send less at once, or start the server with a larger --body-limit")
  }

  /// The answer to a request that is welcome.
  func answer(_ request: HTTPRequest, body: [UInt8]) -> HTTPResponse {
    guard let place = self.place(request.path) else { preconditionFailure("\(request.path) was not refused") }
    do throws(Failure) {
      switch place {
      case .page: return DrawingPage.response()
      case .health: return json(["status": "ok"])
      case .model: return json(model.summary(limits))
      case .models: return json(["models": [model.name]])
      case .modelOfV1: return json(["name": model.name, "ready": true])
      case .predict: return json(try PredictionRequest(request, body: body).answer(model))
      case .predictOfV1: return json(try PredictionRequest(request, body: body).answerOfV1(model))
      }
    } catch {
      return failure(error.kind == .badData ? 400 : 500, error.description)
    }
  }

  private func json(_ object: [String: Any]) -> HTTPResponse { Self.json(200, object) }

  private func failure(_ status: UInt32, _ words: String, _ headers: [(name: String, value: String)] = []) -> HTTPResponse {
    Self.json(status, ["error": words], headers)
  }

  /// Nothing that a browser would show may do anything.
  private static func json(_ status: UInt32, _ object: [String: Any], _ headers: [(name: String, value: String)] = []) -> HTTPResponse {
    HTTPResponse(
      status: status, type: "application/json", headers: [("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")] + headers,
      body: Array((jsonLine(object) + "\n").utf8))
  }
}
