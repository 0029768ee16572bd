import Foundation
import Glibc
import Synchronization

/// A web server on this machine for one file, that does what servers should not.
///
/// `@unchecked Sendable`: the address is set before the thread begins; what came is behind a lock.
final class BadServer: @unchecked Sendable {
  /// What it does with a request.
  enum Manner: Sendable {
    /// The bytes from there on that were asked for, or all of them.
    case good
    /// All of them, whatever was asked for.
    case ignoresRanges
    /// The first of what was asked for, and then closes; the length it tells is the true one.
    case breaksOff(after: Int)
    /// The first of them, and then nothing until the client gives up.
    case stalls(after: Int)
    /// Tells this length, and closes after the bytes.
    case claims(Int)
    /// Without a length: these bytes more than there are.
    case sendsMore(Int)
    /// The first byte is another one.
    case lies
    case refuses(status: Int)
    /// Sends a part that nobody asked for.
    case wrongRange
    case redirects(to: String)
  }

  let address: String
  private let descriptor: Int32
  private let bytes: [UInt8]
  private let manners: Mutex<[Manner]>
  private let seen = Mutex<[String]>([])

  /// - Parameter manners: for one request after the other; the last for all that follow.
  init(_ bytes: [UInt8], _ manners: Manner...) {
    self.bytes = bytes
    self.manners = Mutex(manners)
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let socket = descriptor
    withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(bind(socket, $0, size) == 0 && listen(socket, 8) == 0, "no port")
        getsockname(socket, $0, &size)
      }
    }
    address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))/file"
    Thread.detachNewThread { [self] in
      while case let client = accept(descriptor, nil, nil), client >= 0 {
        answer(client)
        close(client)
      }
    }
  }

  /// Ends its thread.
  func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// The first byte that each request asked for.
  var offsets: [String] { seen.withLock { $0 } }

  private func answer(_ client: Int32) {
    var request = [UInt8](repeating: 0, count: 8192)
    let count = read(client, &request, request.count)
    guard count > 0 else { return }
    let text = String(decoding: request.prefix(count), as: UTF8.self).lowercased()
    let range = text.firstMatch(of: /range: bytes=([0-9]+)-/).flatMap { Int($0.1) }
    seen.withLock { $0.append(range.map(String.init) ?? "all") }
    let manner = manners.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
    let start = min(range ?? 0, bytes.count)
    let rest = Array(bytes[start...])
    func send(_ status: String, _ lines: [String], _ body: [UInt8]) {
      let all = Array(("HTTP/1.1 \(status)\r\nConnection: close\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n").utf8) + body
      var sent = 0
      while sent < all.count, case let got = all.withUnsafeBytes({ Glibc.send(client, $0.baseAddress! + sent, all.count - sent, Int32(MSG_NOSIGNAL)) }), got > 0
      { sent += got }
    }
    func partial(_ body: [UInt8]) {
      let length = "Content-Length: \(rest.count)"
      if range == nil { return send("200 OK", [length], body) }
      send("206 Partial Content", [length, "Content-Range: bytes \(start)-\(bytes.count - 1)/\(bytes.count)"], body)
    }
    switch manner {
    case .good where range.map { $0 >= bytes.count } ?? false: send("416 Range Not Satisfiable", ["Content-Length: 0"], [])
    case .good: partial(rest)
    case .ignoresRanges: send("200 OK", ["Content-Length: \(bytes.count)"], bytes)
    case .breaksOff(let after): partial(Array(rest.prefix(after)))
    case .stalls(let after):
      partial(Array(rest.prefix(after)))
      // Until the client hangs up.
      while read(client, &request, request.count) > 0 {}
    case .claims(let length): send("200 OK", ["Content-Length: \(length)"], bytes)
    case .sendsMore(let more): send("200 OK", [], bytes + [UInt8](repeating: 7, count: more))
    case .lies: partial([~(rest.first ?? 0)] + rest.dropFirst())
    case .refuses(let status): send("\(status) No", ["Content-Length: 4"], Array("page".utf8))
    case .wrongRange: send("206 Partial Content", ["Content-Length: 1", "Content-Range: bytes 1-1/\(bytes.count)"], [bytes[1]])
    case .redirects(let to): send("302 Found", ["Location: \(to)", "Content-Length: 0"], [])
    }
  }
}
