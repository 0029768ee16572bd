import Failures

// Words, keys, strings and numbers.
extension JSON5Parser {
  /// `null`, `true`, `false`, `NaN` or `Infinity`.
  mutating func word() throws(Failure) -> JSONValue {
    let start = position
    let name = try self.name()
    switch name {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "NaN": return .number(.nan)
    case "Infinity": return .number(.infinity)
    default:
      position = start
      throw failure("expected a value, found '\(printable(name))'; a string needs quotes")
    }
  }

  /// A key: quoted, or a bare name.
  mutating func key() throws(Failure) -> String {
    if next == "\"" || next == "'" { return try string() }
    guard let scalar = next, scalar.startsName else { throw failure("expected a key or '}', found \(foundHere)") }
    return try name()
  }

  private mutating func name() throws(Failure) -> String {
    var name = String.UnicodeScalarView()
    while let scalar = next, scalar.continuesName || scalar == "\\" {
      if scalar == "\\" {
        position += 1
        guard next == "u" else { throw failure("expected 'u' and four hexadecimal digits after '\\' in a key, found \(foundHere)") }
        name.append(contentsOf: try escape())
      } else {
        name.append(scalar)
        position += 1
      }
    }
    return String(name)
  }

  /// A string in single or double quotes.
  mutating func string() throws(Failure) -> String {
    let start = position
    let quote = scalars[position]
    var text = String.UnicodeScalarView()
    position += 1
    while let scalar = next {
      switch scalar {
      case quote:
        position += 1
        return String(text)
      case "\\":
        position += 1
        text.append(contentsOf: try escape())
      case "\n", "\r":
        position = start
        throw failure("this string does not end on its line; expected \(quote)")
      default:
        text.append(scalar)
        position += 1
      }
    }
    position = start
    throw failure("this string never ends; expected \(quote)")
  }

  /// What follows a backslash.
  private mutating func escape() throws(Failure) -> [Unicode.Scalar] {
    guard let scalar = next else { return [] }
    position += 1
    switch scalar {
    case "n": return ["\n"]
    case "t": return ["\t"]
    case "r": return ["\r"]
    case "b": return ["\u{8}"]
    case "f": return ["\u{C}"]
    case "v": return ["\u{B}"]
    case "x": return [try unicode(digits: 2)]
    case "u": return [try unicode(digits: 4)]
    case "0"..."9":
      position -= 1
      // A NUL would silently end a path at the system's border.
      throw failure("expected no digit after '\\', found '\(scalar)'")
    case "\r":
      _ = take("\n")
      return []
    case let end where end.endsLine: return []
    default: return [scalar]
    }
  }

  /// The scalar of a `\x` or `\u` escape; a pair of surrogates is one scalar.
  private mutating func unicode(digits: Int) throws(Failure) -> Unicode.Scalar {
    let start = position
    var code = try hexadecimal(digits)
    if 0xD800..<0xDC00 ~= code, take("\\"), take("u") {
      let low = try hexadecimal(4)
      if 0xDC00..<0xE000 ~= low { code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) }
    }
    guard code != 0, let scalar = Unicode.Scalar(code) else {
      position = start
      throw failure(code == 0 ? "found a NUL character; expected plain text" : "half a surrogate pair is no character")
    }
    return scalar
  }

  private mutating func hexadecimal(_ digits: Int) throws(Failure) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<digits {
      guard let scalar = next, let digit = Character(scalar).hexDigitValue, scalar.isASCII else {
        throw failure("expected \(digits) hexadecimal digits, found \(foundHere)")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  /// A decimal or hexadecimal number, an infinity or NaN, with or without a sign.
  mutating func number() throws(Failure) -> JSONValue {
    let start = position
    let negative = next == "-"
    if negative || next == "+" { position += 1 }
    if next == "I" || next == "N" {
      guard case .number(let value) = try word() else { preconditionFailure("a word in I or N is a number") }
      return .number(negative ? -value : value)
    }
    var text = ""
    while let scalar = next, scalar.continuesName || scalar == "." || Self.signsExponent(scalar, after: text) {
      text.unicodeScalars.append(scalar)
      position += 1
    }
    guard let value = Self.number(text, negative: negative) else {
      position = start
      throw failure("expected a number, found '\(printable((negative ? "-" : "") + text))'")
    }
    return value
  }

  /// True for the sign in `1e-7`; in hexadecimal an `e` is a digit.
  private static func signsExponent(_ scalar: Unicode.Scalar, after text: String) -> Bool {
    (scalar == "+" || scalar == "-") && (text.last == "e" || text.last == "E") && !text.hasPrefix("0x") && !text.hasPrefix("0X")
  }

  /// The number `text` stands for; nil when it breaks JSON5's grammar.
  private static func number(_ text: String, negative: Bool) -> JSONValue? {
    let sign = negative ? "-" : ""
    if text.hasPrefix("0x") || text.hasPrefix("0X") {
      let digits = text.dropFirst(2)
      guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else { return nil }
      return Int128(sign + digits, radix: 16).map(JSONValue.integer) ?? .number(negative ? -.infinity : .infinity)
    }
    let decimal = /(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][+-]?[0-9]+)?/
    guard let parts = text.wholeMatch(of: decimal) else { return nil }
    let whole = parts.1 ?? ""
    let fraction = parts.2?.dropFirst() ?? ""
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    if parts.2 == nil, parts.3 == nil, let value = Int128(sign + whole) { return .integer(value) }
    return Double("\(sign)\(whole.isEmpty ? "0" : whole).\(fraction.isEmpty ? "0" : fraction)\(parts.3 ?? "")").map(JSONValue.number)
  }
}
