import Failures
import Foundation
import Interchange
import NeuralNetwork
import RunConfig

/// A run on disk: `config.json` (resolved), `history.jsonl` (one object an epoch), `model.safetensors`.
///
/// A new run has its config and history from the start, and its model when it is done. A run that replaces another writes nothing before it is done: what ends
/// it early leaves the other one whole.
public struct RunDirectory: Sendable {
  public let path: String
  /// Whether an earlier run's files are to be replaced.
  private let isReplacement: Bool

  public var configPath: String { "\(path)/config.json" }
  var historyPath: String { "\(path)/history.jsonl" }
  var modelPath: String { "\(path)/model.safetensors" }

  /// Where a new run goes: `output`, which must be new or empty unless `overwrite`, or else the first free of `runs/name`, `runs/name-2`, …
  /// (`folder` in place of `runs`).
  ///
  /// - Throws: `Failure` (bad data) when `output` exists and holds something.
  public static func choose(output: String?, name: String, overwrite: Bool, under folder: String = "runs") throws(Failure) -> RunDirectory {
    guard let output else {
      var number = 1
      while true {
        let path = number == 1 ? "\(folder)/\(name)" : "\(folder)/\(name)-\(number)"
        if !FileManager.default.fileExists(atPath: path) { return RunDirectory(path: path, isReplacement: false) }
        number += 1
      }
    }
    let found = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
    if found.isEmpty { return RunDirectory(path: output, isReplacement: false) }
    guard overwrite else {
      throw Failure(.badData, at: output, "the run directory exists and is not empty; name another with --output, or add --overwrite to replace the run in it")
    }
    guard found.contains("config.json") else {
      throw Failure(.badData, at: output, "the folder holds no run (no config.json), so --overwrite leaves it alone; name another with --output")
    }
    return RunDirectory(path: output, isReplacement: true)
  }

  /// Opens the run at `path`.
  ///
  /// - Throws: `Failure` (missing input) when there is no run.
  public init(opening path: String) throws(Failure) {
    self.init(path: path, isReplacement: false)
    for file in [configPath, modelPath] where !FileManager.default.fileExists(atPath: file) {
      throw Failure(.missingInput, at: file, "no such file; expected the folder of a finished run")
    }
  }

  private init(path: String, isReplacement: Bool) {
    self.path = path
    self.isReplacement = isReplacement
  }

  /// Makes the folder and writes the resolved config. An earlier run's files stay as they are; whether they can be replaced is said now, and not after hours
  /// of training.
  ///
  /// - Throws: `Failure` (input and output) with the system's words.
  public func begin(_ configuration: RunConfiguration) throws(Failure) {
    if isReplacement { return try checkReplaceable() }
    try makeFolders(path, as: "run directory")
    try AtomicFile.write(Self.bytes(configuration), to: configPath)
  }

  private func checkReplaceable() throws(Failure) {
    guard access(path, W_OK | X_OK) == 0 else { throw Failure(.inputOutput, at: path, "cannot be written: \(systemErrorText(errno))") }
    for file in [configPath, historyPath, modelPath] {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
        throw Failure(.inputOutput, at: file, "cannot be written: \(systemErrorText(EISDIR))")
      }
    }
  }

  /// Adds one epoch to the history of a new run.
  ///
  /// - Throws: `Failure` (input and output) with the system's words; the history then ends with the epoch before, not inside a line.
  public func append(_ record: EpochRecord) throws(Failure) {
    if isReplacement { return }
    let line = Self.bytes(record)
    let descriptor = open(historyPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Failure(.inputOutput, at: historyPath, systemErrorText(errno)) }
    let end = lseek(descriptor, 0, SEEK_END)
    var code = Self.writeAll(line, to: descriptor)
    if code != 0 { ftruncate(descriptor, end) }
    if close(descriptor) != 0, code == 0 { code = errno }
    guard code == 0 else { throw Failure(.inputOutput, at: historyPath, "cannot be written: \(systemErrorText(code))") }
  }

  /// Writes every byte; returns 0, or the `errno` of the write that failed. A disk that fills up takes a part before it refuses the rest.
  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, bytes.count - done) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return written == 0 ? EIO : errno }
      done += written
    }
    return 0
  }

  /// Writes the weights under Keras's names and shapes; equal weights make equal files. Where an earlier run is replaced, config and history come with them.
  ///
  /// - Throws: `Failure` (input and output) with the system's words.
  public func finish(_ configuration: RunConfiguration, records: [EpochRecord], network: Network, weights: [Float]) throws(Failure) {
    guard isReplacement else { return try saveWeights(network, weights, to: modelPath) }
    try AtomicFile.write([
      (configPath, Self.bytes(configuration)), (historyPath, records.flatMap(Self.bytes)),
      (modelPath, try Safetensors.encode(network.tensors(arena: weights))),
    ])
  }

  private static func bytes(_ configuration: RunConfiguration) -> [UInt8] { Array(configuration.resolvedJSON().utf8) }

  /// The line of the history that `record` is.
  private static func bytes(_ record: EpochRecord) -> [UInt8] { Array((record.jsonLine + "\n").utf8) }

  /// The run's resolved config.
  ///
  /// - Throws: `Failure` naming the file and place.
  public func configuration() throws(Failure) -> RunConfiguration { try RunConfiguration(file: configPath) }

  /// The run's network, for examples of `inputs` numbers that come from `inputFile`.
  ///
  /// - Throws: `Failure` (bad data) when the run was trained on examples of another width.
  public func network(_ configuration: RunConfiguration, inputs: Int, inputFile: String) throws(Failure) -> Network {
    let tensors = try Safetensors.decode(try wholeFile(modelPath), file: modelPath)
    if let kernel = tensors.first(where: { $0.name == "dense.kernel" }), let expected = kernel.shape.first, expected != inputs {
      throw Failure(.badData, at: inputFile, "an image has \(inputs) pixels, the network of \(path) takes \(expected)")
    }
    return try Network(inputs: inputs, layers: configuration.model.layers)
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

/// Reads a safetensors file with the tensors of `network` into arena layout.
///
/// - Throws: `Failure` naming the file, and the tensor that is missing or has another shape.
public func loadWeights(_ network: Network, from path: String) throws(Failure) -> [Float] {
  let tensors = try Safetensors.decode(try wholeFile(path), file: path)
  do throws(Failure) {
    return try network.arena(tensors: tensors)
  } catch {
    throw error.inside(path)
  }
}

/// The bytes of a file.
///
/// - Throws: `Failure`: missing input, or input and output with the system's words.
private func wholeFile(_ path: String) throws(Failure) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw errno == ENOENT ? Failure(.missingInput, at: path, "no such file") : Failure(.inputOutput, at: path, systemErrorText(errno))
  }
  let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  do {
    return Array(try handle.readToEnd() ?? Data())
  } catch {
    throw Failure(.inputOutput, at: path, "cannot be read: \((error as NSError).localizedDescription)")
  }
}
