import CMicrohttpd
import Failures

/// A daemon of libmicrohttpd's, which asks a service.
///
/// It has one thread, which waits for all connections at once and answers one request after the other. That is enough: a network answers a digit in less time than it
/// takes to wake another thread. So the model needs no lock, and a client that is slow costs a descriptor and its headers, not a thread.
final class HTTPDaemon {
  private let library: lockstep_mhd
  private let daemon: OpaquePointer
  private let callbacks: UnsafeMutablePointer<lockstep_mhd_callbacks>
  private let context: Unmanaged<DaemonContext>

  /// Starts it.
  ///
  /// The thread reads `callbacks` and everything behind `context` between here and the end of `stop`, which waits for it; nobody else does.
  ///
  /// - Parameters:
  ///   - socket: where it listens; the daemon closes it.
  ///   - service: whom it asks. Nobody else may, from now on.
  /// - Throws: `.inputOutput` where there is no libmicrohttpd, or it does not start.
  init(_ socket: ListeningSocket, _ service: Service, limits: ServerLimits, connections: OpenConnections) throws(Failure) {
    let library = try Self.loaded()
    context = .passRetained(DaemonContext(library, service, limits, connections))
    callbacks = .allocate(capacity: 1)
    callbacks.initialize(
      to: lockstep_mhd_callbacks(
        library: library, context: context.toOpaque(),
        handle: { DaemonContext.of($0).handle($1!, path: $2!, method: $3!, bytes: $4, count: $5!, request: $6!) ? 1 : 0 },
        completed: { DaemonContext.of($0).completed($1!, $2) }, opened: { DaemonContext.of($0).opened($1!, $2) }, closed: { DaemonContext.of($0).closed($1!) }))
    guard
      let daemon = lockstep_mhd_start(
        socket.descriptor, UInt32(limits.connections + ServerLimits.spareConnections), UInt32(limits.seconds), ServerLimits.headerBytes, callbacks)
    else {
      callbacks.deallocate()
      context.release()
      throw Failure(.inputOutput, at: "\(socket.host), port \(socket.port)", "libmicrohttpd does not start")
    }
    self.library = library
    self.daemon = daemon
  }

  /// Ends it: every connection is closed, and the thread is gone when this returns. To be called once.
  func stop() {
    library.stop_daemon(daemon)
    callbacks.deallocate()
    context.release()
  }

  /// - Throws: `.inputOutput` where there is none.
  static func loaded() throws(Failure) -> lockstep_mhd {
    guard let library else { throw Failure(.inputOutput, "libmicrohttpd.so.12 is not there to serve with; on Debian: apt-get install libmicrohttpd12") }
    return library
  }

  /// Loaded when it is first asked for, and never changed; nil where there is none.
  nonisolated(unsafe) private static let library: lockstep_mhd? = {
    var library = lockstep_mhd()
    return lockstep_mhd_load(&library) != 0 ? library : nil
  }()
}

/// What the daemon's callbacks do, on its thread.
private final class DaemonContext {
  private var library: lockstep_mhd
  private let service: Service
  private let limits: ServerLimits
  private let connections: OpenConnections

  init(_ library: lockstep_mhd, _ service: Service, _ limits: ServerLimits, _ connections: OpenConnections) {
    (self.library, self.service, self.limits, self.connections) = (library, service, limits, connections)
  }

  static func of(_ context: UnsafeMutableRawPointer?) -> DaemonContext { Unmanaged.fromOpaque(context!).takeUnretainedValue() }

  func opened(_ connection: OpaquePointer, _ descriptor: Int32) { connections.opened(UInt(bitPattern: connection), descriptor: descriptor) }

  func closed(_ connection: OpaquePointer) { connections.closed(UInt(bitPattern: connection)) }

  func completed(_ connection: OpaquePointer, _ request: UnsafeMutableRawPointer?) {
    if let request { Unmanaged<HTTPExchange>.fromOpaque(request).release() }
    connections.answered(UInt(bitPattern: connection))
  }

  /// A request's head, then the pieces of its body, then its end; false to close the connection without an answer. The exchange is kept by `request` from the first
  /// of these to `completed`.
  func handle(
    _ connection: OpaquePointer, path: UnsafePointer<CChar>, method: UnsafePointer<CChar>, bytes: UnsafePointer<CChar>?, count: UnsafeMutablePointer<Int>,
    request: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  ) -> Bool {
    guard let begun = request.pointee else {
      let head = self.head(connection, path: String(cString: path), method: String(cString: method))
      let exchange = HTTPExchange(head, refusal: service.refusal(head), limit: limits.bodyBytes)
      request.pointee = Unmanaged.passRetained(exchange).toOpaque()
      if let refusal = exchange.refusal, head.waitsToSend { return answer(refusal, connection) }
      return true
    }
    let exchange = Unmanaged<HTTPExchange>.fromOpaque(begun).takeUnretainedValue()
    if count.pointee > 0 {
      exchange.take(UnsafeRawBufferPointer(start: bytes, count: count.pointee)) { service.tooLarge() }
      count.pointee = 0
      return true
    }
    return answer(exchange.refusal ?? service.answer(exchange.request, body: exchange.body), connection)
  }

  private func head(_ connection: OpaquePointer, path: String, method: String) -> HTTPRequest {
    func header(_ name: String) -> String? { lockstep_mhd_header(&library, connection, name).map { String(cString: $0) } }
    var arguments: [HTTPRequest.Argument] = []
    withUnsafeMutablePointer(to: &arguments) { arguments in
      lockstep_mhd_each_argument(
        &library, connection,
        lockstep_mhd_taker(
          context: arguments,
          take: { arguments, name, value in
            let argument = HTTPRequest.Argument(name: name.map { String(cString: $0) } ?? "", value: value.map { String(cString: $0) })
            arguments!.assumingMemoryBound(to: [HTTPRequest.Argument].self).pointee.append(argument)
          }))
    }
    let type = header("Content-Type")?.split(separator: ";", omittingEmptySubsequences: false)[0]
    return HTTPRequest(
      method: method, path: path, arguments: arguments, host: header("Host"), contentType: type?.lowercased().filter { !$0.isWhitespace },
      contentLength: header("Content-Length").flatMap { Int($0) }, waitsToSend: header("Expect")?.lowercased() == "100-continue",
      isTooMany: connections.isTooMany(UInt(bitPattern: connection)))
  }

  private func answer(_ answer: HTTPResponse, _ connection: OpaquePointer) -> Bool {
    let response = answer.body.withUnsafeBytes { lockstep_mhd_response(&library, $0.baseAddress, $0.count) }
    guard let response else { return false }
    for (name, value) in answer.headers { _ = library.add_response_header(response, name, value) }
    return lockstep_mhd_answer(&library, connection, answer.status, response) != 0
  }
}
