/// A request on its way in: its head, and what has come of its body. It is the daemon's thread's alone.
final class HTTPExchange {
  let request: HTTPRequest
  private(set) var refusal: HTTPResponse?
  private(set) var body: [UInt8] = []
  private let limit: Int

  /// - Parameters:
  ///   - refusal: what it is answered, whatever its body is.
  ///   - limit: bytes of a body.
  init(_ request: HTTPRequest, refusal: HTTPResponse?, limit: Int) {
    self.request = request
    self.refusal = refusal
    self.limit = limit
  }

  /// A piece of the body. What nobody will read is let go at once: it is taken off the connection so that the client, which may look for its answer only when it has
  /// sent all, finds one.
  ///
  /// - Parameter tooLarge: the answer to a body beyond the limit.
  func take(_ bytes: UnsafeRawBufferPointer, tooLarge: () -> HTTPResponse) {
    guard refusal == nil else { return }
    guard bytes.count <= limit - body.count else {
      refusal = tooLarge()
      body = []
      return
    }
    if body.isEmpty { body.reserveCapacity(max(bytes.count, min(request.contentLength ?? 0, limit))) }
    body += bytes
  }
}
