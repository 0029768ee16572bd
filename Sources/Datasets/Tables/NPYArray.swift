import Failures

/// A NumPy array in a file of its own or in an archive.
struct NPYArray {
  /// What it is called in messages: the file, or "digits.npz: x_train".
  let name: String
  let header: NPYHeader
  private let region: ByteRegion

  /// - Throws: `.badData` at the byte where the header is none, or where the numbers end too early or go on too long.
  init(_ contents: FileContents) throws(Failure) {
    try self.init(contents.region, name: contents.path) { contents.failure(at: $0, $1) }
  }

  init(_ region: ByteRegion, name: String, failure: (Int, String) -> Failure) throws(Failure) {
    self.name = name
    self.region = region
    do throws(Failure) {
      header = try NPYHeader(region.bytes)
    } catch {
      // Its place is "byte N" already.
      let place = failure(0, "").place.dropLast("byte 0".count)
      throw Failure(error.kind, at: place + error.place, error.message)
    }
    let expected = header.byteCount + header.payloadByteCount
    guard region.count == expected else {
      throw failure(min(region.count, expected), "the header promises \(header.summary), \(expected) bytes in all; found \(region.count)")
    }
  }

  /// Rows.
  var count: Int { header.shape[0] }
  private var elementCount: Int { header.payloadByteCount / header.element.byteWidth }

  /// Bytes stay where they are; other whole numbers become bytes if all of them are from 0 to 255. What is left becomes floats, rounded where it must be.
  var features: ExampleStore.Features {
    if header.element.byteWidth == 1, header.element != .i1 {
      return .bytes(ByteRows(region, offset: header.byteCount, byteCount: header.payloadByteCount))
    }
    let values = floats
    guard header.element != .f4, header.element != .f8, values.allSatisfy({ UInt8(pixel: $0) != nil }) else { return .floats(values) }
    return .bytes(ByteRows(ByteRegion(copying: values.map { UInt8($0) }), byteCount: values.count))
  }

  /// All numbers as floats.
  var floats: [Float] {
    switch header.element {
    case .u1, .b1: floats(UInt8.self) { Float($0) }
    case .i1: floats(Int8.self) { Float($0) }
    case .u2: floats(UInt16.self) { Float($0) }
    case .i2: floats(Int16.self) { Float($0) }
    case .u4: floats(UInt32.self) { Float($0) }
    case .i4: floats(Int32.self) { Float($0) }
    case .u8: floats(UInt64.self) { Float($0) }
    case .i8: floats(Int64.self) { Float($0) }
    case .f4: floats(Float.self) { $0 }
    case .f8: floats(Double.self) { Float($0) }
    }
  }

  private func floats<Number: BitwiseCopyable>(_ type: Number.Type, _ float: (Number) -> Float) -> [Float] {
    defer { withExtendedLifetime(region) {} }
    let start = region.start + header.byteCount
    return [Float](unsafeUninitializedCapacity: elementCount) { values, count in
      for index in 0..<elementCount {
        values.initializeElement(at: index, to: float(start.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.stride, as: type)))
      }
      count = elementCount
    }
  }

  /// As labels, of one dimension or two.
  func labels() throws(Failure) -> ExampleTable.Labels {
    guard header.shape.count <= 2 else { throw Failure(.badData, at: name, "labels of \(header.shape.count) dimensions; expected 1 or 2") }
    return ExampleTable.Labels(values: floats, width: header.shape.count == 1 ? nil : header.shape[1])
  }
}

extension ExampleTable {
  /// Arrays of NumPy, plain or gzipped: features `[rows, …]`, and labels `[rows]` or `[rows, outputs]`.
  ///
  /// - Parameters:
  ///   - features: the file of the examples.
  ///   - labels: nil for none.
  /// - Throws: `.missingInput`, `.inputOutput`; `.badData` at the byte of whatever is no little-endian array of numbers in C order, and when the files differ in rows.
  public init(npy features: String, labels: String? = nil) throws(Failure) {
    let array = try NPYArray(try FileContents(features))
    var labelArray: NPYArray? = nil
    if let labels { labelArray = try NPYArray(try FileContents(labels)) }
    try self.init(array, labels: labelArray, path: features, format: .npy)
  }

  /// Arrays in a folder, each in a file `NAME.npy` or `NAME.npy.gz` (plain is taken when both are there).
  ///
  /// - Throws: as `init(npy:labels:)`; `.missingInput` with the names tried.
  public init(npyFolder folder: String, features: String, labels: String?) throws(Failure) {
    let path = try Dataset.path(of: features + ".npy", in: folder)
    var labelPath: String? = nil
    if let labels { labelPath = try Dataset.path(of: labels + ".npy", in: folder) }
    try self.init(npy: path, labels: labelPath)
  }

  /// Two arrays of an archive as `numpy.savez` and `savez_compressed` write it, such as Keras's `mnist.npz`.
  ///
  /// - Parameters:
  ///   - path: of the archive.
  ///   - features: the array's name in the archive.
  ///   - labels: nil for none.
  /// - Throws: as `init(npy:labels:)`, and `.badData` when the archive is damaged or has no such array.
  public init(npz path: String, features: String, labels: String? = nil) throws(Failure) {
    let archive = try ZipArchive(try FileContents(path))
    let array = try archive.array(features)
    var labelArray: NPYArray? = nil
    if let labels { labelArray = try archive.array(labels) }
    try self.init(array, labels: labelArray, path: path, format: .npz)
  }

  private init(_ array: NPYArray, labels: NPYArray?, path: String, format: DataFormat) throws(Failure) {
    if let labels, labels.count != array.count {
      throw Failure(.badData, at: array.name, "holds \(array.count) rows, but \(labels.name) holds \(labels.count)")
    }
    // A list of one dimension is one number a row.
    let shape = array.header.shape.count == 1 ? [1] : Array(array.header.shape.dropFirst())
    try self.init(
      path: path, format: format, count: array.count, shape: shape, features: array.features, labels: try labels?.labels(),
      places: .rows(array.name, labels?.name ?? array.name))
  }
}
