import Failures
import Foundation
import Interchange

/// The tensors of one layer in another program's file: their names are the layer's, a point or slash, and what they are.
struct ForeignLayer {
  enum Kind { case dense, normalization, inputNormalization }

  let name: String
  /// Under Lockstep's words for what they are: `kernel`, `bias`, `gamma`, ….
  private(set) var tensors: [String: NamedTensor] = [:]
  let kind: Kind

  /// - Throws: `Failure` (bad data) naming a tensor whose name does not say what it is, or that there are two of.
  private init(_ name: String, _ members: [(word: String, tensor: NamedTensor)]) throws(Failure) {
    self.name = name
    let words = Set(members.map(\.word))
    if !words.isDisjoint(with: ["mean", "variance"]) {
      kind = .inputNormalization
    } else if words.contains("kernel") || members.contains(where: { $0.word == "weight" && $0.tensor.shape.count != 1 }) {
      kind = .dense
    } else {
      kind = .normalization
    }
    for (word, tensor) in members {
      guard let role = Self.role(word, kind) else {
        throw Failure(.badData, at: tensor.name, "unknown; expected a name that ends in \(Self.words.joined(separator: ", "))")
      }
      guard tensors.updateValue(tensor, forKey: role) == nil else { throw Failure(.badData, at: tensor.name, "the layer has another \(role)") }
    }
  }

  /// The layers of a file by their names, numbers in them by their value: files have tensors in any order, most often the alphabet's.
  static func all(_ tensors: [NamedTensor]) throws(Failure) -> [ForeignLayer] {
    var members: [String: [(word: String, tensor: NamedTensor)]] = [:]
    for tensor in tensors {
      // Older versions of Keras have "dense/kernel:0".
      let name = tensor.name.hasSuffix(":0") ? String(tensor.name.dropLast(2)) : tensor.name
      let end = name.lastIndex { $0 == "." || $0 == "/" }
      let word = String(end.map { name[name.index(after: $0)...] } ?? name[...])
      guard !leftOut.contains(word) else { continue }
      members[end.map { String(name[..<$0]) } ?? "", default: []].append((word, tensor))
    }
    var layers: [ForeignLayer] = []
    for name in members.keys.sorted(by: { $0.compare($1, options: .numeric) == .orderedAscending }) { layers.append(try ForeignLayer(name, members[name]!)) }
    return layers
  }

  private static let words = ["kernel", "weight", "bias", "gamma", "beta", "moving_mean", "running_mean", "moving_variance", "running_var", "mean", "variance"]
  /// How many batches a normalisation has seen, which no answer depends on.
  private static let leftOut: Set = ["num_batches_tracked", "count"]

  /// What a word of Keras's or PyTorch's means in a layer of this kind.
  private static func role(_ word: String, _ kind: Kind) -> String? {
    switch (kind, word) {
    case (.dense, "kernel"), (.dense, "weight"): "kernel"
    case (.dense, "bias"): "bias"
    case (.normalization, "gamma"), (.normalization, "weight"): "gamma"
    case (.normalization, "beta"), (.normalization, "bias"): "beta"
    case (.normalization, "moving_mean"), (.normalization, "running_mean"): "moving_mean"
    case (.normalization, "moving_variance"), (.normalization, "running_var"): "moving_variance"
    case (.inputNormalization, "mean"), (.inputNormalization, "variance"): word
    default: nil
    }
  }
}
