/// A JSON5 value, and what `--set` put in its place.
package indirect enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// Wide enough for every seed (`UInt64`) and every negative number a user may type.
  case integer(Int128)
  /// Also the infinities and NaN, which JSON5 allows; `ConfigNode` refuses them.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
  /// A value that came from the command line.
  case argument(Argument)
}

/// A value that `--set` gave, and what an error message and a string reader need to know of it.
package struct Argument: Equatable, Sendable {
  /// `--set fit.epochs=5`, as typed.
  let place: String
  /// `["fit", "epochs"]`: where the value was put.
  let path: [String]
  /// The raw text after `=`: what a string reader takes. Nil for an object made on the way to the key.
  var text: String?
  /// The text read as JSON5, or itself as a string.
  var value: JSONValue
  /// The scalar that stood where an object was needed: `"adam"`, when `compile.optimizer.learning_rate` was set.
  var replaced: JSONValue?
}

extension JSONValue {
  /// The value as an error message names it: `a string "5"`, `an array`, `7`.
  var found: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
    case .string(let value): "a string \"\(printable(value))\""
    case .array: "an array"
    case .object: "an object"
    case .argument(let argument): argument.value.found
    }
  }
}

/// `text` made safe for one line of a terminal: control characters escaped, and long text cut.
func printable(_ text: String, limit: Int = 60) -> String {
  // Cut by scalars: one Character can be as long as the file.
  var line = ""
  for scalar in text.unicodeScalars.prefix(limit) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: line += scalar.escaped(asASCII: true)
    default: line.unicodeScalars.append(scalar)
    }
  }
  return text.unicodeScalars.count > limit ? line + "…" : line
}
