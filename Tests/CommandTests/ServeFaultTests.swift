import Foundation
import Glibc
import TestSupport
import Testing

/// The promise: whatever is asked, in whatever way, the server answers with one clear line or closes the connection, and goes on.
@Suite struct ServeFaultTests {
  private func withRun(_ body: (_ run: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try body(try train("Tests/Golden/sparse-logits-sgd/config.json", into: folder).folder.path)
    }
  }

  /// A request, and the status and line that it is refused with.
  private struct Refused {
    let line: String
    var host = "127.0.0.1"
    var type: String? = nil
    var headers: [String] = []
    var body: [UInt8] = []
    let status: Int
    let error: String

    static func json(_ line: String, _ body: String, _ error: String) -> Refused {
      Refused(line: line, type: "application/json", body: Array(body.utf8), status: 400, error: error)
    }

    static func png(_ body: [UInt8], _ error: String) -> Refused { Refused(line: "POST /predict", type: "image/png", body: body, status: 400, error: error) }
  }

  private static func row(_ count: Int) -> String { "[" + Array(repeating: "7", count: count).joined(separator: ",") + "]" }
  private static let good = png(width: 20, height: 20, (0..<400).map { UInt8($0 % 251) })
  /// Claims 60,000 × 60,000 pixels.
  private static let bomb =
    Array(good[..<16]) + bigEndian(60_000) + bigEndian(60_000) + good[24..<29]
    + bigEndian(crc32(Array(good[12..<16]) + bigEndian(60_000) + bigEndian(60_000) + good[24..<29])) + good[33...]

  private static let refused: [Refused] = [
    Refused(
      line: "GET /favicon.ico", status: 404,
      error:
        "there is no '/favicon.ico' here; there are /, /healthz, /model, /predict, /v1/models, /v1/models/sparse-logits-sgd and /v1/models/sparse-logits-sgd:predict"
    ),
    Refused(line: "GET /predict", status: 405, error: "/predict takes POST, found GET"),
    Refused(line: "PUT /", type: "image/png", status: 405, error: "/ takes GET and HEAD, found PUT"),
    Refused(line: "OPTIONS /predict", headers: ["Origin: http://evil.example"], status: 405, error: "/predict takes POST, found OPTIONS"),
    Refused(line: "GET /model?x=1", status: 400, error: "unknown argument 'x'; /model takes none"),
    Refused(line: "POST /predict?layer=1", type: "image/png", status: 400, error: "unknown argument 'layer'; did you mean 'layers'?"),
    Refused(
      line: "GET /model", host: "evil.example:8080", status: 403,
      error: "this server answers to localhost and 127.0.0.1 alone, found the host 'evil.example:8080'; a proxy must send one of these"),
    Refused(line: "POST /predict", body: [1], status: 415, error: "expected a body of type application/json or image/png, found none"),
    Refused(
      line: "POST /predict", type: "text/plain", body: [1], status: 415, error: "expected a body of type application/json or image/png, found 'text/plain'"),
    Refused(
      line: "POST /v1/models/sparse-logits-sgd:predict", type: "image/png", body: good, status: 415,
      error: "expected a body of type application/json, found 'image/png'"),
    .json("POST /predict", "", #"body: is empty; expected {"instances": [[…]]}"#),
    .json("POST /predict", "{", #"body: byte 1: expected the key "instances", found the end"#),
    .json("POST /predict", #"{"pixels": [1]}"#, "body: byte 2: unknown key 'pixels'; expected 'instances'"),
    .json("POST /predict", #"{"instances": [\#(row(195))]}"#, "body: instances[0]: holds 195 numbers; the network takes 196"),
    .json("POST /predict", #"{"instances": [\#(row(196)), \#(row(197))]}"#, "body: instances[1]: holds 197 numbers; the network takes 196"),
    .json("POST /v1/models/sparse-logits-sgd:predict", #"{"instances": [[1, NaN]]}"#, "body: byte 19: expected a number, found 'NaN'"),
    .json("POST /predict", #"{"instances": [[1, 1e999]]}"#, "body: byte 19: the value is inf; expected a finite number"),
    .json("POST /predict?layers=1", #"{"instances": [\#(row(196)), \#(row(196))]}"#, "layers: can be told of one image at a time, found 2"),
    .json("POST /predict?layers=yes", #"{"instances": [\#(row(196))]}"#, "layers: expected 1 or 0, found 'yes'"),
    .json("POST /predict?top", #"{"instances": [\#(row(196))]}"#, "top: expected a whole number of at least 1, found ''"),
    .json("POST /predict?top=0", #"{"instances": [\#(row(196))]}"#, "top: expected a whole number of at least 1, found '0'"),
    .png([], "body: is empty; expected a PNG"),
    .png(Array("GIF89a, or so".utf8), "body: cannot be read as a PNG: Not a PNG file"),
    .png(bomb, "body: an image of 60000 × 60000; expected at most 16777216 pixels"),
    .png(png(width: 9, height: 9, [UInt8](repeating: 0, count: 81)), "body: is of one colour; expected a digit"),
  ]

  @Test func whatIsWrongIsSaid() throws {
    try withRun { run in
      try serving(run) { server in
        for each in Self.refused {
          let answer = try server.ask(each.line, host: each.host, type: each.type, headers: each.headers, body: each.body)
          #expect(answer.status == each.status && answer.error == each.error, "\(each.line): \(answer.status) \(answer.text)")
        }
        #expect(try server.ask("GET /predict").headers["allow"] == "POST")
        #expect(try server.ask("DELETE /").headers["allow"] == "GET, HEAD")
        for host in ["localhost", "LOCALHOST:9", "localhost.", "LocalHost.:9", "127.0.0.1:\(server.port)", "[::1]:9", "[::1]"] {
          #expect(try server.ask("GET /healthz", host: host).status == 200, "\(host)")
        }
        for host in ["127.0.0.1.evil.example", "localhost.evil.example", "localhost.evil.example.", "localhost..", ".", "10.0.0.1", "[::2]", ""] {
          #expect(try server.ask("GET /healthz", host: host).status == 403, "\(host)")
        }
        // Escapes are what they stand for; a zero byte ends nothing.
        for (path, status) in [("/%68ealthz", 200), ("/%00", 404), ("/healthz%00", 404), ("/%00healthz", 404), ("/%zz", 404), ("/model%2", 404), ("/%", 404)] {
          let answer = try server.ask("GET \(path)")
          #expect(answer.status == status && (status == 200 || answer.error?.hasPrefix("there is no '\(path)' here") == true), "\(path): \(answer.text)")
        }
        #expect(try server.ask("GET /model?%00").error == "unknown argument '%00'; /model takes none")
        // A PNG that is broken off anywhere.
        for length in stride(from: 1, to: Self.good.count, by: 29) {
          let answer = try server.ask("POST /predict", type: "image/png", body: Array(Self.good[..<length]))
          #expect(answer.status == 400 && answer.error?.hasPrefix("body: cannot be read as a PNG: ") == true, "\(length): \(answer.text)")
        }
        #expect(try server.ask("POST /predict", type: "image/png", body: Self.good).status == 200)
        let many = "{\"instances\": [\(Array(repeating: Self.row(196), count: 10_001).joined(separator: ","))]}"
        #expect(try server.ask("POST /predict", json: many).error == "body: holds 10001 instances; expected at most 10000 at once")
      }
    }
  }

  /// What is no HTTP is libmicrohttpd's to refuse.
  @Test(arguments: [
    ("GARBAGE\r\n\r\n", ""), ("GET / HTTP/1.1\r\n\r\n", "400"), ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n", "400"),
    ("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n", "400"), ("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", "505"),
    ("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 99999999999999999999\r\n\r\n", "413"),
    ("GET /" + String(repeating: "a", count: 100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", "414"),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "a", count: 100_000) + "\r\n\r\n", "431"),
    ("\u{16}\u{3}\u{1}\0\u{5}hello, TLS\r\n\r\n", "400"),
  ])
  func whatIsNoHTTP(_ text: String, _ status: String) throws {
    try withRun { run in
      try serving(run) { server in
        let connection = try server.connect()
        connection.send(text)
        let answer = try connection.rest()
        // What is closed before all of it was read may take its answer along.
        #expect(answer.split(separator: " ").dropFirst().first ?? "" == status || answer.isEmpty && text.utf8.count > 65536, "\(answer.prefix(200))")
        #expect(try server.ask("GET /healthz").status == 200)
      }
    }
  }

  /// With a length, without one, and by a client that asks first.
  @Test func bodiesHaveALimit() throws {
    try withRun { run in
      try serving(run, ["--body-limit", "2000"]) { server in
        let error = "the body is larger than 2000 bytes; send less at once, or start the server with a larger --body-limit"
        let large = [UInt8](repeating: 65, count: 3_000_000)
        let answer = try server.ask("POST /predict", type: "image/png", body: large)
        #expect(answer.status == 413 && answer.error == error)

        let pieces = try server.connect()
        pieces.send("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 1...100 { pieces.send("7d0\r\n" + String(repeating: "A", count: 2000) + "\r\n") }
        pieces.send("0\r\n\r\n")
        let refusal = try pieces.answer()
        #expect(refusal.status == 413 && refusal.error == error)

        let polite = try server.connect()
        polite.send("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 1000000000000\r\nExpect: 100-continue\r\n\r\n")
        #expect(try polite.answer().status == 413)
        polite.send("POST /predict HTTP/1.1\r\nHost: localhost\r\n")
        #expect(try polite.rest() == "")

        // Up to the limit they are read, piece by piece too.
        let text = Array(#"{"instances": [\#(Self.row(196))]}"#.utf8)
        #expect(try server.ask("POST /predict", type: "application/json", body: text + [UInt8](repeating: 32, count: 2000 - text.count)).status == 200)
        #expect(try server.ask("POST /predict", type: "application/json", body: text + [UInt8](repeating: 32, count: 2001 - text.count)).status == 413)
        let small = try server.connect()
        small.send("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n")
        for byte in text { small.send(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8)) }
        small.send("0\r\n\r\n")
        #expect(try small.answer().status == 200)
      }
    }
  }

  /// Clients that stop in the middle, or go on forever a byte at a time, are closed; meanwhile others are answered.
  @Test func slowClientsAreClosed() throws {
    try withRun { run in
      try serving(run, ["--timeout", "1"]) { server in
        let (silent, head, body, trickle) = (try server.connect(), try server.connect(), try server.connect(), try server.connect())
        head.send("POST /predict HTTP/1.1\r\nHost: localho")
        body.send("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 500\r\n\r\nsome")
        trickle.send("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 300\r\n\r\n")
        #expect(try server.ask("GET /healthz").status == 200)
        // At ten bytes a second it would take half a minute.
        var bytes = 0
        while bytes < 300, !trickle.wait(milliseconds: 100) {
          trickle.send("a")
          bytes += 1
        }
        #expect(bytes < 300)
        for connection in [silent, head, body, trickle] { #expect(try connection.rest() == "") }
        #expect(try server.ask("GET /healthz").status == 200)
      }
    }
  }

  @Test func connectionsHaveALimit() throws {
    try withRun { run in
      try serving(run, ["--connections", "2"]) { server in
        var open = [try server.connect(), try server.connect()]
        for connection in open {
          connection.request("GET /healthz")
          #expect(try connection.answer().status == 200)
        }
        let third = try server.connect()
        third.request("POST /predict", type: "image/png", body: Self.good)
        let answer = try third.answer()
        #expect(answer.status == 503 && answer.headers["retry-after"] == "1" && answer.error == "there are 2 connections already; try again in a moment")
        #expect(try third.rest() == "")
        // Those that came first go on; and when one leaves, there is room, as soon as the server has seen it.
        open[0].request("GET /healthz")
        #expect(try open[0].answer().status == 200)
        open.removeLast()
        #expect((0..<100_000).contains { _ in (try? server.ask("GET /healthz").status) == 200 })
      }
    }
  }

  /// Both end it with 0, whatever is open.
  @Test(arguments: [SIGTERM, SIGINT]) func signalsEndIt(_ signal: Int32) throws {
    try withRun { run in
      let server = try ServeProcess(run)
      #expect(server.greeting == "listening on http://127.0.0.1:\(server.port)/")
      let (idle, half) = (try server.connect(), try server.connect())
      idle.request("GET /healthz")
      #expect(try idle.answer().status == 200)
      half.send("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 500\r\n\r\nsome")
      let ending = server.end(signal)
      #expect(ending.status == 0 && !ending.isCrash && ending.errors == "", "\(ending.status): \(ending.errors)")
      #expect(try idle.rest() == "" && half.rest() == "")
    }
  }

  @Test func whatCannotBeServed() throws {
    try withRun { run in
      try serving(run) { server in
        let taken = try lockstep(["serve", run, "--port", "\(server.port)"])
        #expect(taken.status == 74 && taken.output == "")
        #expect(
          taken.errors
            == "lockstep: 127.0.0.1, port \(server.port): cannot listen there: Address already in use; choose another with --port, or 0 for any that is free\n")
      }
      try withTemporaryFolder { folder in
        // A file that is no library stands before the real one.
        try put([], "libmicrohttpd.so.12", in: folder)
        let refusals = [
          Refusal("serve", 64, "expected a run directory"),
          Refusal("serve nowhere", 66, "nowhere: no such run folder"),
          Refusal("serve \(run) --port 65536", 64, "--port 65536: expected at most 65535, found 65536"),
          Refusal("serve \(run) --timeout 0", 64, "--timeout 0: expected at least 1, found 0"),
          Refusal("serve \(run) --prot 1", 64, "--prot: unknown option; did you mean '--port'?"),
          Refusal("serve \(run) --host 192.0.2.1 --port 0", 74, "192.0.2.1, port 0: cannot listen there: Cannot assign requested address"),
          Refusal(
            "serve \(run)", 74, "libmicrohttpd.so.12 is not there to serve with; on Debian: apt-get install libmicrohttpd12",
            environment: ["LD_LIBRARY_PATH": folder.path]),
        ]
        for refusal in refusals { try refusal.expect(in: folder) }
      }
    }
  }

  /// Where others reach it there is a warning; and they may call it by any name.
  @Test func othersMayBeLetIn() throws {
    try withRun { run in
      let server = try ServeProcess(run, ["--host", "0.0.0.0"])
      #expect(try server.ask("GET /healthz", host: "digits.example").status == 200)
      let ending = server.end()
      #expect(ending.status == 0)
      #expect(
        ending.errors
          == "lockstep: warning: whoever reaches this machine at http://0.0.0.0:\(server.port)/ may ask; nothing is encrypted, and nobody needs a password\n")
    }
  }
}
