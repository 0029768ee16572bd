import RunConfig

/// What is wrong with a value by a JSON Schema of the words that `lockstep output schema` uses; and which of the schema's keys the value has.
///
/// Small and strict: a word that it does not know is a complaint. Python's `jsonschema` does the same in `Tests/Interop`.
struct SchemaComplaints {
  private(set) var complaints: [String] = []
  /// The keys that were met, each with those it is in: `training.labels`, `cores[].cpu`.
  private(set) var seen: Set<String> = []

  init(_ value: JSONValue, _ schema: JSONValue) { check(value, schema, "") }

  /// Every key that a schema knows, each with those it is in.
  static func keys(_ schema: JSONValue, _ place: String = "") -> Set<String> {
    guard case .object(let words) = schema else { return [] }
    var keys: Set<String> = []
    if case .object(let properties)? = words["properties"] {
      for (key, inner) in properties { keys = keys.union([place + "." + key]).union(Self.keys(inner, place + "." + key)) }
    }
    if case .array(let choices)? = words["anyOf"] { for choice in choices { keys.formUnion(Self.keys(choice, place)) } }
    if let items = words["items"] { keys.formUnion(Self.keys(items, place + "[]")) }
    if let others = words["additionalProperties"] { keys.formUnion(Self.keys(others, place + ".*")) }
    return keys
  }

  private mutating func check(_ value: JSONValue, _ schema: JSONValue, _ place: String) {
    guard case .object(let words) = schema else { return complain(place, "a schema that is none") }
    for (word, argument) in words {
      switch (word, argument) {
      case ("description", _), ("title", _), ("$schema", _), ("properties", _), ("required", _), ("items", _), ("additionalProperties", _): break
      case ("type", .string(let name)): if !Self.isOf(value, name) { complain(place, "\(value) is no \(name)") }
      case ("minimum", .integer(let least)): if case .integer(let number) = value, number < least { complain(place, "\(number) is below \(least)") }
      case ("enum", .array(let known)): if !known.contains(value) { complain(place, "\(value) is none of \(known)") }
      case ("anyOf", .array(let choices)): checkAny(value, choices, place)
      default: complain(place, "the schema's word \(word) is not known")
      }
    }
    switch value {
    case .array(let elements):
      if let items = words["items"] { for element in elements { check(element, items, place + "[]") } }
    case .object(let fields): check(fields, words, place)
    default: break
    }
  }

  private mutating func check(_ fields: [String: JSONValue], _ words: [String: JSONValue], _ place: String) {
    guard case .object(let properties)? = words["properties"] else { return }
    if case .array(let required)? = words["required"] {
      for case .string(let key) in required where fields[key] == nil { complain(place, "\(key) is missing") }
    }
    for (key, value) in fields {
      if let known = properties[key] {
        seen.insert(place + "." + key)
        check(value, known, place + "." + key)
      } else if let others = words["additionalProperties"], others != .bool(false) {
        check(value, others, place + ".*")
      } else {
        complain(place, "the key \(key) is not known")
      }
    }
  }

  private mutating func checkAny(_ value: JSONValue, _ choices: [JSONValue], _ place: String) {
    let trials = choices.map { choice in
      var trial = self
      trial.complaints = []
      trial.check(value, choice, place)
      return trial
    }
    guard let good = trials.first(where: { $0.complaints.isEmpty }) else {
      return complain(place, "none of \(choices.count) forms: \(trials.flatMap(\.complaints).joined(separator: "; "))")
    }
    seen = good.seen
  }

  private mutating func complain(_ place: String, _ words: String) { complaints.append("\(place.isEmpty ? "." : place): \(words)") }

  private static func isOf(_ value: JSONValue, _ type: String) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("string", .string), ("integer", .integer), ("number", .integer), ("number", .number), ("array", .array),
      ("object", .object):
      true
    default: false
    }
  }
}
