import Failures

/// The start of a NumPy array file (numpy.lib.format): a magic string, a version, and a Python literal that names the type of the numbers, their order and the shape.
///
/// Failures are placed at a byte, "byte 10"; the caller puts the file's name before it.
struct NPYHeader: Equatable {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// NumPy itself reads no longer ones.
  static let largestByteCount = 10_000

  /// How a number lies in the file; all little-endian.
  enum Element: String, CaseIterable {
    case u1 = "|u1"
    case b1 = "|b1"
    case i1 = "|i1"
    case u2 = "<u2"
    case i2 = "<i2"
    case u4 = "<u4"
    case i4 = "<i4"
    case u8 = "<u8"
    case i8 = "<i8"
    case f4 = "<f4"
    case f8 = "<f8"

    var byteWidth: Int { Int(rawValue.utf8.last! - UInt8(ascii: "0")) }
  }

  let element: Element
  /// 1 to 5 dimensions, each at least 1, the rows first.
  let shape: [Int]
  /// Where the numbers begin.
  let byteCount: Int
  /// Bytes of the numbers.
  let payloadByteCount: Int

  /// "60000 × 28 × 28 of |u1".
  var summary: String { "\(shape.map(String.init).joined(separator: " × ")) of \(element.rawValue)" }

  /// - Parameter bytes: the file, or its first `largestByteCount` bytes at least.
  init(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(Self.magic) else {
      let start = bytes.prefix(6).map(hexadecimal).joined(separator: " ")
      throw Failure(.badData, at: "byte 0", "not a NumPy array: it starts with \(start); expected 93 4e 55 4d 50 59, a version and a header")
    }
    let version = bytes[6]
    guard 1...3 ~= version, bytes[7] == 0 else { throw Failure(.badData, at: "byte 6", "version \(version).\(bytes[7]); expected 1.0, 2.0 or 3.0") }
    let start = version == 1 ? 10 : 12
    guard bytes.count >= start else { throw Failure(.badData, at: "byte \(bytes.count)", "the file ends inside the NumPy header") }
    let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
    guard length <= Self.largestByteCount else {
      throw Failure(.badData, at: "byte 8", "a header of \(length) bytes; expected at most \(Self.largestByteCount)")
    }
    guard bytes.count >= start + length else {
      throw Failure(.badData, at: "byte \(bytes.count)", "the file ends inside the NumPy header; expected \(start + length) bytes of header")
    }
    byteCount = start + length
    var literal = NPYLiteral(Array(bytes[start..<byteCount]), start: start)
    try literal.read()
    element = try Self.element(literal.description, at: literal.place)
    guard !literal.isFortranOrder else {
      throw Failure(.badData, at: literal.place, "the array is in Fortran order; save numpy.ascontiguousarray of it")
    }
    shape = literal.shape
    payloadByteCount = try Self.payload(shape, element, at: literal.place)
  }

  private static func element(_ text: String, at place: String) throws(Failure) -> Element {
    // NumPy writes |u1; <u1 and =u1 mean the same.
    let known = Element.allCases.first { $0.rawValue == text || $0.byteWidth == 1 && $0.rawValue.dropFirst() == text.dropFirst() && text.count == 3 }
    if let known { return known }
    let advice =
      text.hasPrefix(">")
      ? "it is big-endian; save it as .astype('<\(printed(String(text.dropFirst())))')"
      : text.hasPrefix("|O") ? "it holds Python objects, not numbers" : "expected one of \(Element.allCases.map(\.rawValue).joined(separator: ", "))"
    throw Failure(.badData, at: place, "the type is '\(printed(text))'; \(advice)")
  }

  private static func payload(_ shape: [Int], _ element: Element, at place: String) throws(Failure) -> Int {
    let words = shape.map(String.init).joined(separator: " × ")
    guard 1...5 ~= shape.count else { throw Failure(.badData, at: place, "\(shape.count) dimensions; expected 1 to 5, the rows first") }
    if let axis = shape.firstIndex(of: 0) {
      throw Failure(.badData, at: place, axis == 0 ? "0 rows; expected at least 1" : "dimension \(axis) is 0; expected at least 1")
    }
    var bytes = element.byteWidth
    for dimension in shape {
      let (product, overflows) = bytes.multipliedReportingOverflow(by: dimension)
      guard !overflows, product < Int.max / 4 else { throw Failure(.badData, at: place, "\(words) numbers are more than any file can hold") }
      bytes = product
    }
    return bytes
  }
}

/// The dictionary of an array file's header: the three keys that NumPy writes, in any order, and nothing else of Python.
private struct NPYLiteral {
  private let text: [UInt8]
  private let start: Int
  private var next = 0
  private(set) var description = ""
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []

  init(_ text: [UInt8], start: Int) { (self.text, self.start) = (text, start) }

  /// Where the dictionary begins, for what is wrong with its values.
  var place: String { "byte \(start)" }

  mutating func read() throws(Failure) {
    var seen: Set<String> = []
    try take("{")
    while !takes("}") {
      let key = try string()
      try take(":")
      switch key {
      case "descr": description = try string()
      case "fortran_order": isFortranOrder = try bool()
      case "shape": shape = try tuple()
      default: throw failure("an unknown key '\(printed(key))'; expected descr, fortran_order and shape")
      }
      guard seen.insert(key).inserted else { throw failure("the key '\(key)' twice") }
      if !takes(",") {
        try take("}")
        break
      }
    }
    for key in ["descr", "fortran_order", "shape"] where !seen.contains(key) { throw failure("no key '\(key)'") }
    skipBlanks()
    guard next == text.count else { throw failure("more than a dictionary") }
  }

  private mutating func string() throws(Failure) -> String {
    skipBlanks()
    guard next < text.count, case let quote = text[next], quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw failure("no string in quotes")
    }
    guard let close = text[(next + 1)...].firstIndex(of: quote) else { throw failure("a string without its closing quote") }
    defer { next = close + 1 }
    return String(decoding: text[(next + 1)..<close], as: UTF8.self)
  }

  private mutating func bool() throws(Failure) -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)] where text[next...].starts(with: word.utf8) {
      next += word.utf8.count
      return value
    }
    throw failure("neither True nor False")
  }

  private mutating func tuple() throws(Failure) -> [Int] {
    var numbers: [Int] = []
    try take("(")
    while !takes(")") {
      skipBlanks()
      var (number, digits) = (0, 0)
      while next < text.count, case let digit = text[next] &- UInt8(ascii: "0"), digit < 10 {
        let (product, overflows) = number.multipliedReportingOverflow(by: 10)
        guard !overflows, product < Int.max / 2 else { throw failure("a dimension larger than any file") }
        number = product + Int(digit)
        digits += 1
        next += 1
      }
      guard digits > 0 else { throw failure("no dimension") }
      // Python 2 wrote long numbers so.
      if next < text.count, text[next] == UInt8(ascii: "L") { next += 1 }
      numbers.append(number)
      if !takes(",") {
        try take(")")
        break
      }
    }
    return numbers
  }

  private mutating func skipBlanks() {
    while next < text.count, text[next] == UInt8(ascii: " ") || text[next] == UInt8(ascii: "\n") { next += 1 }
  }

  private mutating func takes(_ mark: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard next < text.count, text[next] == UInt8(ascii: mark) else { return false }
    next += 1
    return true
  }

  private mutating func take(_ mark: Unicode.Scalar) throws(Failure) {
    guard takes(mark) else { throw failure("no '\(mark)'") }
  }

  private func failure(_ found: String) -> Failure {
    Failure(.badData, at: "byte \(start + next)", "the NumPy header cannot be read: \(found)")
  }
}

extension NPYHeader {
  /// The header, version 1.0, that NumPy itself writes: the numbers begin at a multiple of 64 bytes.
  static func encode(_ element: Element, _ shape: [Int]) -> [UInt8] {
    let list = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = Array("{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(list)), }".utf8)
    let length = (10 + text.count + 1 + 63) / 64 * 64 - 10
    text += [UInt8](repeating: UInt8(ascii: " "), count: length - 1 - text.count) + [UInt8(ascii: "\n")]
    return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + text
  }
}
