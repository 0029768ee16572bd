import Foundation

extension JSONForm {
  /// The JSON Schema (2020-12).
  var schema: [String: Any] {
    switch self {
    case .text(let words): return ["type": "string", "description": words]
    case .word(let known, let words): return ["enum": known, "description": words]
    case .flag(let words): return ["type": "boolean", "description": words]
    case .count(let words): return ["type": "integer", "minimum": 0, "description": words]
    case .integer(let words): return ["type": "integer", "description": words]
    case .number(let words): return ["type": "number", "description": words]
    case .any(let words): return ["description": words]
    case .list(let element, let words): return ["type": "array", "items": element.schema, "description": words]
    case .record(let keys, let words): return Self.object(keys, others: false, words)
    case .map(let keys, let value, let words): return Self.object(keys, others: value.schema, words)
    case .maybe(let form): return ["anyOf": [form.schema, ["type": "null"]]]
    case .either(let forms): return ["anyOf": forms.map(\.schema)]
    }
  }

  private static func object(_ keys: [Key], others: Any, _ words: String) -> [String: Any] {
    [
      "type": "object", "description": words, "properties": Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0.form.schema) }),
      "required": keys.filter(\.isAlwaysThere).map(\.name), "additionalProperties": others,
    ]
  }
}

extension JSONOutput {
  /// The text of the schema of what `verb` prints.
  func schemaText(of verb: String) -> String {
    var schema = form.schema
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "lockstep \(verb) --json" + (isLines ? ", each line" : "")
    guard let data = try? JSONSerialization.data(withJSONObject: schema, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]) else {
      preconditionFailure("not a JSON object: \(schema)")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
