import Failures
import Foundation
import Interchange
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: a run never writes over anything that it was not told to replace, and what it wrote reads back as it was.
@Suite struct RunDirectoryTests {
  static let configuration = RunConfiguration(
    name: "digits", data: DataSection(source: .bundled), model: ModelSection(layers: [.dense(Dense(1))]),
    compile: CompileSection(optimizer: .adam(), loss: .meanSquaredError))

  private static func record(_ epoch: Int, _ value: Double = 0.5) -> EpochRecord {
    EpochRecord(epoch: epoch, figures: [.init("loss", value), .init("val_loss", value / 3)], seconds: 0.25, samplesPerSecond: 1000)
  }

  private static func names(_ path: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

  @Test func aNewOrEmptyFolderIsTaken() throws {
    try withTemporaryFolder { folder in
      #expect(try RunDirectory.choose(output: folder.path, name: "digits", overwrite: false).path == folder.path)
      #expect(try RunDirectory.choose(output: folder.path + "/new/er", name: "digits", overwrite: false).path == folder.path + "/new/er")
      let left = try Self.names(folder.path)
      #expect(left.isEmpty, "choosing writes nothing")
    }
  }

  @Test func aFolderWithSomethingInItIsLeftAlone() throws {
    try withTemporaryFolder { folder in
      try Data("mine".utf8).write(to: folder.appendingPathComponent("letter.txt"))
      let refused = #expect(throws: Failure.self) { try RunDirectory.choose(output: folder.path, name: "digits", overwrite: false) }
      let exists = "the run directory exists and is not empty; name another with --output, go on with it by --resume, or add --overwrite to replace it"
      #expect(refused == Failure(.alreadyThere, at: folder.path, exists))
      let foreign = #expect(throws: Failure.self) { try RunDirectory.choose(output: folder.path, name: "digits", overwrite: true) }
      let noRun = "the folder holds no run (no config.json), so --overwrite leaves it alone; name another with --output"
      #expect(foreign == Failure(.alreadyThere, at: folder.path, noRun))
      #expect(try Self.names(folder.path) == ["letter.txt"])
    }
  }

  @Test func overwritingReplacesARun() throws {
    try withTemporaryFolder { folder in
      let path = folder.path + "/run"
      let network = try Network(inputs: 2, layers: Self.configuration.model.layers)
      let first = try RunDirectory.choose(output: path, name: "digits", overwrite: false)
      _ = try first.begin(Self.configuration)
      for epoch in 1...2 { try first.append(Self.record(epoch)) }
      try first.write(network, weights: network.initialArena(seed: 1))
      try Data("mine".utf8).write(to: folder.appendingPathComponent("run/letter.txt"))
      #expect(throws: Failure.self) { try RunDirectory.choose(output: path, name: "digits", overwrite: false) }

      func files() throws -> [Data] {
        try Self.names(path).filter { $0 != "replacement" }.map { try Data(contentsOf: folder.appendingPathComponent("run/\($0)")) }
      }
      let earlier = try files()
      var configuration = Self.configuration
      configuration.seed = 2
      let second = try RunDirectory.choose(output: path, name: "digits", overwrite: true)
      _ = try second.begin(configuration)
      try second.append(Self.record(1))
      #expect(try files() == earlier, "the earlier run until the new one is done")
      let weights = network.initialArena(seed: 2)
      try second.write(network, weights: weights)
      try second.takePlace()
      #expect(try Self.names(path) == ["config.json", "history.jsonl", "letter.txt", "model.safetensors"])
      let opened = try RunDirectory(opening: path)
      #expect(try opened.configuration() == configuration)
      #expect(try opened.weights(network) == weights)
      #expect(try String(contentsOfFile: path + "/history.jsonl", encoding: .utf8) == Self.record(1).jsonLine + "\n")
      #expect(try String(contentsOfFile: path + "/letter.txt", encoding: .utf8) == "mine")
    }
  }

  @Test func defaultNamesCountUp() throws {
    try withTemporaryFolder { folder in
      for expected in ["digits", "digits-2", "digits-3"] {
        let directory = try RunDirectory.choose(output: nil, name: "digits", overwrite: false, under: folder.path)
        #expect(directory.path == "\(folder.path)/\(expected)")
        _ = try directory.begin(Self.configuration)
      }
      try FileManager.default.removeItem(atPath: folder.path + "/digits-2")
      #expect(try RunDirectory.choose(output: nil, name: "digits", overwrite: true, under: folder.path).path == folder.path + "/digits-2")
    }
  }

  @Test func withoutAFolderRunsGoToRuns() throws {
    let name = "name-\(UUID().uuidString)"
    #expect(try RunDirectory.choose(output: nil, name: name, overwrite: false).path == "runs/\(name)")
  }

  @Test func aRunReadsBackAsItWasWritten() throws {
    try withTemporaryFolder { folder in
      let network = try Network(inputs: 2, layers: Self.configuration.model.layers)
      let weights = network.initialArena(seed: 1)
      let directory = try RunDirectory.choose(output: folder.path, name: "digits", overwrite: false)
      _ = try directory.begin(Self.configuration)
      #expect(
        throws: Failure(
          .missingInput, at: folder.path, "the run is not finished (no model.safetensors); go on with it: lockstep train \(folder.path) --resume")
      ) {
        try RunDirectory(opening: folder.path)
      }
      try directory.write(network, weights: weights)
      let opened = try RunDirectory(opening: folder.path)
      #expect(try opened.configuration() == Self.configuration)
      #expect(try opened.weights(network) == weights)
    }
  }

  /// Through a file, and onto folders that stand where files should be: nobody, root included, can write there.
  @Test func aPlaceThatCannotBeWrittenIsExitCode74() throws {
    try withTemporaryFolder { folder in
      func run(_ path: String) throws -> RunDirectory { try RunDirectory.choose(output: path, name: "digits", overwrite: true) }
      func expectRefused(at place: String, _ message: String, _ body: () throws -> Void) {
        let failure = #expect(throws: Failure.self, performing: body)
        #expect(failure == Failure(.inputOutput, at: place, message) && failure?.exitCode == 74, "\(failure.map { "\($0)" } ?? "none")")
      }
      let file = folder.path + "/file"
      try Data().write(to: URL(fileURLWithPath: file))
      expectRefused(at: file + "/run", "cannot make the run directory: Not a directory") { _ = try run(file + "/run").begin(Self.configuration) }

      expectRefused(at: file, "cannot make the run directory: Not a directory") { _ = try run(file).begin(Self.configuration) }

      let missing = folder.path + "/missing"
      expectRefused(at: missing + "/history.jsonl", "No such file or directory") { try run(missing).append(Self.record(1)) }
      let network = try Network(inputs: 2, layers: Self.configuration.model.layers)
      expectRefused(at: missing + "/model.safetensors", "cannot be written: No such file or directory") {
        try run(missing).write(network, weights: network.initialArena(seed: 1))
      }

      let taken = folder.path + "/taken"
      // A file's place further to the front of the check with each.
      for name in ["model.safetensors", "history.jsonl", "config.json"] {
        try FileManager.default.createDirectory(atPath: "\(taken)/\(name)", withIntermediateDirectories: true)
        let config = URL(fileURLWithPath: taken + "/config.json")
        if name != "config.json" { try Data().write(to: config) }
        expectRefused(at: "\(taken)/\(name)", "cannot be written: Is a directory") { _ = try run(taken).begin(Self.configuration) }
        if name != "config.json" { try FileManager.default.removeItem(at: config) }
      }
    }
  }
}

/// The promise: a history line is JSON that gives back the very numbers.
@Suite struct HistoryLineTests {
  static let values: [Double] = [
    0, 1, 0.1, 1.0 / 3, 2.302585092994046, 1e-7, .leastNonzeroMagnitude, 1.7976931348623157e308, -0.25, 123_456_789, 9_007_199_254_740_992, 1e22,
    0.30000000000000004,
  ]

  @Test func numbersReadBackToTheBit() throws {
    try withTemporaryFolder { folder in
      let directory = try RunDirectory.choose(output: folder.path, name: "digits", overwrite: false)
      _ = try directory.begin(RunDirectoryTests.configuration)
      for (index, value) in Self.values.enumerated() {
        try directory.append(
          EpochRecord(epoch: index + 1, figures: [.init("loss", value), .init("val_accuracy", value)], seconds: value, samplesPerSecond: 1234.56))
      }
      let lines = String(decoding: try Data(contentsOf: folder.appendingPathComponent("history.jsonl")), as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == Self.values.count + 1 && lines.last == "", "every line ends")
      for (index, value) in Self.values.enumerated() {
        let object = try JSONDecoder().decode([String: Double].self, from: Data(lines[index].utf8))
        #expect(object == ["epoch": Double(index + 1), "loss": value, "val_accuracy": value, "seconds": value, "samples_per_second": 1235])
      }
    }
  }

  @Test func keysAreSortedAndWholeNumbersPlain() {
    let record = EpochRecord(epoch: 3, figures: [.init("loss", 0.5), .init("accuracy", 1)], seconds: 2, samplesPerSecond: 10)
    #expect(record.jsonLine == #"{"accuracy":1,"epoch":3,"loss":0.5,"samples_per_second":10,"seconds":2}"#)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func whatIsNoNumberIsNull(_ value: Double) {
    let record = EpochRecord(epoch: 1, figures: [.init("loss", value)], seconds: 0, samplesPerSecond: .infinity)
    #expect(record.jsonLine == #"{"epoch":1,"loss":null,"samples_per_second":null,"seconds":0}"#)
  }
}
