import Failures
import Glibc
import Interchange
import Serving
import Training

/// `lockstep serve RUN`: answers over HTTP until a signal comes.
enum ServeVerb: Verb {
  static let name = "serve"
  static let summary = "a run as a local web page to draw digits on, and as an HTTP endpoint that takes JSON and PNG"
  static let usage = "RUN [options]"
  static let example = "lockstep serve runs/digits --port 8080"
  static let port = Option(name: "port", value: "N", help: "where to listen; 0: any port that is free; default: 8080")
  static let host = Option(name: "host", value: "ADDRESS", help: "what to listen at; default: 127.0.0.1, which only this machine reaches")
  static let bodyLimit = Option(name: "body-limit", value: "BYTES", help: "largest body of a request; default: 8388608")
  static let timeout = Option(
    name: "timeout", value: "SECONDS", help: "close connections that are silent for so long, or without an answer for twice that; default: 10")
  static let connections = Option(name: "connections", value: "N", help: "answer so many at once, and tell others that there are too many; default: 64")
  static let options = [port, host, bodyLimit, timeout, connections, Option.json]

  static func run(_ arguments: Arguments) throws(Failure) {
    let run = try RunDirectory(opening: arguments.operand("a run directory"))
    var limits = ServerLimits()
    if let bytes = try arguments.number(bodyLimit, in: ServerLimits.bodyRange) { limits.bodyBytes = bytes }
    if let seconds = try arguments.number(timeout, in: ServerLimits.secondsRange) { limits.seconds = seconds }
    if let count = try arguments.number(connections, in: ServerLimits.connectionsRange) { limits.connections = count }
    let port = try arguments.number(port, in: 0...65535) ?? 8080
    let model = try ServedModel(run)
    // A client that goes away is an error of the write.
    signal(SIGPIPE, SIG_IGN)
    Interruption.watch()
    let server = try ModelServer(model, host: arguments.last(host) ?? "127.0.0.1", port: port, limits: limits)
    defer { server.stop() }
    if !server.isLoopback {
      Console.warning("whoever reaches this machine at \(server.address) may ask; nothing is encrypted, and nobody needs a password")
    }
    try Console.output(
      arguments.has(.json)
        ? jsonLine(["address": server.address, "port": server.port, "model": model.name]) + "\n" : "listening on \(server.address)\n")
    // A signal ends the wait; one that another thread got is seen a moment later.
    while Interruption.signal == nil {
      poll(nil, 0, 250)
      server.endOverdue()
    }
  }
}
