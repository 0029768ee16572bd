import Foundation
import Glibc
import TestSupport
import Testing

/// `lockstep serve` at work on a port of its own.
final class ServeProcess {
  private(set) var port = 0
  /// The line that it began with.
  private(set) var greeting = ""
  private let process: Process
  private let output = Pipe()
  private let errors = Drain()
  private let ended = DispatchSemaphore(value: 0)

  /// Starts it, and waits until it listens.
  init(_ run: String, _ options: [String] = [], sourceLocation: SourceLocation = #_sourceLocation) throws {
    process = LockstepProcess.prepared([LockstepProcess.binary.path, "serve", run, "--port", "0"] + options, in: PackageFiles.root, environment: [:])
    process.standardOutput = output
    process.standardError = errors.pipe
    let ended = ended
    process.terminationHandler = { _ in ended.signal() }
    try withNoSignalBlocked { try process.run() }
    errors.begin()
    greeting = line()
    port = try #require(greeting.firstMatch(of: /:([0-9]+)\//).flatMap { Int($0.1) }, "it said: \(greeting)", sourceLocation: sourceLocation)
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// The first line of its standard output.
  private func line() -> String {
    let descriptor = output.fileHandleForReading.fileDescriptor
    var (bytes, byte) = ([UInt8](), UInt8(0))
    var place = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&place, 1, Int32(LockstepProcess.patience * 1000)) > 0, read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  func connect() throws -> HTTPConnection { try HTTPConnection(port: port) }

  /// Asks on a connection of its own.
  func ask(
    _ line: String, host: String = "127.0.0.1", type: String? = nil, headers: [String] = [], body: [UInt8] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> HTTPAnswer {
    let connection = try connect()
    connection.request(line, host: host, type: type, headers: headers, body: body)
    return try connection.answer(hasBody: !line.hasPrefix("HEAD"), sourceLocation: sourceLocation)
  }

  func ask(_ line: String, json: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> HTTPAnswer {
    try ask(line, type: "application/json", body: Array(json.utf8), sourceLocation: sourceLocation)
  }

  /// Sends it a signal and waits for its end.
  func end(_ signal: Int32 = SIGTERM, sourceLocation: SourceLocation = #_sourceLocation) -> Ending {
    kill(process.processIdentifier, signal)
    if ended.wait(timeout: .now() + LockstepProcess.patience) == .timedOut {
      Issue.record("hung, and was killed", sourceLocation: sourceLocation)
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
    }
    try? output.fileHandleForReading.close()
    return Ending(status: process.terminationStatus, isCrash: process.terminationReason == .uncaughtSignal, output: greeting, errors: errors.text)
  }
}

/// Serves `run` while `body` asks, and expects that it ends well afterwards.
func serving(_ run: String, _ options: [String] = [], sourceLocation: SourceLocation = #_sourceLocation, _ body: (ServeProcess) throws -> Void) throws {
  let server = try ServeProcess(run, options, sourceLocation: sourceLocation)
  try body(server)
  let ending = server.end(sourceLocation: sourceLocation)
  #expect(ending.status == 0 && !ending.isCrash && ending.errors == "", "\(ending.status): \(ending.errors)", sourceLocation: sourceLocation)
}
