import Failures

/// Which column of a text file holds the labels.
public enum LabelColumn: Equatable, Sendable {
  /// By its number, from 0; below 0 from the last one backwards, which is -1.
  case number(Int)
  /// By its name in the header.
  case name(String)
}

extension ExampleTable {
  /// A file of comma-separated values, plain or gzipped: a row of numbers a line, one of them perhaps a label. Pixels that are all whole numbers from 0 to 255 stay bytes.
  ///
  /// Fields may be in quotes, and blanks may stand around them; lines end with LF or CRLF. An empty field is an error, not a number that is missing.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - label: the column of the labels; nil for a file without.
  ///   - skipsLabel: whether that column is left out, whatever stands in it; the table has no labels then.
  ///   - header: whether the first line holds the columns' names; nil for "where none of its fields is a number".
  /// - Throws: `.missingInput`, `.inputOutput`; `.badData` at line and column for whatever is no table of numbers.
  public init(csv path: String, label: LabelColumn?, skipsLabel: Bool = false, header: Bool? = nil) throws(Failure) {
    try self.init(delimited: path, format: .csv, separator: UInt8(ascii: ","), label: label, skipsLabel: skipsLabel, header: header)
  }

  /// The same with tabs between the fields.
  public init(tsv path: String, label: LabelColumn?, skipsLabel: Bool = false, header: Bool? = nil) throws(Failure) {
    try self.init(delimited: path, format: .tsv, separator: UInt8(ascii: "\t"), label: label, skipsLabel: skipsLabel, header: header)
  }

  /// The names in the first line of a CSV or TSV file; nil where it holds numbers.
  static func columnNames(_ path: String, _ format: DataFormat, header: Bool?) throws(Failure) -> [String]? {
    let contents = try FileContents(path)
    defer { withExtendedLifetime(contents) {} }
    var reader = DelimitedReader(contents, separator: format == .tsv ? UInt8(ascii: "\t") : UInt8(ascii: ","))
    try reader.readHeader(header)
    return reader.names
  }

  private init(
    delimited path: String, format: DataFormat, separator: UInt8, label: LabelColumn?, skipsLabel: Bool, header: Bool?
  ) throws(Failure) {
    let contents = try FileContents(path)
    defer { withExtendedLifetime(contents) {} }
    var reader = DelimitedReader(contents, separator: separator)
    try reader.readHeader(header)
    let column = try reader.column(of: label)
    let (features, labels, count) = try reader.readRows(labelColumn: skipsLabel ? nil : column, skippedColumn: skipsLabel ? column : nil)
    let (firstLine, names) = (reader.firstLine, reader.names)
    @Sendable func place(_ row: Int, _ column: Int) -> String {
      "\(path): line \(firstLine + row), column \(column)" + (names.map { " (\(printed($0[column])))" } ?? "")
    }
    try self.init(
      path: path, format: format, count: count, shape: [reader.width - (column == nil ? 0 : 1)], features: features,
      labels: column == nil || skipsLabel ? nil : Labels(values: labels, width: nil),
      places: Places(
        feature: { row, feature in place(row, feature < column ?? .max ? feature : feature + 1) }, label: { row, _ in place(row, column ?? 0) }))
  }
}

/// Goes through the bytes of a delimited file once.
private struct DelimitedReader {
  private let contents: FileContents
  private let separator: UInt8
  private let end: UnsafePointer<UInt8>
  private var next: UnsafePointer<UInt8>
  /// The number of the line that `next` is in, from 1.
  private var line = 1
  /// Where `width` was seen first.
  private var widthLine = 1
  /// Fields a line.
  private(set) var width = 0
  /// The header's fields; nil without one.
  private(set) var names: [String]?
  /// The line of row 0.
  private(set) var firstLine = 1

  init(_ contents: FileContents, separator: UInt8) {
    self.contents = contents
    self.separator = separator
    let bytes = contents.bytes.assumingMemoryBound(to: UInt8.self)
    next = bytes.baseAddress!
    end = next + bytes.count
    // What some programs begin UTF-8 with.
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { next += 3 }
  }

  /// Looks at the first line, and goes behind it if it is a header.
  mutating func readHeader(_ header: Bool?) throws(Failure) {
    let start = next
    let fields = try fields()
    let numbers = fields.filter { Self.isNumber($0) }.count
    width = fields.count
    let isHeader = header ?? (numbers == 0)
    guard isHeader else {
      if let column = fields.firstIndex(where: { !Self.isNumber($0) }), header == nil {
        throw failure(
          line: 1, column: column,
          "'\(printed(fields[column]))' is no number, and '\(printed(fields.first { Self.isNumber($0) }!))' is one; "
            + "say by the header option (true or false) whether this line holds names")
      }
      next = start
      line = 1
      return
    }
    names = fields
    firstLine = line
    widthLine = 1
  }

  /// The place of the labels among the columns; nil for none.
  func column(of label: LabelColumn?) throws(Failure) -> Int? {
    guard let label else { return nil }
    let column: Int
    switch label {
    case .number(let number):
      column = number < 0 ? width + number : number
      guard 0..<width ~= column else { throw failure(line: 1, "there is no column \(number); the columns are 0 to \(width - 1)") }
    case .name(let name):
      guard let names else { throw failure(line: 1, "no header says which column is '\(printed(name))'; give its number") }
      guard let place = names.firstIndex(of: name) else {
        throw failure(
          line: 1, "no column is called '\(printed(name))'; there are \(names.prefix(8).map(printed).joined(separator: ", "))\(names.count > 8 ? ", …" : "")")
      }
      column = place
    }
    guard width > 1 else { throw failure(line: 1, "holds 1 column; expected a label and at least 1 feature") }
    return column
  }

  /// All rows from here to the end.
  ///
  /// - Parameter skippedColumn: one that is not looked at; nil for none.
  mutating func readRows(labelColumn: Int?, skippedColumn: Int?) throws(Failure) -> (features: ExampleStore.Features, labels: [Float], count: Int) {
    var (features, labels, count) = (NumberList(), [Float](), 0)
    // A field takes two bytes or more.
    features.reserve((end - next) / 2)
    let (labelColumn, skippedColumn) = (labelColumn ?? -1, skippedColumn ?? -1)
    while try !isAtEnd() {
      var column = 0
      var goesOn = true
      while goesOn {
        if column == skippedColumn {
          _ = try field(column)
        } else {
          let value = try number(column)
          if column == labelColumn { labels.append(value) } else { features.append(value) }
        }
        goesOn = try endField(column)
        column += 1
        // Before the next field of a line that is too long is taken for a feature.
        if goesOn, column == width { throw try ragged(column) }
      }
      guard column == width else { throw failure(line: line - 1, "holds \(column) fields; expected \(width) as in line \(widthLine)") }
      count += 1
    }
    guard count > 0 else { throw Failure(.badData, at: contents.path, "holds a header and no rows") }
    return (features.features, labels, count)
  }

  /// Whether nothing but empty lines is left.
  private mutating func isAtEnd() throws(Failure) -> Bool {
    guard next < end else { return true }
    guard next.pointee == UInt8(ascii: "\n") || next.pointee == UInt8(ascii: "\r") else { return false }
    var rest = next
    while rest < end, rest.pointee == UInt8(ascii: "\n") || rest.pointee == UInt8(ascii: "\r") { rest += 1 }
    guard rest == end else { throw failure(line: line, "the line is empty; expected \(width) fields") }
    return true
  }

  /// The number at `next`, with blanks or quotes around it.
  @inline(__always)
  private mutating func number(_ column: Int) throws(Failure) -> Float {
    // Nearly all fields: one to three digits and what ends a field.
    if let byte = shortNumber() { return byte }
    let start = next
    skipBlanks()
    let isQuoted = next < end && next.pointee == UInt8(ascii: "\"")
    if isQuoted { next += 1 }
    guard let (value, behind) = NumberScanner.scan(next, end) else { throw noNumber(start, column) }
    next = behind
    if isQuoted {
      guard next < end, next.pointee == UInt8(ascii: "\"") else { throw noNumber(start, column) }
      next += 1
    }
    skipBlanks()
    guard isAtFieldEnd else { throw noNumber(start, column) }
    return value
  }

  @inline(__always)
  private mutating func shortNumber() -> Float? {
    guard end - next > 3 else { return nil }
    var (value, place) = (UInt32(next.pointee &- UInt8(ascii: "0")), next + 1)
    guard value < 10 else { return nil }
    while place < next + 3, case let digit = place.pointee &- UInt8(ascii: "0"), digit < 10 {
      value = value * 10 + UInt32(digit)
      place += 1
    }
    guard place.pointee == separator || place.pointee == UInt8(ascii: "\n") else { return nil }
    next = place
    return Float(value)
  }

  private var isAtFieldEnd: Bool {
    next == end || next.pointee == separator || next.pointee == UInt8(ascii: "\n")
      || next.pointee == UInt8(ascii: "\r") && (next + 1 == end || next[1] == UInt8(ascii: "\n"))
  }

  private mutating func skipBlanks() {
    while next < end, next.pointee == UInt8(ascii: " ") { next += 1 }
  }

  /// Goes behind what ends a field; whether another field follows in the line.
  @inline(__always)
  private mutating func endField(_ column: Int) throws(Failure) -> Bool {
    guard next < end else {
      line += 1
      return false
    }
    if next.pointee == separator {
      next += 1
      return true
    }
    if next.pointee == UInt8(ascii: "\r") { next += 1 }
    if next < end { next += 1 }
    line += 1
    return false
  }

  /// The fields of the line at `next` as text; goes behind the line.
  private mutating func fields() throws(Failure) -> [String] {
    var fields: [String] = []
    repeat { fields.append(try field(fields.count)) } while try endField(fields.count)
    return fields
  }

  /// The field at `next` as text; goes to what ends it. In quotes it may hold separators, line ends and, doubled, quotes.
  private mutating func field(_ column: Int) throws(Failure) -> String {
    var text: [UInt8] = []
    skipBlanks()
    if next < end, next.pointee == UInt8(ascii: "\"") {
      next += 1
      try takeQuoted(&text, column: column)
      skipBlanks()
      guard isAtFieldEnd else { throw failure(line: line, column: column, "something follows the closing quote") }
    } else {
      while !isAtFieldEnd {
        text.append(next.pointee)
        next += 1
      }
      while text.last == UInt8(ascii: " ") { text.removeLast() }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func takeQuoted(_ text: inout [UInt8], column: Int) throws(Failure) {
    let opening = line
    while next < end {
      let byte = next.pointee
      next += 1
      if byte == UInt8(ascii: "\"") {
        guard next < end, next.pointee == byte else { return }
        next += 1
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      text.append(byte)
    }
    throw failure(line: opening, column: column, "a quote is opened and never closed")
  }

  private static func isNumber(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress, let (_, next) = NumberScanner.scan(start, start + bytes.count) else { return false }
      return next == start + bytes.count
    }
  }

  /// A line that goes on behind the last column: how many fields it holds.
  private mutating func ragged(_ taken: Int) throws(Failure) -> Failure {
    let number = line
    let rest = try fields().count
    return failure(line: number, "holds \(taken + rest) fields; expected \(width) as in line \(widthLine)")
  }

  private func noNumber(_ start: UnsafePointer<UInt8>, _ column: Int) -> Failure {
    var stop = start
    while stop < end, stop.pointee != separator, stop.pointee != UInt8(ascii: "\n"), stop - start < 100 { stop += 1 }
    var text = String(decoding: UnsafeBufferPointer(start: start, count: stop - start), as: UTF8.self)
    while text.last?.isWhitespace == true { text.removeLast() }
    return failure(line: line, column: column, text.isEmpty ? "the field is empty; expected a number" : "'\(printed(text))' is no number")
  }

  private func failure(line: Int, _ message: String) -> Failure { Failure(.badData, at: "\(contents.path): line \(line)", message) }

  private func failure(line: Int, column: Int, _ message: String) -> Failure {
    let name = names.flatMap { column < $0.count ? " (\(printed($0[column])))" : nil } ?? ""
    return Failure(.badData, at: "\(contents.path): line \(line), column \(column)\(name)", message)
  }
}

/// Text from a file as a message shows it: on one line, not too long.
func printed(_ text: String) -> String {
  let plain = String(text.unicodeScalars.prefix(40).map { $0.properties.generalCategory == .control ? "·" : Character($0) })
  return text.unicodeScalars.count > 40 ? plain + "…" : plain
}
