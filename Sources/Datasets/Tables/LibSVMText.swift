import Failures

extension ExampleTable {
  /// A file in the format of LIBSVM and SVMlight, plain or gzipped: a row a line, `label index:value index:value …`, indices from 1 on and rising; what is not named is 0.
  /// A `#` begins a comment.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - features: the width of a row; nil for the highest index in the file.
  /// - Throws: `.missingInput`, `.inputOutput`; `.badData` at the line for whatever is not of this form, and at the file where its rows in full would be a thousand
  ///   times as large as itself.
  public init(libsvm path: String, features: Int? = nil) throws(Failure) {
    let contents = try FileContents(path)
    defer { withExtendedLifetime(contents) {} }
    var reader = LibSVMReader(contents, mostFeatures: features)
    try reader.read()
    let width = features ?? reader.highest
    guard width > 0 else { throw Failure(.badData, at: path, "no row has a feature") }
    let (bytes, overflows) = width.multipliedReportingOverflow(by: 4 * reader.labels.count)
    guard !overflows, bytes <= max(1 << 26, 1000 * contents.bytes.count) else {
      throw Failure(
        .badData, at: path,
        "\(reader.labels.count) rows of \(width) features, most of them 0, are more than a thousand times as large as the file; Lockstep keeps every 0")
    }
    let lines = reader.lines
    try self.init(
      path: path, format: .libsvm, count: reader.labels.count, shape: [width], features: reader.dense(width: width),
      labels: Labels(values: reader.labels, width: nil),
      places: Places(feature: { "\(path): line \(lines[$0]), index \($1 + 1)" }, label: { row, _ in "\(path): line \(lines[row])" }))
  }
}

private struct LibSVMReader {
  private let contents: FileContents
  private let mostFeatures: Int?
  private(set) var labels: [Float] = []
  /// The line of each row.
  private(set) var lines: [Int] = []
  /// The highest index, from 1.
  private(set) var highest = 0
  /// What is named: row after row, and where each row's begins.
  private var entries: [(column: UInt32, value: Float)] = []
  private var starts: [Int] = []

  init(_ contents: FileContents, mostFeatures: Int?) { (self.contents, self.mostFeatures) = (contents, mostFeatures) }

  mutating func read() throws(Failure) {
    let bytes = contents.bytes.assumingMemoryBound(to: UInt8.self)
    var next = bytes.baseAddress!
    let end = next + bytes.count
    var line = 1
    while next < end {
      var stop = next
      while stop < end, stop.pointee != UInt8(ascii: "\n") { stop += 1 }
      var (textEnd, comment) = (stop, next)
      while comment < stop, comment.pointee != UInt8(ascii: "#") { comment += 1 }
      textEnd = comment
      Self.skipBlanks(&next, textEnd)
      if next < textEnd { try readRow(next, textEnd, line) }
      next = stop < end ? stop + 1 : end
      line += 1
    }
    guard !labels.isEmpty else { throw Failure(.badData, at: contents.path, "holds no rows") }
    starts.append(entries.count)
  }

  private mutating func readRow(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ line: Int) throws(Failure) {
    guard case let (label, behind)? = NumberScanner.scan(start, end), behind == end || Self.isBlank(behind.pointee) else {
      throw failure(line, "'\(Self.word(start, end))' is no label; expected a number")
    }
    labels.append(label)
    lines.append(line)
    starts.append(entries.count)
    var (next, last) = (behind, 0)
    Self.skipBlanks(&next, end)
    while next < end {
      let word = next
      var index = 0
      while next < end, case let digit = next.pointee &- UInt8(ascii: "0"), digit < 10, index < 1 << 40 {
        index = index * 10 + Int(digit)
        next += 1
      }
      guard next > word, next < end, next.pointee == UInt8(ascii: ":"), case let (value, behind)? = NumberScanner.scan(next + 1, end),
        behind == end || Self.isBlank(behind.pointee)
      else { throw failure(line, "'\(Self.word(word, end))' is no feature; expected index:value") }
      guard index > last else { throw failure(line, index == 0 ? "the index is 0; they begin at 1" : "index \(index) follows \(last); expected them to rise") }
      let most = min(mostFeatures ?? .max, Int(UInt32.max))
      guard index <= most else { throw failure(line, "the index is \(index); expected at most \(most)") }
      entries.append((UInt32(index - 1), value))
      (last, highest) = (index, max(highest, index))
      next = behind
      Self.skipBlanks(&next, end)
    }
  }

  /// Every number of every row, bytes where all are.
  func dense(width: Int) -> ExampleStore.Features {
    if entries.allSatisfy({ UInt8(pixel: $0.value) != nil }) {
      let bytes = filled(width, 0) { UInt8($0) }
      return .bytes(ByteRows(ByteRegion(copying: bytes), byteCount: bytes.count))
    }
    return .floats(filled(width, 0) { $0 })
  }

  private func filled<Number>(_ width: Int, _ zero: Number, _ number: (Float) -> Number) -> [Number] {
    var numbers = [Number](repeating: zero, count: labels.count * width)
    for row in labels.indices {
      for entry in entries[starts[row]..<starts[row + 1]] { numbers[row * width + Int(entry.column)] = number(entry.value) }
    }
    return numbers
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") }

  private static func skipBlanks(_ next: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    while next < end, isBlank(next.pointee) { next += 1 }
  }

  private static func word(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> String {
    var stop = start
    while stop < end, !isBlank(stop.pointee), stop - start < 100 { stop += 1 }
    return printed(String(decoding: UnsafeBufferPointer(start: start, count: stop - start), as: UTF8.self))
  }

  private func failure(_ line: Int, _ message: String) -> Failure { Failure(.badData, at: "\(contents.path): line \(line)", message) }
}
