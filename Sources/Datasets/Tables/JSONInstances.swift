import Failures

extension ExampleStore {
  /// The rows of a request as TensorFlow Serving and KServe's first protocol spell it: `{"instances": [[0, 255, …], …]}`. A row may be nested as an image is, in lists
  /// of equal length. Numbers have the bits that they have in a CSV file. A `"signature_name"` beside them, as clients of TensorFlow Serving send it, must be
  /// `"serving_default"`.
  ///
  /// - Parameters:
  ///   - json: the text.
  ///   - width: numbers a row.
  ///   - place: what the text is called in messages.
  /// - Throws: `.badData` with the byte, from 0, for what is no such object; and for a row of another width.
  public convenience init(instances json: [UInt8], width: Int, place: String) throws(Failure) {
    let result = json.withUnsafeBufferPointer { bytes in
      Result { () throws(Failure) -> NumberList in
        var reader = InstanceReader(bytes, width: width)
        do throws(Failure) { try reader.read() } catch { throw error.inside(place) }
        return reader.numbers
      }
    }
    let numbers = try result.get()
    self.init(count: try requireCountable(numbers.count / width, at: place), width: width, features: numbers.features)
  }
}

/// Reads the object byte by byte, with no recursion beyond an image's dimensions. It may not outlive the bytes.
private struct InstanceReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let width: Int
  private var position = 0
  /// How deep the numbers lie in an instance, and how long its lists are at each depth: of all as of the first.
  private var numberDepth: Int?
  private var lengths: [Int?] = [nil, nil, nil]
  private(set) var numbers = NumberList()

  init(_ bytes: UnsafeBufferPointer<UInt8>, width: Int) {
    (self.bytes, self.width) = (bytes, width)
  }

  mutating func read() throws(Failure) {
    guard !bytes.isEmpty else { throw Failure(.badData, #"is empty; expected {"instances": [[…]]}"#) }
    try expect("{")
    var keys: [Key] = []
    repeat {
      let key = try key(isFirst: keys.isEmpty)
      guard !keys.contains(key) else { throw failure("the key '\(key.rawValue)' is there already") }
      keys.append(key)
      switch key {
      case .instances: try instances()
      case .signature: try signature()
      }
    } while take(",")
    guard keys.contains(.instances) else { throw failure(#"expected the key "instances", found \#(found)"#) }
    try expect("}")
    guard next == nil else { throw failure("expected nothing more, found \(found)") }
  }

  private enum Key: String, CaseIterable { case instances, signature = "signature_name" }
  /// The one that TensorFlow Serving takes where a request names none.
  private static let onlySignature = "serving_default"

  private mutating func instances() throws(Failure) {
    try expect("[")
    var row = 0
    repeat {
      let before = numbers.count
      try list(depth: 0)
      let found = numbers.count - before
      guard found == width else {
        throw Failure(.badData, at: "instances[\(row)]", "holds \(found) number\(found == 1 ? "" : "s"); the network takes \(width)")
      }
      row += 1
    } while take(",")
    try expect("]")
  }

  private mutating func signature() throws(Failure) {
    guard take("\"") else { throw failure("expected \"\(Self.onlySignature)\", found \(found)") }
    let (start, name) = (position, word())
    guard name == Self.onlySignature else {
      position = start
      throw failure("there is no signature '\(printed(name))'; expected '\(Self.onlySignature)'")
    }
    try expect("\"")
  }

  /// A key, and the colon.
  private mutating func key(isFirst: Bool) throws(Failure) -> Key {
    guard take("\"") else { throw failure(isFirst ? #"expected the key "instances", found \#(found)"# : "expected a key, found \(found)") }
    let (start, name) = (position, word())
    guard let key = Key(rawValue: name) else {
      position = start
      throw failure("unknown key '\(printed(name))'; expected 'instances'")
    }
    try expect("\"")
    try expect(":")
    return key
  }

  /// What stands before the next quotation mark.
  private mutating func word() -> String {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func list(depth: Int) throws(Failure) {
    guard depth < lengths.count else { throw failure("nested too deeply; expected at most \(lengths.count) levels in an instance") }
    try expect("[")
    var count = 0
    repeat {
      if next == UInt8(ascii: "[") {
        guard numberDepth != depth else { throw failure("a list where others hold numbers") }
        try list(depth: depth + 1)
      } else {
        try number(depth: depth)
      }
      count += 1
    } while take(",")
    try expect("]")
    // Of whole instances `read` knows more to say.
    guard depth == 0 || lengths[depth] == nil || lengths[depth] == count else { throw failure("a list of \(count), where others are of \(lengths[depth]!)") }
    lengths[depth] = count
  }

  private mutating func number(depth: Int) throws(Failure) {
    let first = next
    let digit = first == UInt8(ascii: "-") ? position + 1 : position
    // JSON's numbers begin so, and NumberScanner knows more words.
    guard digit < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[digit],
      let start = bytes.baseAddress, let (value, end) = NumberScanner.scan(start + position, start + bytes.count)
    else { throw failure("expected a number, found \(found)") }
    guard value.isFinite else { throw failure("the value is \(value); expected a finite number") }
    guard numberDepth == nil || numberDepth == depth else { throw failure("a number where others hold lists") }
    numberDepth = depth
    numbers.append(value)
    position = end - start
  }

  /// The next byte that is no space; nil at the end.
  private var next: UInt8? {
    mutating get {
      while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
      return position < bytes.count ? bytes[position] : nil
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: sign) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ sign: Unicode.Scalar) throws(Failure) {
    guard take(sign) else { throw failure("expected '\(sign)', found \(found)") }
  }

  /// What stands at the position, for a message.
  private var found: String {
    guard position < bytes.count else { return "the end" }
    let word = bytes[position...].prefix { !Array(" \t\r\n,]}[{:".utf8).contains($0) }
    return "'\(printed(String(decoding: word.isEmpty ? bytes[position...].prefix(1) : word.prefix(200), as: UTF8.self)))'"
  }

  private func failure(_ message: String) -> Failure { Failure(.badData, at: "byte \(position)", message) }
}
