import Downloads
import Failures
import Foundation
import TestSupport
import Testing

/// The promise: a file that is fetched has the right bytes whatever the servers do, and what came once is not asked for again.
@Suite struct FileDownloadTests {
  static let bytes = seededBytes(200_000, seed: 3)
  /// `sha256sum` of these bytes.
  static let sum = sha256(bytes)

  /// Fetches the file from servers of these manners, in order; `body` gets the folder and what came of it.
  private func fetch(
    _ servers: [BadServer], part: [UInt8]? = nil, _ body: (_ folder: URL, _ failure: Failure?) throws -> Void
  ) throws {
    defer { servers.forEach { $0.stop() } }
    try withTemporaryFolder { folder in
      if let part { try put(part, "file.part", in: folder) }
      let download = FileDownload(name: "file", byteCount: Self.bytes.count, sha256: Self.sum, mirrors: servers.map(\.address))
      var failure: Failure? = nil
      do throws(Failure) { try download.fetch(into: folder.path, patience: 1) } catch { failure = error }
      if failure == nil {
        #expect(try Data(contentsOf: folder.appendingPathComponent("file")) == Data(Self.bytes))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
      } else {
        #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("file").path))
      }
      try body(folder, failure)
    }
  }

  private func succeeds(_ servers: BadServer..., part: [UInt8]? = nil, offsets: [[String]]) throws {
    try fetch(servers, part: part) { _, failure in
      #expect(failure == nil)
      #expect(servers.map(\.offsets) == offsets)
    }
  }

  @Test func goodServers() throws {
    try succeeds(BadServer(Self.bytes, .good), offsets: [["all"]])
    try succeeds(BadServer(Self.bytes, .good), part: Array(Self.bytes.prefix(150_000)), offsets: [["150000"]])
    // Without a length, and with one that is right.
    try succeeds(BadServer(Self.bytes, .sendsMore(0)), offsets: [["all"]])
    let other = BadServer(Self.bytes, .good)
    try succeeds(BadServer(Self.bytes, .redirects(to: other.address)), other, offsets: [["all"], ["all"]])
  }

  /// What was complete when it was interrupted is not asked for again.
  @Test func aWholePart() throws { try succeeds(BadServer(Self.bytes, .good), part: Self.bytes, offsets: [[]]) }

  @Test func itGoesOnWhereAServerBrokeOff() throws {
    try succeeds(BadServer(Self.bytes, .breaksOff(after: 50_000), .breaksOff(after: 60_000), .good), offsets: [["all", "50000", "110000"]])
    try succeeds(BadServer(Self.bytes, .breaksOff(after: 50_000)), BadServer(Self.bytes, .good), offsets: [["all"], ["50000"]])
    try succeeds(BadServer(Self.bytes, .stalls(after: 70_000)), BadServer(Self.bytes, .good), offsets: [["all"], ["70000"]])
  }

  @Test func aServerWithoutRangesSendsAllOfItAgain() throws {
    try succeeds(BadServer(Self.bytes, .ignoresRanges), part: Array(Self.bytes.prefix(10)), offsets: [["10"]])
    try succeeds(BadServer(Self.bytes, .breaksOff(after: 50_000), .ignoresRanges), offsets: [["all", "50000"]])
  }

  @Test func wrongBytesAreNotKept() throws {
    try succeeds(BadServer(Self.bytes, .lies), BadServer(Self.bytes, .good), offsets: [["all"], ["all"]])
    // A part that was wrong from the beginning.
    try succeeds(BadServer(Self.bytes, .good), part: [UInt8](repeating: 1, count: 1000), offsets: [["1000", "all"]])
    try succeeds(BadServer(Self.bytes, .good), part: Self.bytes + [1], offsets: [["all"]])
    try succeeds(BadServer(Self.bytes, .wrongRange, .good), part: Array(Self.bytes.prefix(10)), offsets: [["10", "10"]])
  }

  @Test func liesAboutTheLength() throws {
    try succeeds(BadServer(Self.bytes, .claims(300_000)), offsets: [["all"]])
    try succeeds(BadServer(Self.bytes, .claims(1000)), BadServer(Self.bytes, .good), offsets: [["all"], ["1000"]])
    try succeeds(BadServer(Self.bytes, .sendsMore(100_000)), BadServer(Self.bytes, .good), offsets: [["all"], ["all"]])
  }

  @Test func noServerHelps() throws {
    let servers = [
      BadServer(Self.bytes, .refuses(status: 404)), BadServer(Self.bytes, .lies), BadServer(Self.bytes, .breaksOff(after: 5), .refuses(status: 503)),
    ]
    try fetch(servers) { folder, failure in
      let text = try #require(failure?.description)
      #expect(
        text.hasPrefix(
          "file: cannot be fetched; \(servers[0].address): The requested URL returned error: 404; \(servers[1].address): sent other bytes: their SHA-256 is "))
      #expect(text.contains("; \(servers[2].address): The requested URL returned error: 503") && !text.contains("\n"))
      #expect(failure?.kind == .inputOutput)
      #expect(servers[0].offsets.count == 3)
    }
    try withTemporaryFolder { folder in
      for address in ["http://127.0.0.1:1/file", "file:///etc/passwd", "nonsense"] {
        let download = FileDownload(name: "file", byteCount: 10, sha256: Self.sum, mirrors: [address])
        let failure = #expect(throws: Failure.self) { try download.fetch(into: folder.path, patience: 1) }
        #expect(failure?.description.hasPrefix("file: cannot be fetched; \(address): ") == true)
      }
      let download = FileDownload(name: "file", byteCount: 10, sha256: Self.sum, mirrors: ["http://127.0.0.1:1/file"])
      #expect(throws: Failure(.inputOutput, at: "\(folder.path)/none/file.part", "cannot be written: No such file or directory")) {
        try download.fetch(into: folder.path + "/none")
      }
    }
  }

  /// What is there already is not fetched, and what is there with other bytes is replaced.
  @Test func presentFiles() throws {
    let server = BadServer(Self.bytes, .good)
    defer { server.stop() }
    try withTemporaryFolder { folder in
      let download = FileDownload(name: "file", byteCount: Self.bytes.count, sha256: Self.sum, mirrors: [server.address])
      try put(Self.bytes, "file", in: folder)
      try download.fetch(into: folder.path)
      #expect(server.offsets == [])
      try put(Self.bytes.reversed(), "file", in: folder)
      #expect(try !download.isPresent(in: folder.path))
      try download.fetch(into: folder.path)
      #expect(server.offsets == ["all"])
      #expect(try download.isPresent(in: folder.path))
    }
  }

  /// Who calls it off finds what came when it goes on.
  @Test func interrupted() throws {
    let server = BadServer(Self.bytes, .breaksOff(after: 90_000), .good)
    defer { server.stop() }
    try withTemporaryFolder { folder in
      let download = FileDownload(name: "file", byteCount: Self.bytes.count, sha256: Self.sum, mirrors: [server.address])
      let stop = Failure(.inputOutput, "enough")
      #expect(throws: stop) { try download.fetch(into: folder.path) { bytes throws(Failure) in if bytes >= 90_000 { throw stop } } }
      var counts: [Int] = []
      try download.fetch(into: folder.path) { bytes throws(Failure) in counts.append(bytes) }
      #expect(server.offsets == ["all", "90000"] && counts.sorted() == counts && (counts.first ?? 0) >= 90_000)
    }
  }
}

/// What `sha256sum` says.
func sha256(_ bytes: [UInt8]) -> String {
  (try? withTemporaryFolder { folder in
    let (input, output) = (try put(bytes, "bytes", in: folder), folder.appendingPathComponent("output"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sh", "-c", "sha256sum <'\(input)' >'\(output.path)'"]
    try process.run()
    process.waitUntilExit()
    return String(decoding: try Data(contentsOf: output).prefix(64), as: UTF8.self)
  }) ?? ""
}
