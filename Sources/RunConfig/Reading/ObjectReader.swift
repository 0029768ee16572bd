import Failures

/// Reads the keys of one object, remembers which it was asked for, and refuses the others.
///
/// So the code that reads a section is the only list of its keys.
struct ObjectReader {
  let node: ConfigNode
  private let fields: [String: JSONValue]
  /// The key that a plain word stands for: `"adam"` for `{ type: "adam" }`.
  private let wordKey: String?
  private var asked: [String] = []

  fileprivate init(_ node: ConfigNode, wordKey: String?) throws(Failure) {
    self.node = node
    self.wordKey = wordKey
    node.note(.object(wordKey: wordKey))
    switch node.value {
    case .object(var fields):
      // `--set compile.optimizer.learning_rate=…` made an object where "adam" stood.
      if let wordKey, let word = node.replaced, fields[wordKey] == nil { fields[wordKey] = word }
      self.fields = fields
    case .string where wordKey != nil: fields = [:]
    default: throw node.expected(wordKey == nil ? "an object" : "a string or an object")
    }
  }

  /// The value of `key`; nil when it is not given.
  ///
  /// - Parameter about: what it means, in a line for editors to show.
  mutating func optional(_ key: String, _ about: String) -> ConfigNode? {
    asked.append(key)
    node.trace?.ask(key, about, isRequired: false, at: node.path)
    return again(key)
  }

  /// The value of a key that was asked for already.
  func again(_ key: String) -> ConfigNode? {
    // The word itself, at its own place.
    if key == wordKey, case .string = node.value { return node }
    return fields[key].map { node.child($0, .key(key)) }
  }

  /// As `optional`, and nil for `null` too.
  mutating func nullable(_ key: String, _ about: String) -> ConfigNode? {
    guard let value = optional(key, about), value.value != .null else { return nil }
    return value
  }

  /// The value of `key`.
  ///
  /// - Throws: when it is missing; a misspelled key that is there is named first.
  mutating func required(_ key: String, _ about: String) throws(Failure) -> ConfigNode {
    node.trace?.ask(key, about, isRequired: true, at: node.path)
    if let value = optional(key, about) { return value }
    let misspelled = fields.keys.sorted().first { !asked.contains($0) && Nearest.word(to: $0, among: [key]) != nil }
    if let misspelled { throw unknown(misspelled) }
    throw ConfigNode.failure("this required key is missing", at: node.path.appending(.key(key)), given: node.argument)
  }

  /// Refuses the first key that nobody asked for.
  fileprivate func refuseUnknown() throws(Failure) {
    if let key = fields.keys.sorted().first(where: { !asked.contains($0) }) { throw unknown(key) }
  }

  private func unknown(_ key: String) -> Failure {
    let place = node.child(fields[key] ?? .null, .key(key))
    guard let near = Nearest.word(to: key, among: asked) else {
      // `$schema` is for editors.
      return place.failure("unknown key; known here: \(asked.filter { !$0.hasPrefix("$") }.joined(separator: ", "))")
    }
    return place.failure("unknown key; did you mean '\(near)'?")
  }
}

extension ConfigNode {
  /// Reads this object with `read`, then refuses what `read` did not ask for.
  ///
  /// - Parameter word: when given, a plain string stands for an object with this one key.
  func object<Result>(
    word: String? = nil, _ read: (inout ObjectReader) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var reader = try ObjectReader(self, wordKey: word)
    let result = try read(&reader)
    try reader.refuseUnknown()
    return result
  }
}
