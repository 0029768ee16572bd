import Failures
import Glibc

/// A socket that waits for connections.
struct ListeningSocket {
  let descriptor: Int32
  /// The address as numbers, and the port that it got.
  let host: String
  let port: Int
  /// Whether only this machine reaches it.
  let isLoopback: Bool

  /// What stands before a path: `http://127.0.0.1:8080`.
  var origin: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// Listens at `port` of `host`, a name or an address; at any free port for 0.
  ///
  /// - Throws: `.usage` for a host that nobody knows; `.inputOutput` with the system's words.
  init(host: String, port: Int) throws(Failure) {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &hints, &found)
    guard code == 0, let first = found else {
      throw Failure(.usage, at: "--host \(host)", "cannot be found: \(String(cString: gai_strerror(code)))")
    }
    defer { freeaddrinfo(first) }
    let place = first.pointee
    let descriptor = socket(place.ai_family, place.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), place.ai_protocol)
    guard descriptor >= 0 else { throw Self.failure(host, port, errno) }
    // A server that ended a moment ago leaves connections that are still closing.
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, place.ai_addr, place.ai_addrlen) == 0, listen(descriptor, SOMAXCONN) == 0 else {
      let error = errno
      close(descriptor)
      throw Self.failure(host, port, error)
    }
    self.descriptor = descriptor
    (self.host, self.port) = Self.name(of: descriptor)
    isLoopback = self.host == "::1" || place.ai_family == AF_INET && self.host.hasPrefix("127.")
  }

  private static func failure(_ host: String, _ port: Int, _ error: Int32) -> Failure {
    let advice = error == EADDRINUSE ? "; choose another with --port, or 0 for any that is free" : ""
    return Failure(.inputOutput, at: "\(host), port \(port)", "cannot listen there: \(systemErrorText(error))\(advice)")
  }

  private static func name(of descriptor: Int32) -> (host: String, port: Int) {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size) == 0
          ? getnameinfo($0, size, &host, socklen_t(host.count), &port, socklen_t(port.count), NI_NUMERICHOST | NI_NUMERICSERV) : EAI_FAIL
      }
    }
    precondition(code == 0, "a bound socket has no address: \(code)")
    func text(_ bytes: [CChar]) -> String { String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    return (text(host), Int(text(port))!)
  }
}
