import Failures

/// The two parts of a command line's `key.path=value`: which key of a config, and the text that is said of it.
package struct KeySetting: Equatable, Sendable {
  /// No config is deeper; and no path can exhaust the stack.
  private static let longest = JSON5Parser.deepest

  /// The option and the argument, as errors name them: `--set fit.epochs=5`.
  package let place: String
  /// The key as it was typed: `model.layers[0].units`.
  package let key: String
  /// The keys and element numbers that lead to it: `["model", "layers", "0", "units"]`.
  package let path: [String]
  /// What follows the first `=`.
  package let text: String

  /// - Parameters:
  ///   - argument: `fit.epochs=5`, `model.layers.0.units=30` or `model.layers[0].units=30`.
  ///   - option: the one that it follows, such as `--set`.
  /// - Throws: `.usage` when it has another form.
  package init(_ argument: String, of option: String) throws(Failure) {
    place = "\(option) \(printable(argument, limit: 120))"
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw Failure(.usage, at: place, "expected key.path=value") }
    key = String(parts[0])
    // One spelling for both: layers[0].units is layers.0.units.
    let dotted = key.replacing(/\[([0-9]+)\]/) { ".\($0.1)" }
    path = dotted.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.count <= Self.longest, path.allSatisfy({ !$0.isEmpty && !$0.contains("[") && !$0.contains("]") }) else {
      throw Failure(.usage, at: place, "expected a key path such as fit.epochs or model.layers[0].units before '='")
    }
    text = String(parts[1])
    guard !text.unicodeScalars.contains("\0") else { throw Failure(.usage, at: place, "found a NUL character; expected plain text") }
  }
}
