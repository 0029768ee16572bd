import Foundation

/// The JSON Schema (2020-12) of a config, found out from the code that reads one: trees are put before it, and what it asks of them is what they may hold.
package enum ConfigSchema {
  /// The text of `configs/schema.json`.
  package static func text() -> String {
    var definitions = SchemaDefinitions()
    let root = definitions.shared(SchemaExplorer().root())
    guard case .object(var fields) = root else { preconditionFailure("the schema of a config is no object") }
    fields["$schema"] = .string("https://json-schema.org/draft/2020-12/schema")
    fields["title"] = .string("Lockstep config")
    fields["$defs"] = .object(definitions.all)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(JSONValue.object(fields)), as: UTF8.self) + "\n"
    } catch {
      preconditionFailure("a tree of numbers, words and lists did not encode: \(error)")
    }
  }
}

/// Schemas of objects that stand in several places, each written once.
private struct SchemaDefinitions {
  private(set) var all: [String: JSONValue] = [:]

  /// `schema` with references in place of the objects inside it that have a `type`.
  mutating func shared(_ schema: JSONValue) -> JSONValue {
    switch schema {
    case .array(let values):
      var shared: [JSONValue] = []
      for value in values { shared.append(self.shared(value)) }
      return .array(shared)
    case .object(let fields):
      var shared: [String: JSONValue] = [:]
      for (key, value) in fields.sorted(by: { $0.key < $1.key }) { shared[key] = self.shared(value) }
      guard case .object(let properties)? = fields["properties"], case .object(let type)? = properties["type"], case .string(let word)? = type["const"] else {
        return .object(shared)
      }
      // What the word stands for belongs to the definition, and what the key means to the place where it is used.
      let (place, value) = (shared.removeValue(forKey: "description"), shared.removeValue(forKey: "default"))
      shared["description"] = type["description"]
      var reference: [String: JSONValue] = ["$ref": .string("#/$defs/\(name(.object(shared), word))")]
      (reference["description"], reference["default"]) = (place, value)
      return .object(reference)
    default: return schema
    }
  }

  private mutating func name(_ schema: JSONValue, _ word: String) -> String {
    if let known = all.first(where: { $0.value == schema && ($0.key == word || $0.key.hasPrefix(word + ".")) }) { return known.key }
    var (name, number) = (word, 1)
    while all[name] != nil { (name, number) = ("\(word).\(number + 1)", number + 1) }
    all[name] = schema
    return name
  }
}
