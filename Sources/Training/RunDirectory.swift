import Failures
import Foundation
import Interchange
import NeuralNetwork
import RunConfig

/// A run on disk: `config.json` (resolved), `history.jsonl` (one object an epoch), `model.safetensors`.
public struct RunDirectory: Sendable {
  public let path: String

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
        if !FileManager.default.fileExists(atPath: path) { return RunDirectory(path: path) }
        number += 1
      }
    }
    let found = try? FileManager.default.contentsOfDirectory(atPath: output)
    if let found, !found.isEmpty, !overwrite {
      throw Failure(.badData, at: output, "the run directory exists and is not empty; name another with --output, or add --overwrite to replace the run in it")
    }
    if let found, !found.isEmpty, !found.contains("config.json") {
      throw Failure(.badData, at: output, "the folder holds no run (no config.json), so --overwrite leaves it alone; name another with --output")
    }
    return RunDirectory(path: output)
  }

  /// Opens the run at `path`.
  ///
  /// - Throws: `Failure` (missing input) when there is no run.
  public init(opening path: String) throws(Failure) {
    self.path = path
    for file in [configPath, modelPath] where !FileManager.default.fileExists(atPath: file) {
      throw Failure(.missingInput, at: file, "no such file; expected the folder of a finished run")
    }
  }

  private init(path: String) { self.path = path }

  /// Makes the folder and writes the resolved config; an earlier run's history and model in it are removed.
  ///
  /// - Throws: `Failure` (input and output) with the system's words.
  public func begin(_ configuration: RunConfiguration) throws(Failure) {
    try makeFolders(path, as: "run directory")
    for file in [historyPath, modelPath] where unlink(file) != 0 && errno != ENOENT {
      throw Failure(.inputOutput, at: file, "cannot remove the earlier run's file: \(systemErrorText(errno))")
    }
    try AtomicFile.write(Array(configuration.resolvedJSON().utf8), to: configPath)
  }

  /// Adds one epoch to the history.
  ///
  /// - Throws: `Failure` (input and output) with the system's words; the history then ends with the epoch before, not inside a line.
  public func append(_ record: EpochRecord) throws(Failure) {
    let line = Array((record.jsonLine + "\n").utf8)
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

  /// Writes the weights under Keras's names and shapes; equal weights make equal files.
  ///
  /// - Throws: `Failure` (input and output) with the system's words.
  public func save(_ network: Network, weights: [Float]) throws(Failure) {
    try saveWeights(network, weights, to: modelPath)
  }

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
