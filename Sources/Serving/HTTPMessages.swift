/// The head of a request, as far as anybody here asks.
struct HTTPRequest: Sendable {
  let method: String
  /// Without what stands behind its '?', and without escapes.
  let path: String
  /// What stands there: `top=3` or `layers`.
  let arguments: [Argument]
  let host: String?
  /// In lower case, without parameters.
  let contentType: String?
  let contentLength: Int?
  /// Whether the client wants to hear that its body is welcome before it sends it.
  let waitsToSend: Bool
  /// Whether it came on a connection beyond those that are answered.
  let isTooMany: Bool

  struct Argument: Sendable {
    let name: String
    let value: String?
  }
}

/// What a request is answered with.
struct HTTPResponse: Sendable {
  let status: UInt32
  let headers: [(name: String, value: String)]
  let body: [UInt8]

  init(status: UInt32 = 200, type: String, headers: [(name: String, value: String)] = [], body: [UInt8]) {
    self.status = status
    self.headers = [("Content-Type", type)] + Self.common + headers
    self.body = body
  }

  /// No page of another origin reads an answer, and no browser takes one for something else than it is.
  private static let common: [(name: String, value: String)] = [
    ("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
  ]
}
