/// Whom a request must be addressed to.
///
/// A page of another origin may have its name lead to this machine (DNS rebinding), and then reads what it asks, as if it were ours; but its requests bear that name. So a
/// server that only this machine reaches answers to this machine's names alone.
struct AllowedHosts: Sendable {
  /// Nil where it does not matter.
  private let names: [String]?

  /// - Parameters:
  ///   - isLoopback: whether only this machine reaches the server.
  ///   - own: what the server was told to listen at.
  init(isLoopback: Bool, own: [String]) {
    names = isLoopback ? ["localhost", "127.0.0.1", "::1"] + own.map { $0.lowercased() } : nil
  }

  /// Whether `host`, the request's header, is one of them, with whatever port: a tunnel has another one at its other end. Only programs leave it out.
  func allows(_ host: String?) -> Bool {
    guard let names, let host else { return true }
    return names.contains(Self.name(host.lowercased()))
  }

  /// "[::1]:8080" is the host "::1", and "localhost.", whose dot says that nothing belongs behind it, "localhost".
  private static func name(_ host: String) -> String {
    if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
    let name = host.prefix { $0 != ":" }
    return String(name.hasSuffix(".") ? name.dropLast() : name)
  }
}
