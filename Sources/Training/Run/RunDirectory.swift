import Failures
import Foundation
import Interchange
import NeuralNetwork
import RunConfig

/// A run on disk: `config.json` (resolved), `history.jsonl` (one object an epoch), `checkpoints/`, `machine.json`, and when it is done `model.safetensors`.
///
/// A run that replaces another one grows in the folder `replacement` inside the other's, and takes its place when it is done: what ends it early leaves the other
/// one whole.
public struct RunDirectory: Sendable {
  /// Where the run is written.
  public let path: String
  /// The directory of the run that this one replaces, if it does.
  private let replaced: String?

  /// Where the run lies when it is done.
  public var destination: String { replaced ?? path }
  /// The config of the run, every default written out.
  public var configPath: String { "\(path)/config.json" }
  var historyPath: String { "\(path)/history.jsonl" }
  private var diagnosticsPath: String { "\(path)/diagnostics.jsonl" }
  var modelPath: String { "\(path)/model.safetensors" }
  var checkpoints: CheckpointFolder { CheckpointFolder(path: "\(path)/checkpoints") }
  private static func replacement(in folder: String) -> String { "\(folder)/replacement" }

  /// Where a new run goes: `output`, which must be new or empty unless `overwrite`, or else the first free of `runs/name`, `runs/name-2`, …
  /// (`folder` in place of `runs`). `advice` is for one who names a folder that holds something.
  ///
  /// - Throws: `Failure` (already there) when `output` exists and holds something.
  public static func choose(
    output: String?, name: String, overwrite: Bool, under folder: String = "runs",
    advice: String = "name another with --output, go on with it by --resume, or add --overwrite to replace it"
  ) throws(Failure) -> RunDirectory {
    guard let output else { return RunDirectory(path: firstFree(name, under: folder), replaced: nil) }
    let found = contents(of: output)
    if found.isEmpty { return RunDirectory(path: output, replaced: nil) }
    guard overwrite else {
      throw Failure(.alreadyThere, at: output, "the run directory exists and is not empty; \(advice)")
    }
    guard found.contains("config.json") else {
      throw Failure(.alreadyThere, at: output, "the folder holds no run (no config.json), so --overwrite leaves it alone; name another with --output")
    }
    return RunDirectory(path: replacement(in: output), replaced: output)
  }

  /// That of a process which writes nothing.
  static let unwritten = RunDirectory(path: "", replaced: nil)

  /// The run to go on with: that in `output`, or the last of `runs/name`, `runs/name-2`, … Where a run that was to replace it was interrupted, that one.
  /// Nil where there is none.
  ///
  /// - Throws: `Failure` (bad data) when `output` holds something else.
  public static func find(output: String?, name: String, under folder: String = "runs") throws(Failure) -> RunDirectory? {
    guard let path = output ?? last(name, under: folder) else { return nil }
    let found = contents(of: path)
    if found.isEmpty { return nil }
    guard found.contains("config.json") else {
      throw Failure(.badData, at: path, "the folder holds no run (no config.json), so there is nothing to go on with; name another with --output")
    }
    let replacement = replacement(in: path)
    let isUnderWay = FileManager.default.fileExists(atPath: replacement + "/config.json")
    return isUnderWay ? RunDirectory(path: replacement, replaced: path) : RunDirectory(path: path, replaced: nil)
  }

  /// What lies in a folder, but for what a killed process left half-written.
  private static func contents(of folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !AtomicFile.isTemporary($0) }
  }

  private static func path(_ number: Int, _ name: String, _ folder: String) -> String { number == 1 ? "\(folder)/\(name)" : "\(folder)/\(name)-\(number)" }

  private static func firstFree(_ name: String, under folder: String) -> String {
    var number = 1
    while FileManager.default.fileExists(atPath: path(number, name, folder)) { number += 1 }
    return path(number, name, folder)
  }

  private static func last(_ name: String, under folder: String) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let numbers = names.compactMap { found -> Int? in
      if found == name { return 1 }
      guard found.hasPrefix(name + "-"), let number = Int(found.dropFirst(name.count + 1)), number > 1 else { return nil }
      return path(number, name, folder) == "\(folder)/\(found)" ? number : nil
    }
    return numbers.max().map { path($0, name, folder) }
  }

  /// Opens the run at `path`.
  ///
  /// - Throws: `Failure` (missing input) when there is no run.
  public init(opening path: String) throws(Failure) {
    self.init(path: path, replaced: nil)
    func refusal(_ message: String) -> Failure { Failure(.missingInput, at: path, message) }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw refusal("no such run folder\(Self.hint(path))") }
    guard isFolder.boolValue else { throw refusal("a file; expected the folder of a run") }
    guard FileManager.default.fileExists(atPath: configPath) else { throw refusal("the folder holds no run (no config.json)\(Self.hint(path, inside: true))") }
    guard isFinished else { throw refusal("the run is not finished (no model.safetensors); go on with it: lockstep train \(path) --resume") }
  }

  /// "; did you mean 'runs/digits'?" where a run beside `path` has nearly its name, or, for a folder without a run, where there is one inside it.
  package static func hint(_ path: String, inside isFolder: Bool = false) -> String {
    func holdsRun(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path + "/config.json") }
    let inner = isFolder ? contents(of: path).sorted().map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" } : []
    let near = isFolder ? inner.first(where: holdsRun) : Nearest.path(to: path, where: holdsRun)
    return near.map { "; did you mean '\($0)'?" } ?? ""
  }

  private init(path: String, replaced: String?) {
    self.path = path
    self.replaced = replaced
  }

  /// Makes the folder of a new run, locks it, and writes the resolved config. A run that is replaced stays as it is; whether it can be replaced is said now, and
  /// not after hours of training.
  ///
  /// - Returns: the locks, to be held until the run ends.
  /// - Throws: `Failure` (input and output) with the system's words.
  public func begin(_ configuration: RunConfiguration) throws(Failure) -> [RunLock] {
    try makeFolders(destination, as: "run directory")
    var locks = [try lock(destination)]
    if replaced != nil {
      try checkReplaceable()
      // What an interrupted replacement left; its config last, for checkpoints without one count as those of a run that is done.
      try checkpoints.clear()
      for file in Self.files.map({ "\(path)/\($0)" }) { unlink(file) }
      try makeFolders(path, as: "run directory")
      locks.append(try lock(path))
    }
    try write(configuration)
    return locks
  }

  /// Locks the directory of a run that goes on, and that of the run it replaces.
  ///
  /// - Throws: `Failure` (input and output) when another process holds one.
  func lock() throws(Failure) -> [RunLock] {
    var locks = [try lock(destination)]
    if replaced != nil {
      locks.append(try lock(path))
    } else {
      // A run that took its place, but for its checkpoints: its process was killed between the last two names.
      let placed = RunDirectory(path: Self.replacement(in: path), replaced: path)
      if FileManager.default.fileExists(atPath: placed.checkpoints.path) { try placed.takePlaceOfCheckpoints() }
    }
    return locks
  }

  /// Locks one folder, and removes what a killed process left half-written there.
  private func lock(_ folder: String) throws(Failure) -> RunLock {
    let lock = try RunLock.take(folder)
    for folder in [folder, "\(folder)/checkpoints"] { AtomicFile.removeLeftovers(in: folder) }
    return lock
  }

  /// Writes the resolved config.
  func write(_ configuration: RunConfiguration) throws(Failure) { try AtomicFile.write(Array(configuration.resolvedJSON().utf8), to: configPath) }

  private func checkReplaceable() throws(Failure) {
    guard access(destination, W_OK | X_OK) == 0 else { throw Failure(.inputOutput, at: destination, "cannot be written: \(systemErrorText(errno))") }
    for file in Self.files.reversed().map({ "\(destination)/\($0)" }) {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
        throw Failure(.inputOutput, at: file, "cannot be written: \(systemErrorText(EISDIR))")
      }
    }
  }

  private static let files = ["model.safetensors", "history.jsonl", "diagnostics.jsonl", "machine.json", "config.json"]

  /// Adds one epoch to the history.
  ///
  /// - Throws: `Failure` (input and output) with the system's words; the history then ends with the epoch before, not inside a line.
  public func append(_ record: EpochRecord) throws(Failure) {
    try Interchange.append(Array((record.jsonLine + "\n").utf8), to: historyPath)
    if let line = record.diagnosticsJSONLine { try Interchange.append(Array((line + "\n").utf8), to: diagnosticsPath) }
  }

  /// Writes the whole history anew.
  ///
  /// - Throws: `Failure` (input and output) with the system's words; the earlier one is then as it was.
  func write(_ records: [EpochRecord]) throws(Failure) {
    try AtomicFile.write(records.flatMap { Array(($0.jsonLine + "\n").utf8) }, to: historyPath)
    let lines = records.compactMap(\.diagnosticsJSONLine)
    // Lines of epochs that are trained again must not stay.
    if lines.isEmpty { unlink(diagnosticsPath) } else { try AtomicFile.write(lines.flatMap { Array(($0 + "\n").utf8) }, to: diagnosticsPath) }
  }

  /// Writes the weights under Keras's names and shapes; equal weights make equal files.
  ///
  /// - Throws: `Failure` (input and output) with the system's words.
  public func write(_ network: Network, weights: [Float]) throws(Failure) { try saveWeights(network, weights, to: modelPath) }

  /// Puts the finished run where the one was that it replaces.
  ///
  /// - Throws: `Failure` (input and output) with the system's words.
  public func takePlace() throws(Failure) {
    guard let replaced else { return }
    // There may be none to take the place of the earlier run's.
    if let configuration = try? configuration(), !configuration.fit.diagnostics { unlink("\(replaced)/diagnostics.jsonl") }
    // All is on the disk by now; what is left is names. As long as the config is here, `find` goes on with this run; once it is there, `lock` does what is left.
    for file in Self.files where rename("\(path)/\(file)", "\(replaced)/\(file)") != 0 && errno != ENOENT {
      throw Failure(.inputOutput, at: "\(replaced)/\(file)", "cannot be replaced: \(systemErrorText(errno))")
    }
    try takePlaceOfCheckpoints()
  }

  /// The rest of `takePlace`, once the config is in its place.
  private func takePlaceOfCheckpoints() throws(Failure) {
    guard let replaced else { return }
    try checkpoints.takePlace(of: CheckpointFolder(path: "\(replaced)/checkpoints"))
    rmdir(path)
  }

  /// The run's resolved config.
  ///
  /// - Throws: `Failure` naming the file and place.
  public func configuration() throws(Failure) -> RunConfiguration { try RunConfiguration(file: configPath) }

  /// The epochs that the run has behind it; none where it has no history yet.
  ///
  /// - Throws: `Failure` naming the file, and the line that is none of a history.
  public func history() throws(Failure) -> [EpochRecord] {
    guard FileManager.default.fileExists(atPath: historyPath) else { return [] }
    do throws(Failure) {
      let configuration = try configuration()
      var records = try EpochRecord.records(
        jsonLines: String(decoding: try wholeFile(historyPath), as: UTF8.self), metricNames: configuration.metricNames,
        after: configuration.fit.initialEpoch)
      if FileManager.default.fileExists(atPath: diagnosticsPath) {
        try records.add(diagnostics: String(decoding: try wholeFile(diagnosticsPath), as: UTF8.self))
      }
      return records
    } catch  where error.kind == .badData {
      throw error.inside(historyPath)
    }
  }

  /// Whether the run is done: its weights are written last.
  public var isFinished: Bool { FileManager.default.fileExists(atPath: modelPath) }

  /// The run's network, for examples of `inputs` numbers that come from `inputFile`.
  ///
  /// - Throws: `Failure` (bad data) when the run was trained on examples of another width.
  public func network(_ configuration: RunConfiguration, inputs: Int, inputFile: String) throws(Failure) -> Network {
    if let expected = try self.inputs(), expected != inputs {
      throw Failure(
        .badData, at: inputFile,
        "an image has \(inputs) pixels, the network of \(path) takes \(expected)\(inputs == expected + 1 ? "; if one of them is the label, leave it out" : "")")
    }
    return try Network(inputs: inputs, layers: configuration.model.layers)
  }

  /// The run's network, for examples as wide as those it was trained on.
  ///
  /// - Throws: `Failure` (bad data) where the file of weights does not say how wide they are.
  public func network(_ configuration: RunConfiguration) throws(Failure) -> Network {
    guard let inputs = try self.inputs() else {
      throw Failure(.badData, at: modelPath, "dense.kernel: missing; its shape says how many inputs the network has")
    }
    return try Network(inputs: inputs, layers: configuration.model.layers)
  }

  /// The inputs of the run's network, as its first layer's weights tell; nil where they do not.
  ///
  /// - Throws: `Failure` naming the file.
  public func inputs() throws(Failure) -> Int? {
    try Safetensors.decode(try wholeFile(modelPath), file: modelPath).tensors.first { $0.name == "dense.kernel" }?.shape.first
  }

  /// The run's weights, in the arena layout of `network`.
  ///
  /// - Throws: `Failure` naming the file and tensor.
  public func weights(_ network: Network) throws(Failure) -> [Float] { try loadWeights(network, from: modelPath) }
}

/// Writes `weights` (arena layout) as safetensors under Keras's names and shapes.
///
/// - Throws: `Failure` (input and output) with the system's words; an earlier file is then as it was.
public func saveWeights(_ network: Network, _ weights: [Float], to path: String) throws(Failure) {
  try AtomicFile.write(try Safetensors.encode(network.tensors(arena: weights)), to: path)
}

/// Reads a safetensors file with the tensors of `network` into arena layout. Of a checkpoint, the optimizer's moments are left out.
///
/// - Throws: `Failure` naming the file, and the tensor that is missing or has another shape.
public func loadWeights(_ network: Network, from path: String) throws(Failure) -> [Float] {
  let tensors = Checkpoint.weights(try Safetensors.decode(try wholeFile(path), file: path))
  do throws(Failure) {
    return try network.arena(tensors: tensors)
  } catch {
    throw error.inside(path)
  }
}
