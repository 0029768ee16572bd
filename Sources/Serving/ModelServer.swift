import Failures

/// A run that listens for HTTP requests on a port of this machine: JSON and PNG in, JSON out, and a page to draw on.
///
/// | request | answer |
/// | --- | --- |
/// | `GET /` | the page |
/// | `POST /predict` | for each image its class and probabilities; `?top=K`, `?layers=1` |
/// | `POST /v1/models/NAME:predict` | the same numbers as TensorFlow Serving and KServe's first protocol have them |
/// | `GET /model`, `/v1/models`, `/v1/models/NAME`, `/healthz` | what is served, and that it is |
public final class ModelServer {
  /// Where it listens: `http://127.0.0.1:8080/`.
  public let address: String
  public let port: Int
  /// Whether only this machine reaches it.
  public let isLoopback: Bool
  private let daemon: HTTPDaemon
  private let connections: OpenConnections

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - model: who answers; from now on nobody else may ask it.
  ///   - host: the name or address to listen at.
  ///   - port: 0 for any that is free.
  ///   - limits: what is allowed.
  /// - Throws: `.usage` for a host that nobody knows; `.inputOutput` when the port cannot be had, or libmicrohttpd not be found.
  public init(_ model: ServedModel, host: String = "127.0.0.1", port: Int = 8080, limits: ServerLimits = ServerLimits()) throws(Failure) {
    // Before there is a socket to be closed again.
    _ = try HTTPDaemon.loaded()
    let socket = try ListeningSocket(host: host, port: port)
    (address, self.port, isLoopback) = (socket.origin + "/", socket.port, socket.isLoopback)
    connections = OpenConnections(limit: limits.connections, patience: .seconds(2 * limits.seconds))
    let service = Service(model, hosts: AllowedHosts(isLoopback: socket.isLoopback, own: [host, socket.host]), limits: limits)
    daemon = try HTTPDaemon(socket, service, limits: limits, connections: connections)
  }

  /// Closes connections that have been without an answer for too long. To be called a few times a second.
  public func endOverdue() { connections.endOverdue() }

  /// Closes all connections and ends. To be called once.
  public func stop() { daemon.stop() }
}
