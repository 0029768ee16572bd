import Foundation
import Glibc
import TestSupport
import Testing

/// What a server answered.
struct HTTPAnswer {
  let status: Int
  /// By name, in lower case.
  let headers: [String: String]
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
  var json: [String: Any] { get throws { try object(text) } }
  /// The one line that an error is.
  var error: String? { try? json["error"] as? String }
}

/// A connection to a server on this machine, byte by byte: a client that may do what no library's does.
final class HTTPConnection {
  private let descriptor: Int32
  /// What has come and not been read.
  private var received: [UInt8] = []

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = in_port_t(port).bigEndian
    place.sin_addr.s_addr = inet_addr("127.0.0.1")
    let socket = descriptor
    let code = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    try #require(code == 0, "no connection: \(String(cString: strerror(errno)))")
  }

  deinit { close(descriptor) }

  /// Sends it all; false where the server has closed.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Sends a request with what belongs to it.
  func request(_ line: String, host: String = "127.0.0.1", type: String? = nil, headers: [String] = [], body: [UInt8] = []) {
    var lines = ["\(line) HTTP/1.1", "Host: \(host)"] + headers
    if let type { lines += ["Content-Type: \(type)"] }
    if type != nil || !body.isEmpty { lines += ["Content-Length: \(body.count)"] }
    send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
  }

  /// Waits for some bytes, or the end, and says whether it was not the end.
  ///
  /// - Parameter milliseconds: how long; then the test has failed.
  private func receive(milliseconds: Int32? = nil) throws -> Bool {
    let patience = milliseconds ?? Int32(LockstepProcess.patience * 1000)
    try #require(wait(milliseconds: patience), "nothing came")
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return false }
    received += buffer[..<count]
    return true
  }

  /// Whether there is something to read, or the end, before so long has passed.
  func wait(milliseconds: Int32) -> Bool {
    var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&place, 1, milliseconds) > 0
  }

  /// Everything until the server closes.
  func rest() throws -> String {
    while try receive() {}
    defer { received = [] }
    return String(decoding: received, as: UTF8.self)
  }

  /// The next answer; interim ones (100) are left out.
  ///
  /// - Parameter hasBody: an answer to HEAD has none.
  func answer(hasBody: Bool = true, sourceLocation: SourceLocation = #_sourceLocation) throws -> HTTPAnswer {
    var head: Range<Array<UInt8>.Index>?
    while true {
      head = received.firstRange(of: Array("\r\n\r\n".utf8))
      if let end = head, received.starts(with: Array("HTTP/1.1 100".utf8)) {
        received.removeSubrange(..<end.upperBound)
        continue
      }
      if head != nil { break }
      try #require(try receive(), "closed without an answer: \(String(decoding: received, as: UTF8.self))", sourceLocation: sourceLocation)
    }
    let lines = String(decoding: received[..<head!.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    received.removeSubrange(..<head!.upperBound)
    let count = hasBody ? Int(headers["content-length"] ?? "0")! : 0
    while received.count < count { try #require(try receive(), "closed inside an answer", sourceLocation: sourceLocation) }
    defer { received.removeFirst(count) }
    return HTTPAnswer(status: try #require(Int(lines[0].split(separator: " ")[1])), headers: headers, body: Array(received.prefix(count)))
  }
}
