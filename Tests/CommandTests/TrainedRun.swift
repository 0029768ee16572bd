import Foundation
import Interchange
import TestSupport
import Testing

/// A run directory that `lockstep train` left.
struct TrainedRun {
  let folder: URL

  var model: Data { get throws { try Data(contentsOf: folder.appendingPathComponent("model.safetensors")) } }
  var config: String { get throws { try String(contentsOf: folder.appendingPathComponent("config.json"), encoding: .utf8) } }

  /// The model's tensors, in the order of the file.
  var tensors: [NamedTensor] { get throws { try Safetensors.decode(Array(model), file: "model.safetensors").tensors } }

  /// A file of the model's weights as PyTorch would have saved those of a `Sequential` with an activation behind each layer.
  var weightsOfPyTorch: [UInt8] {
    get throws {
      let tensors = try tensors.map { tensor in
        let parts = tensor.name.split(separator: ".")
        let number = 2 * (parts[0].split(separator: "_").dropFirst().first.flatMap { Int($0) } ?? 0)
        guard parts[1] == "kernel" else { return NamedTensor(name: "\(number).bias", shape: tensor.shape, values: tensor.values) }
        let (rows, columns) = (tensor.shape[0], tensor.shape[1])
        let values = (0..<columns).flatMap { column in (0..<rows).map { tensor.values[$0 * columns + column] } }
        return NamedTensor(name: "\(number).weight", shape: [columns, rows], values: values)
      }
      return try Safetensors.encode(tensors.sorted { $0.name < $1.name }, metadata: ["format": "pt"])
    }
  }

  /// The lines of `history.jsonl`.
  var historyLines: [String] {
    get throws {
      let text = try String(contentsOf: folder.appendingPathComponent("history.jsonl"), encoding: .utf8)
      return text.split(separator: "\n").map(String.init)
    }
  }

  /// The objects of `history.jsonl`.
  var history: [[String: Double]] { get throws { try historyLines.map { try #require(try object($0) as? [String: Double]) } } }

  /// `diagnostics.jsonl`, if there is one.
  var diagnostics: String? { try? String(contentsOf: folder.appendingPathComponent("diagnostics.jsonl"), encoding: .utf8) }

  /// What must not differ between two runs: the model's bytes, and the history as written, but for the time that it took.
  var bits: Bits {
    get throws {
      let timing = try Regex(#""(seconds|samples_per_second)":[^,}]*"#)
      return Bits(model: try model, history: try historyLines.map { $0.replacing(timing, with: "") }, diagnostics: diagnostics)
    }
  }

  struct Bits: Equatable {
    let model: Data
    let history: [String]
    let diagnostics: String?
  }
}

/// Trains `config` (a path from the package's top folder, or a whole one) into a new folder in `folder`.
func train(
  _ config: String, _ options: [String] = [], into folder: URL, environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
) throws -> TrainedRun {
  let output = folder.appendingPathComponent("run-\(UUID().uuidString)")
  try succeed(["train", config, "--quiet", "--output", output.path] + options, environment: environment, sourceLocation: sourceLocation)
  return TrainedRun(folder: output)
}

/// `settings` as options: each after a `--set`.
func set(_ settings: String...) -> [String] { settings.flatMap { ["--set", $0] } }

/// The JSON object in `text`.
func object(_ text: some StringProtocol) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "no object: \(text)")
}
