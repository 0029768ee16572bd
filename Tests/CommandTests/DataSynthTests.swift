import Foundation
import TestSupport
import Testing

/// The promise: `data synth` writes folders that a config trains on at once, says so in a line, and leaves nothing half done.
@Suite struct DataSynthTests {
  static let images = "train-images-idx3-ubyte"

  private func files(in folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appendingPathComponent($0))) })
  }

  @Test func aNetworkLearnsFromThem() throws {
    try withTemporaryFolder { folder in
      try succeed(["data", "synth", "--output", "data", "--count", "5000", "--test", "1000"], in: folder)
      let data = folder.appendingPathComponent("data").path
      let history = try train("configs/mnist.json", set("data.path=\(data)"), into: folder).history
      let accuracy = try #require(history.last?["val_accuracy"])
      #expect(accuracy >= 0.95)
    }
  }

  @Test func theSameBytesForAnyNumberOfWorkers() throws {
    try withTemporaryFolder { folder in
      let common = ["data", "synth", "--count", "3000", "--test", "10", "--seed", "18446744073709551615"]
      try succeed(common + ["--output", "one", "--workers", "1"], in: folder)
      try succeed(common + ["--output", "three", "--workers", "3"], in: folder)
      try succeed(common + ["--output", "other", "--seed", "7"], in: folder)
      let (one, three, other) = (
        try files(in: folder.appendingPathComponent("one")), try files(in: folder.appendingPathComponent("three")),
        try files(in: folder.appendingPathComponent("other"))
      )
      #expect(one.count == 4)
      #expect(one == three)
      for (name, bytes) in one { #expect(other[name] != bytes, "\(name)") }
    }
  }

  @Test func sayWhatWasWritten() throws {
    try withTemporaryFolder { folder in
      let text = try succeed(["data", "synth", "--output", "a", "--count", "1e3", "--test", "20"], in: folder)
      #expect(text.contains(/^a: 1000 digits and 20 to test on, 28×28, seed 1, 80[0-9] kB in [0-9]+\.[0-9] s\n$/), "one line, and no progress in a pipe")
      let small = try succeed(["data", "synth", "--output", "b", "--count", "5", "--test", "0", "--size", "8", "--seed", "9"], in: folder)
      #expect(small.hasPrefix("b: 5 digits, 8×8, seed 9, "))
      let record = try object(try succeed(["data", "synth", "--output", "c", "--count", "30", "--test", "20", "--size", "10", "--json"], in: folder))
      #expect(record["folder"] as? String == "c")
      let numbers = ["training": 30, "test": 20, "size": 10, "seed": 1, "bytes": 30 * 101 + 20 * 101 + 2 * 24]
      for (name, number) in numbers { #expect(record[name] as? Int == number, "\(name)") }
      #expect(try #require(record["seconds"] as? Double) > 0)
      let written = try files(in: folder.appendingPathComponent("c")).values.reduce(0) { $0 + $1.count }
      #expect(written == numbers["bytes"])
    }
  }

  /// `script` runs a command on a terminal of its own.
  @Test(.enabled(if: isInstalled("script"), "needs script"))
  func aTerminalSeesProgress() throws {
    try withTemporaryFolder { folder in
      let command = "\(LockstepProcess.binary.path) data synth --output data --count 3000 --test 0"
      let ending = try LockstepProcess.run(
        ["script", "-qec", command, "/dev/null"], in: folder, environment: ["TERM": "xterm"], sourceLocation: #_sourceLocation)
      #expect(ending.status == 0)
      #expect(ending.output.contains(/━━━━━━━━━━━━━━━━━━━━  100% of 3000 digits - [0-9]+k? digits\/s - 0 s left\r\x1B\[K/))
      #expect(ending.output.contains("\u{1B}[Kdata: 3000 digits, "))
    }
  }

  @Test(arguments: [
    Refusal("data", 64, "data: expected one more word; the verbs are data info, data convert, data fetch, data synth"),
    Refusal("data sinth", 64, "data sinth: unknown verb; did you mean 'data synth'?"),
    Refusal("data frobnicate", 64, "data frobnicate: unknown verb; the verbs are data info, data convert, data fetch, data synth"),
    Refusal("data synth", 64, "--output: expected the folder to write to"),
    Refusal("data synth new", 64, "new: unexpected; data synth takes options only"),
    Refusal("data synth --output", 64, "--output: expected a value after it"),
    Refusal("data synth --output new --cuont 5", 64, "--cuont: unknown option; did you mean '--count'?"),
    Refusal("data synth --output new --count 0", 64, "--count 0: expected at least 1, found 0"),
    Refusal("data synth --output new --count -5", 64, "--count -5: expected at least 1, found -5"),
    Refusal("data synth --output new --count 4294967296", 64, "--count 4294967296: expected at most 4294967295, found 4294967296"),
    Refusal("data synth --output new --count many", 64, "--count many: expected a whole number, found a string \"many\""),
    Refusal("data synth --output new --count 2.5", 64, "--count 2.5: expected a whole number, found 2.5"),
    Refusal("data synth --output new --test -1", 64, "--test -1: expected at least 0, found -1"),
    Refusal("data synth --output new --seed -1", 64, "--seed -1: expected at least 0, found -1"),
    Refusal(
      "data synth --output new --seed 18446744073709551616", 64,
      "--seed 18446744073709551616: expected at most 18446744073709551615, found 18446744073709551616"),
    Refusal("data synth --output new --size 7", 64, "--size 7: expected at least 8, found 7"),
    Refusal("data synth --output new --size 257", 64, "--size 257: expected at most 256, found 257"),
    Refusal("data synth --output new --workers 0", 64, "--workers 0: expected at least 1, found 0"),
    Refusal("data synth --output /proc/lockstep", 74, "/proc/lockstep: cannot make the folder: No such file or directory"),
    Refusal("data synth --output digits.json", 74, "digits.json: cannot make the folder: Not a directory"),
    Refusal("data synth --output digits.json/new/data", 74, "digits.json/new/data: cannot make the folder: Not a directory"),
  ])
  func refused(_ refusal: Refusal) throws {
    try withDigitsFolder { try refusal.expect(in: $0) }
  }

  @Test func nothingIsReplaced() throws {
    try withTemporaryFolder { folder in
      try succeed(["data", "synth", "--output", ".", "--count", "10", "--test", "0"], in: folder)
      try Refusal(
        "data synth --output . --count 20", 73, "./\(Self.images): is there already and is not replaced; name another folder, or remove it first"
      ).expect(in: folder)
    }
  }

  @Test(arguments: ["a/b/c", "a//b/", "./a"])
  func foldersAboveAreMade(_ output: String) throws {
    try withTemporaryFolder { folder in
      try succeed(["data", "synth", "--output", output, "--count", "10", "--test", "0"], in: folder)
      #expect(try files(in: folder.appendingPathComponent(output)).count == 2)
    }
  }

  /// A limit on the size of files stands in for a full disk. `ulimit -f` counts in 512 bytes.
  @Test(arguments: ["new", "new/er/data"])
  func aFullDisk(_ output: String) throws {
    try withTemporaryFolder { folder in
      try Refusal(
        "data synth --output \(output) --count 1000", 74, "\(output)/\(Self.images): cannot be written: File too large",
        launcher: shell("ulimit -f 1000; exec \"$@\"")
      ).expect(in: folder)
    }
  }

  @Test func standardOutputIsFull() throws {
    try withTemporaryFolder { folder in
      let ending = try lockstep(["data", "synth", "--output", "new", "--count", "10"], in: folder, launcher: shell("exec \"$@\" >/dev/full"))
      #expect(ending.status == 74 && !ending.isCrash)
      #expect(ending.errors == "lockstep: standard output: No space left on device\n")
    }
  }

  /// A shell has its background jobs ignore SIGINT, which `env` undoes. The signal is sent once the first temporary file is there; the rows are many enough to be still at it then, and few enough not to matter.
  @Test(arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
  func aSignalLeavesNothing(_ signal: String, _ status: Int32) throws {
    try withTemporaryFolder { folder in
      let script = """
        env --default-signal=INT "$@" & until ls -A new 2>&1 | grep -q lockstep; do :; done; kill -\(signal) $!; wait $!
        """
      let ending = try lockstep(["data", "synth", "--output", "new", "--count", "400000", "--workers", "1"], in: folder, launcher: shell(script))
      #expect(ending.status == status && !ending.isCrash)
      #expect(ending.errors == "lockstep: new: interrupted; nothing was written\n")
      #expect(ending.output == "")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left == [])
    }
  }
}
