import Failures

/// Reads the part of JSON that safetensors headers are made of (objects, strings, lists of whole numbers), strictly and without recursion.
///
/// Foundation's reader keeps the last of two equal keys in silence; a hostile file must not get that far. Failures are placed at
/// "header byte n".
struct JSONScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads an object; `body` is called after each `"key":` and must read the value.
  mutating func object(_ body: (String, inout JSONScanner) throws(Failure) -> Void) throws(Failure) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try body(key, &self)
    } while take(",")
    try expect("}")
  }

  /// Reads a list of whole numbers that are not negative and fit an `Int`.
  mutating func counts() throws(Failure) -> [Int] {
    try expect("[")
    if take("]") { return [] }
    var values: [Int] = []
    repeat { values.append(try count()) } while take(",")
    try expect("]")
    return values
  }

  /// Reads a string; its bytes must be UTF-8.
  mutating func string() throws(Failure) -> String {
    try expect("\"")
    let start = position
    var text: [UInt8] = []
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      let byte = bytes[position]
      guard byte >= 0x20 else { throw failure("a control character inside a string") }
      position += 1
      if byte == UInt8(ascii: "\\") { text += try escape() } else { text.append(byte) }
    }
    try expect("\"", skippingSpace: false)
    guard let valid = String(validating: text, as: UTF8.self) else {
      position = start
      throw failure("a string that is not UTF-8")
    }
    return valid
  }

  /// Requires that only spaces are left.
  mutating func end() throws(Failure) {
    skipSpace()
    guard position == bytes.count else { throw failure("expected the end of the header") }
  }

  private mutating func count() throws(Failure) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] {
      let (tens, overflowsTens) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsSum) = tens.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
      guard !overflowsTens, !overflowsSum else {
        position = start
        throw failure("a number that is too large")
      }
      value = sum
      position += 1
    }
    guard position > start, bytes[start] != UInt8(ascii: "0") || position == start + 1 else {
      position = start
      throw failure("expected a whole number, 0 or above")
    }
    return value
  }

  /// The UTF-8 bytes of an escape, whose backslash has been read.
  private mutating func escape() throws(Failure) -> [UInt8] {
    guard position < bytes.count else { throw failure("the header ends inside a string") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try escapedScalar()
    default:
      position -= 1
      throw failure("an unknown escape in a string")
    }
  }

  /// The scalar of `\u` and four digits, or of a pair of them: a high surrogate and a low one.
  private mutating func escapedScalar() throws(Failure) -> [UInt8] {
    var units = [try codeUnit()]
    if UTF16.isLeadSurrogate(units[0]) {
      guard take("\\", skippingSpace: false), take("u", skippingSpace: false) else { throw failure("half a surrogate pair in a string") }
      units.append(try codeUnit())
    }
    guard let text = String(validating: units, as: UTF16.self) else { throw failure("half a surrogate pair in a string") }
    return Array(text.utf8)
  }

  private mutating func codeUnit() throws(Failure) -> UInt16 {
    let digits = bytes[position..<min(position + 4, bytes.count)]
    guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("expected 4 hexadecimal digits") }
    position += 4
    return unit
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ sign: Unicode.Scalar, skippingSpace: Bool = true) -> Bool {
    if skippingSpace { skipSpace() }
    guard position < bytes.count, bytes[position] == UInt8(ascii: sign) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ sign: Unicode.Scalar, skippingSpace: Bool = true) throws(Failure) {
    guard take(sign, skippingSpace: skippingSpace) else { throw failure("expected '\(sign)'") }
  }

  private func failure(_ message: String) -> Failure { Failure(.badData, at: "header byte \(position)", message) }
}
