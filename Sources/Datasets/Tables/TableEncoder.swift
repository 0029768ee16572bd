import CDeflate
import Failures
import Pictures

/// Tables as files of a format. Read again, they give the same numbers, bit for bit.
public struct TableEncoder: Sendable {
  /// The format that is written.
  public let format: DataFormat
  /// The dimensions of a row, for formats that keep them; nil for the table's own.
  public let shape: [Int]?

  /// - Parameters:
  ///   - format: of the files.
  ///   - shape: the dimensions of a row, for formats that keep them; nil for the table's own.
  public init(_ format: DataFormat, shape: [Int]? = nil) { (self.format, self.shape) = (format, shape) }

  /// Whether the files go into a folder.
  public var makesFolder: Bool { format == .idx || format == .npy || format == .png }
  /// Whether there is a place for a test part.
  public var holdsTestPart: Bool { format == .idx || format == .npy || format == .npz }

  /// The files, each with its name in the folder, `3/00017.png` of pictures; a single file's name is empty.
  ///
  /// - Parameters:
  ///   - training: the part to train on.
  ///   - test: must be nil unless `holdsTestPart`.
  /// - Throws: `.badData` for what the format cannot hold.
  public func files(training: ExampleTable, test: ExampleTable?) throws(Failure) -> [(name: String, bytes: [UInt8])] {
    switch format {
    case .csv: return [("", try text(training, separator: ","))]
    case .tsv: return [("", try text(training, separator: "\t"))]
    case .libsvm: return [("", try sparse(training))]
    case .npy: return try arrays(training, test)
    case .npz: return [("", try ZipArchive.encode(try arrays(training, test)))]
    case .idx:
      var files = try idx(training, "train")
      if let test { files += try idx(test, "t10k") }
      return files
    case .png: return try pictures(training)
    }
  }

  private func rowShape(_ table: ExampleTable) throws(Failure) -> [Int] {
    guard let shape else { return table.shape }
    guard shape.reduce(1, *) == table.width else {
      throw Failure(.badData, at: table.path, "rows of \(table.width) numbers cannot have the shape \(shape.map(String.init).joined(separator: "x"))")
    }
    return shape
  }

  // MARK: Arrays

  private func arrays(_ training: ExampleTable, _ test: ExampleTable?) throws(Failure) -> [(name: String, bytes: [UInt8])] {
    var files: [(name: String, bytes: [UInt8])] = []
    for (table, part) in [(training, "train"), (test, "test")] {
      guard let table else { continue }
      files.append(("x_\(part).npy", array(table.features, [table.count] + (try rowShape(table)))))
      if let labels = table.labels { files.append(("y_\(part).npy", array(labels))) }
    }
    return files
  }

  private func array(_ features: ExampleStore.Features, _ shape: [Int]) -> [UInt8] {
    switch features {
    case .bytes(let rows): return NPYHeader.encode(.u1, shape) + rows.bytes
    case .floats(let values): return NPYHeader.encode(.f4, shape) + Self.bytes(values)
    }
  }

  /// The narrowest of bytes, whole numbers of 32 bits and floats that holds all of them.
  private func array(_ labels: ExampleTable.Labels) -> [UInt8] {
    let shape = [labels.count] + (labels.width.map { [$0] } ?? [])
    if let bytes = labels.bytes { return NPYHeader.encode(.u1, shape) + bytes }
    let values = labels.values
    guard values.allSatisfy({ $0 == $0.rounded() && abs($0) < 0x1p24 && $0.bitPattern != 1 << 31 }) else {
      return NPYHeader.encode(.f4, shape) + Self.bytes(values)
    }
    return NPYHeader.encode(.i4, shape) + Self.bytes(values.map { Int32($0) })
  }

  private static func bytes<Number: BitwiseCopyable>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }

  // MARK: IDX

  private func idx(_ table: ExampleTable, _ prefix: String) throws(Failure) -> [(name: String, bytes: [UInt8])] {
    guard case .bytes(let rows) = table.features else {
      throw Failure(.badData, at: table.path, "holds numbers that are no bytes, and IDX images are bytes; write npy, npz or csv")
    }
    let shape = [table.count] + (try rowShape(table))
    guard IDXHeader.ranks ~= shape.count else { throw Failure(.badData, at: table.path, "rows of \(shape.count - 1) dimensions; IDX files have at most 3") }
    var files = [(name: "\(prefix)-images-idx3-ubyte", bytes: IDXHeader.encode(shape) + rows.bytes)]
    guard let labels = table.labels else { return files }
    let labelShape = [labels.count] + (labels.width.map { [$0] } ?? [])
    let bytes: [UInt8]
    if let own = labels.bytes {
      bytes = IDXHeader.encode(labelShape) + own
    } else {
      bytes = IDXHeader.encode(labelShape, .float) + Self.bytes(labels.values.map(\.bitPattern.bigEndian))
    }
    files.append((name: "\(prefix)-labels-idx1-ubyte", bytes: bytes))
    return files
  }

  // MARK: PNG

  /// A file for each row in the folder of its class, named by the row's number, so that the rows of a class keep their order.
  private func pictures(_ table: ExampleTable) throws(Failure) -> [(name: String, bytes: [UInt8])] {
    guard case .bytes(let rows) = table.features else {
      throw Failure(.badData, at: table.path, "holds numbers that are no bytes, and the pixels of PNG files are bytes; write npy, npz or csv")
    }
    var shape = try rowShape(table)
    if shape.count == 3, shape[2] == 1 { shape.removeLast() }
    guard shape.count == 2, table.width <= PNGPicture.mostPixels else {
      let words = shape.map(String.init).joined(separator: "x")
      throw Failure(.badData, at: table.path, "rows of the shape \(words) are no pictures of one channel; --shape says how many rows and columns they have")
    }
    guard let labels = table.labels, labels.width == nil else {
      throw Failure(.badData, at: table.path, "has no class for each row, and each class has a folder of pictures")
    }
    let digits = String(table.count - 1).count
    var files: [(name: String, bytes: [UInt8])] = []
    for row in 0..<table.count {
      let label = labels.values[row]
      guard 0...Float(Dataset.highestLabel) ~= label, label == label.rounded() else {
        throw Failure(.badData, at: table.places.label(row, 0), "the label is \(plain(label)); expected a whole number from 0 to \(Dataset.highestLabel)")
      }
      let pixels = Array(UnsafeBufferPointer(start: rows.base + row * table.width, count: table.width))
      let number = String(row)
      let name = "\(Int(label))/\(String(repeating: "0", count: digits - number.count))\(number).png"
      files.append((name, PNGPicture(width: shape[1], height: shape[0], channels: .gray, pixels: pixels).encode()))
    }
    return files
  }

  // MARK: Text

  /// A header and a line a row, the label first.
  private func text(_ table: ExampleTable, separator: Unicode.Scalar) throws(Failure) -> [UInt8] {
    let labels = try columnOfLabels(table)
    var text = NumberText(capacity: table.count * table.width * 3)
    text.append((labels == nil ? [] : ["label"]) + (0..<table.width).map { "pixel\($0)" }, separator: separator)
    table.forEachRow { row, numbers in
      if let labels {
        text.append(labels[row])
        text.append(separator)
      }
      for column in 0..<table.width {
        if column > 0 { text.append(separator) }
        text.append(numbers(column))
      }
      text.append("\n")
    }
    return text.bytes
  }

  private func sparse(_ table: ExampleTable) throws(Failure) -> [UInt8] {
    guard let labels = try columnOfLabels(table) else {
      throw Failure(.badData, at: table.path, "has no labels, with which each line of LIBSVM's format begins")
    }
    var text = NumberText(capacity: table.count * table.width)
    table.forEachRow { row, numbers in
      text.append(labels[row])
      for column in 0..<table.width {
        let value = numbers(column)
        // The last feature is named once, so that the width is that of the table.
        if value == 0, value.sign == .plus, row > 0 || column < table.width - 1 { continue }
        text.append(" ")
        text.append(column + 1)
        text.append(":")
        text.append(value)
      }
      text.append("\n")
    }
    return text.bytes
  }

  /// One label a row; nil where there are none.
  private func columnOfLabels(_ table: ExampleTable) throws(Failure) -> [Float]? {
    guard let labels = table.labels else { return nil }
    guard labels.width == nil else { throw Failure(.badData, at: table.path, "has \(labels.width!) labels a row, and \(format.rawValue) has a place for one") }
    return labels.values
  }
}

extension ByteRows {
  fileprivate var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: byteCount)) }
}

extension ExampleTable.Labels {
  /// The labels, where all of them are bytes.
  fileprivate var bytes: [UInt8]? {
    let bytes = values.compactMap { UInt8(pixel: $0) }
    return bytes.count == values.count ? bytes : nil
  }
}

extension ExampleTable {
  /// Calls `body` with each row's number and the features in its columns.
  fileprivate func forEachRow(_ body: (_ row: Int, _ number: (_ column: Int) -> Float) -> Void) {
    let width = width
    switch features {
    case .bytes(let rows): for row in 0..<count { body(row) { Float(rows.base[row * width + $0]) } }
    case .floats(let values): for row in 0..<count { body(row) { values[row * width + $0] } }
    }
  }
}

/// Text in the making, of numbers above all.
private struct NumberText {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func append(_ words: [String], separator: Unicode.Scalar) {
    bytes += words.joined(separator: String(Character(separator))).utf8
    append("\n")
  }

  @inline(__always)
  mutating func append(_ mark: Unicode.Scalar) { bytes.append(UInt8(ascii: mark)) }

  mutating func append(_ number: Int) {
    if number >= 10 { append(number / 10) }
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  /// The shortest decimal that is this float and no other.
  mutating func append(_ value: Float) {
    if let byte = UInt8(pixel: value) { append(Int(byte)) } else { bytes += "\(value)".utf8 }
  }
}

/// A NumPy array of 32-bit floats, row-major as `shape` says.
public func npyFile(_ values: [Float], shape: [Int]) -> [UInt8] { NPYHeader.encode(.f4, shape) + values.withUnsafeBytes { Array($0) } }

/// `bytes` as a gzip file.
public func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  // 6 is gzip's own level.
  let compressor = libdeflate_alloc_compressor(6)
  defer { libdeflate_free_compressor(compressor) }
  var packed = [UInt8](repeating: 0, count: libdeflate_gzip_compress_bound(compressor, bytes.count))
  let count = packed.withUnsafeMutableBytes { room in
    bytes.withUnsafeBytes { libdeflate_gzip_compress(compressor, $0.baseAddress, $0.count, room.baseAddress!, room.count) }
  }
  return Array(packed.prefix(count))
}
