/// What a server allows those who ask it.
public struct ServerLimits: Equatable, Sendable {
  /// Bytes of a request's body.
  public var bodyBytes: Int
  /// A connection that says nothing for so long is closed; and so is one on which no answer is complete after twice that, whatever it says.
  public var seconds: Int
  /// Connections at once that are answered; to some more it is said that there are too many, and others wait in the system's queue.
  public var connections: Int

  public static let bodyRange = 1...1 << 30
  public static let secondsRange = 1...3600
  public static let connectionsRange = 1...10_000

  public init(bodyBytes: Int = 8 << 20, seconds: Int = 10, connections: Int = 64) {
    self.bodyBytes = bodyBytes
    self.seconds = seconds
    self.connections = connections
  }

  /// Of one request: where instances are a few numbers each, a small body asks for a large answer.
  static func mostInstances(outputs: Int) -> Int { max(1, min(10_000, 1_000_000 / outputs)) }
  /// Connections beyond `connections` that hear so.
  static let spareConnections = 16
  /// Of a request's headers, and of a piece of its body.
  static let headerBytes = 1 << 16
}
