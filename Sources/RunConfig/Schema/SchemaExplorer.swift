import Failures

/// Puts trees before the reader of configs, one value changed at a time, and makes schemas of what it asks and refuses.
struct SchemaExplorer {
  private typealias Steps = [ConfigPath.Step]
  private static let file = "schema"

  /// A value of each kind: some code looks at the kind before it asks.
  private static let samples: [JSONValue] = [
    .bool(true), .integer(1), .number(0.5), .string("?"), .array([.integer(1)]), .object([:]),
  ]

  /// The schema of a whole config.
  func root() -> JSONValue { schema(at: [], in: .object([:])) ?? .bool(true) }

  // MARK: Reading

  private struct Reading {
    let questions: [ReadTrace.Question]
    let keys: [ReadTrace.Key]
    let failure: Failure?
    let configuration: RunConfiguration?

    /// Whether it is the value itself that was refused.
    func refuses(_ steps: Steps) -> Bool { failure?.place == SchemaExplorer.place(steps) }
    /// Whether the value or one inside it was refused.
    func refuses(inside steps: Steps) -> Bool {
      guard let place = failure?.place else { return false }
      let prefix = SchemaExplorer.place(steps)
      return place == prefix || place.hasPrefix(prefix + ".") || place.hasPrefix(prefix + "[") || steps.isEmpty
    }
  }

  private static func place(_ steps: Steps) -> String {
    let path = steps.reduce(ConfigPath(file: file)) { $0.appending($1) }
    return steps.isEmpty ? file : "\(file): \(path)"
  }

  private func read(_ value: JSONValue, at steps: Steps, in tree: JSONValue) -> Reading {
    let trace = ReadTrace(at: steps)
    do throws(Failure) {
      let configuration = try RunConfiguration.read(tree.with(value, at: steps[...]), file: Self.file, trace: trace)
      return Reading(questions: trace.questions, keys: trace.keys, failure: nil, configuration: configuration)
    } catch {
      return Reading(questions: trace.questions, keys: trace.keys, failure: error, configuration: nil)
    }
  }

  private func questions(at steps: Steps, in tree: JSONValue) -> [ReadTrace.Question] {
    Self.samples.reduce(into: []) { questions, sample in
      for question in read(sample, at: steps, in: tree).questions where !questions.contains(question) { questions.append(question) }
    }
  }

  // MARK: Schemas

  /// The schema of the value at `steps`; nil where nothing is asked of it.
  private func schema(at steps: Steps, in tree: JSONValue) -> JSONValue? {
    var choices: [JSONValue] = []
    for question in questions(at: steps, in: tree) { choices += schemas(question, at: steps, in: tree) }
    guard !choices.isEmpty else { return nil }
    if !read(.null, at: steps, in: tree).refuses(steps) { choices.append(.object(["type": .string("null")])) }
    return choices.count == 1 ? choices[0] : .object(["anyOf": .array(choices)])
  }

  private func schemas(_ question: ReadTrace.Question, at steps: Steps, in tree: JSONValue) -> [JSONValue] {
    func type(_ name: String, _ fields: [String: JSONValue] = [:]) -> [JSONValue] { [.object(fields.merging(["type": .string(name)]) { $1 })] }
    switch question {
    case .bool: return type("boolean")
    case .string: return type("string", ["minLength": .integer(1)])
    case .integer(let range): return type("integer", ["minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)])
    case .number(let range): return [range.schema]
    case .words(let words):
      let accepted = words.filter { !read(.string($0.name), at: steps, in: tree).refuses(inside: steps) }
      guard !accepted.isEmpty else { return [] }
      // The second is no word of the standard, but one that editors know.
      return [.object(["enum": .array(accepted.map { .string($0.name) }), "enumDescriptions": .array(accepted.map { .string($0.about) })])]
    case .array:
      var fields: [String: JSONValue] = [:]
      if let items = schema(at: steps + [.element(0)], in: tree) { fields["items"] = items }
      if read(.array([]), at: steps, in: tree).refuses(steps) { fields["minItems"] = .integer(1) }
      return type("array", fields)
    case .object: return variants([:], at: steps, in: tree).compactMap { objectSchema($0, at: steps, in: tree) }
    case .constant(let value): return [.object(["const": value])]
    case .pattern(let pattern): return type("string", ["pattern": .string(pattern)])
    case .numbers(let keys, let range):
      return type("object", ["patternProperties": .object([keys: range.schema]), "additionalProperties": .bool(false), "minProperties": .integer(1)])
    }
  }

  /// The least that objects at `steps` hold: one for each of the words that decide what else there is.
  private func variants(_ fields: [String: JSONValue], at steps: Steps, in tree: JSONValue) -> [[String: JSONValue]] {
    let keys = read(.object(fields), at: steps, in: tree).keys
    guard let missing = keys.first(where: { $0.isRequired && fields[$0.name] == nil }) else { return [fields] }
    let (inner, outer) = (steps + [.key(missing.name)], tree.with(.object(fields), at: steps[...]))
    let asked = questions(at: inner, in: outer)
    if asked.count == 1, case .words(let words) = asked[0] {
      return words.flatMap { word in variants(fields.merging([missing.name: .string(word.name)]) { $1 }, at: steps, in: tree) }
    }
    guard let value = asked.lazy.compactMap({ self.example($0, at: inner, in: outer) }).first else { return [] }
    return variants(fields.merging([missing.name: value]) { $1 }, at: steps, in: tree)
  }

  /// A value that answers `question`.
  private func example(_ question: ReadTrace.Question, at steps: Steps, in tree: JSONValue) -> JSONValue? {
    switch question {
    case .bool: return .bool(true)
    case .string, .pattern: return .string("1")
    case .integer(let range): return .integer(min(max(1, range.lowerBound), range.upperBound))
    case .number(let range): return [0.5, 1, 2, 0].first { range.expectation(missedBy: $0) == nil }.map(JSONValue.number)
    case .words(let words): return words.first.map { .string($0.name) }
    case .array:
      let inner = steps + [.element(0)]
      return questions(at: inner, in: tree).lazy.compactMap { self.example($0, at: inner, in: tree) }.first.map { .array([$0]) }
    case .object: return variants([:], at: steps, in: tree).first.map(JSONValue.object)
    case .constant(let value): return value
    case .numbers: return nil
    }
  }

  /// What `word` stands for, if nothing but words is asked for.
  private func about(_ word: String, in questions: [ReadTrace.Question]) -> String? {
    var about: String?
    for question in questions {
      guard case .words(let words) = question else { return nil }
      about = about ?? words.first { $0.name == word }?.about
    }
    return about
  }

  /// The schema of objects that hold at least `fields`, of which words decide; nil where such are refused.
  private func objectSchema(_ fields: [String: JSONValue], at steps: Steps, in tree: JSONValue) -> JSONValue? {
    let reading = read(.object(fields), at: steps, in: tree)
    guard !reading.refuses(steps) || steps.isEmpty else { return nil }
    let inside = tree.with(.object(fields), at: steps[...])
    let keys = reading.keys
    let resolved = reading.configuration?.json
    var properties: [String: JSONValue] = [:]
    for key in keys {
      let inner = steps + [.key(key.name)]
      if key.isRequired, case .string(let word)? = fields[key.name], let about = about(word, in: questions(at: inner, in: inside)) {
        properties[key.name] = .object(["const": .string(word), "description": .string(about)])
        continue
      }
      let partners = keys.map(\.name).filter { $0 != key.name && fields[$0] == nil }
      let trees = [inside] + partners.map { inside.with(.number(0.5), at: (steps + [.key($0)])[...]) }
      guard var schema = trees.lazy.compactMap({ self.schema(at: inner, in: $0) }).first else { continue }
      if case .object(var described) = schema {
        described["description"] = .string(key.about)
        if !key.isRequired, let value = resolved?.value(at: inner[...]), value != .string(Self.file) { described["default"] = value }
        schema = .object(described)
      }
      properties[key.name] = schema
    }
    let required = keys.filter(\.isRequired).map { JSONValue.string($0.name) }
    var schema: [String: JSONValue] = ["type": .string("object"), "properties": .object(properties), "additionalProperties": .bool(false)]
    if !required.isEmpty { schema["required"] = .array(required) }
    return .object(schema)
  }
}

extension JSONValue {
  /// The tree with `value` at `steps`, and what is needed on the way there.
  fileprivate func with(_ value: JSONValue, at steps: ArraySlice<ConfigPath.Step>) -> JSONValue {
    switch steps.first {
    case nil: return value
    case .key(let key)?:
      var fields: [String: JSONValue] = [:]
      if case .object(let known) = self { fields = known }
      fields[key] = (fields[key] ?? .null).with(value, at: steps.dropFirst())
      return .object(fields)
    case .element?:
      var first = JSONValue.null
      if case .array(let values) = self, let known = values.first { first = known }
      return .array([first.with(value, at: steps.dropFirst())])
    }
  }

  /// The value at `steps`; nil where there is none.
  fileprivate func value(at steps: ArraySlice<ConfigPath.Step>) -> JSONValue? {
    switch (steps.first, self) {
    case (nil, _): self
    case (.key(let key)?, .object(let fields)): fields[key]?.value(at: steps.dropFirst())
    case (.element(let number)?, .array(let values)) where number < values.count: values[number].value(at: steps.dropFirst())
    default: nil
    }
  }
}
