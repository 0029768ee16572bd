/// The page to draw on: one file that asks this server alone. What it is made of lies in `Page/`, and is part of the program.
enum DrawingPage {
  /// The page, under a policy that lets it run its own script and style, known by a number that is drawn for this answer, ask this server, and nothing else.
  static func response() -> HTTPResponse {
    let nonce = Self.nonce()
    let policy = [
      "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'", "connect-src 'self'", "img-src data:", "base-uri 'none'",
      "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    ]
    return HTTPResponse(
      type: "text/html; charset=utf-8", headers: [("Content-Security-Policy", policy.joined(separator: "; "))],
      body: Array(page.replacing("NONCE", with: nonce).utf8))
  }

  private static let page = text(PackageResources.page_html)
    .replacing("STYLE", with: text(PackageResources.page_css))
    .replacing("SCRIPT", with: text(PackageResources.page_js))

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// 128 random bits.
  private static func nonce() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
