import Failures

/// Reads one JSON5 text (https://spec.json5.org) into a `JSONValue`.
///
/// Foundation's decoder reads JSON5 too, but for a hand-written file it says too little: no line of a mistake, and of a key given twice it keeps
/// one in silence. Here both are refused with line and column. Nesting is limited, so no text can exhaust the stack.
package struct JSON5Parser {
  /// A config needs five levels.
  static let deepest = 64

  let scalars: [Unicode.Scalar]
  var position = 0
  private var depth = 0

  private init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// The value of `text`.
  ///
  /// - Throws: `.badData` with the line and column as its place.
  package static func parse(_ text: String) throws(Failure) -> JSONValue {
    var parser = JSON5Parser(text)
    if let nul = parser.scalars.firstIndex(of: "\0") {
      parser.position = nul
      throw parser.failure("found a NUL character; expected plain text")
    }
    let value = try parser.value()
    try parser.skipBlanks()
    guard parser.next == nil else { throw parser.failure("expected nothing more after the value, found \(parser.foundHere)") }
    return value
  }

  /// The scalar at the position; nil at the end.
  var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  /// A failure at the position.
  func failure(_ message: String) -> Failure {
    var line = 1
    var start = 0
    for index in 0..<min(position, scalars.count) where scalars[index].endsLine(before: index + 1 < scalars.count ? scalars[index + 1] : nil) {
      line += 1
      start = index + 1
    }
    return Failure(.badData, at: "line \(line), column \(position - start + 1)", message)
  }

  /// What stands at the position, for a message: a whole word, or one character.
  var foundHere: String {
    guard let next else { return "the end" }
    let word = scalars[position...].prefix(40).prefix(while: \.continuesName)
    var text = String.UnicodeScalarView()
    text.append(contentsOf: word.isEmpty ? [next] : Array(word))
    return "'\(printable(String(text)))'"
  }

  private mutating func value() throws(Failure) -> JSONValue {
    try skipBlanks()
    switch next {
    case "{": return try nested { (parser: inout JSON5Parser) throws(Failure) in try parser.object() }
    case "[": return try nested { (parser: inout JSON5Parser) throws(Failure) in try parser.array() }
    case "\"", "'": return .string(try string())
    case let scalar? where scalar.startsNumber: return try number()
    case let scalar? where scalar.startsName: return try word()
    default: throw failure("expected a value, found \(foundHere)")
    }
  }

  private mutating func nested(_ body: (inout JSON5Parser) throws(Failure) -> JSONValue) throws(Failure) -> JSONValue {
    depth += 1
    guard depth <= Self.deepest else { throw failure("nested too deeply; expected at most \(Self.deepest) levels") }
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(Failure) -> JSONValue {
    var fields: [String: JSONValue] = [:]
    position += 1
    while true {
      try skipBlanks()
      if take("}") { return .object(fields) }
      let start = position
      let key = try self.key()
      guard fields[key] == nil else {
        position = start
        throw failure("the key '\(printable(key))' is given twice")
      }
      try skipBlanks()
      guard take(":") else { throw failure("expected ':' after the key '\(printable(key))', found \(foundHere)") }
      fields[key] = try value()
      try separator(orEnd: "}")
    }
  }

  private mutating func array() throws(Failure) -> JSONValue {
    var elements: [JSONValue] = []
    position += 1
    while true {
      try skipBlanks()
      if take("]") { return .array(elements) }
      elements.append(try value())
      try separator(orEnd: "]")
    }
  }

  /// A comma, or the closing bracket that the caller takes.
  private mutating func separator(orEnd end: Unicode.Scalar) throws(Failure) {
    try skipBlanks()
    guard take(",") || next == end else { throw failure("expected ',' or '\(end)', found \(foundHere)") }
  }

  /// Steps over `scalar` if it is next.
  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  /// Steps over white space and comments.
  private mutating func skipBlanks() throws(Failure) {
    while let scalar = next {
      if scalar.isBlank {
        position += 1
      } else if scalar == "/", position + 1 < scalars.count, scalars[position + 1] == "/" {
        while let scalar = next, !scalar.endsLine { position += 1 }
      } else if scalar == "/", position + 1 < scalars.count, scalars[position + 1] == "*" {
        try skipBlockComment()
      } else {
        return
      }
    }
  }

  private mutating func skipBlockComment() throws(Failure) {
    let start = position
    position += 2
    while position + 1 < scalars.count {
      if scalars[position] == "*", scalars[position + 1] == "/" {
        position += 2
        return
      }
      position += 1
    }
    position = start
    throw failure("this comment is never closed; expected '*/'")
  }
}
