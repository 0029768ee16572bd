import Failures
import Glibc

/// One IDX file: the format of MNIST's files, plain, gzipped or packed by bzip2.
///
/// A plain file of bytes is mapped, so its pages come from the disk as they are touched; a packed one (recognised by its first bytes, not by its name) is
/// unpacked into memory. Elements are unsigned bytes, or big-endian integers or floats of 32 bits.
public struct IDXFile: Sendable {
  /// The elements, row-major as `shape` says.
  public enum Elements: Sendable {
    /// Unsigned bytes, mapped where the file is plain.
    case bytes(ByteRows)
    /// In this machine's byte order.
    case integers([Int32])
    /// In this machine's byte order; not checked for infinities.
    case floats([Float])
  }

  /// The path it was read from, for messages.
  public let path: String
  /// 1 to 4 dimensions, each at least 1, the rows first.
  public let shape: [Int]
  /// The payload.
  public let elements: Elements

  /// Rows: the first dimension.
  public var count: Int { shape[0] }
  /// Elements a row: the product of the other dimensions.
  public var width: Int { shape.dropFirst().reduce(1, *) }

  /// Reads the file at `path`.
  ///
  /// - Throws: `.missingInput` when there is none; `.inputOutput` when it is a folder or cannot be read; `.badData`, at the byte, when it is
  ///   no IDX file of a supported type and rank, has a dimension of 0, is shorter or longer than its header says, or its packed stream is
  ///   broken off or damaged. A packed file is unpacked no further than one byte beyond what the header declares.
  public init(_ path: String) throws(Failure) {
    let file = try InputFile(path)
    let (header, region): (IDXHeader, ByteRegion)
    if let packing = Packing(head: try file.head(Packing.tellingByteCount)) {
      (header, region) = try Self.unpack(file, packing)
    } else {
      (header, region) = try Self.map(file)
    }
    self.path = path
    shape = header.shape
    switch header.type {
    case .unsignedByte: elements = .bytes(ByteRows(region, offset: header.byteCount, byteCount: header.payloadByteCount))
    case .integer: elements = .integers(Self.words(region.bytes.dropFirst(header.byteCount)).map { Int32(bitPattern: $0) })
    case .float: elements = .floats(Self.words(region.bytes.dropFirst(header.byteCount)).map { Float(bitPattern: $0) })
    }
  }

  private static func map(_ file: borrowing InputFile) throws(Failure) -> (IDXHeader, ByteRegion) {
    let path = file.path
    let header = try Self.header(try file.head(IDXHeader.largestByteCount), of: path)
    let found = file.byteCount
    guard found == header.totalByteCount else { throw wrongSize(header, path, "byte \(min(found, header.totalByteCount))", found: "\(found)") }
    guard let region = ByteRegion(mapping: file.descriptor, count: file.byteCount) else {
      throw Failure(.inputOutput, at: path, "cannot be mapped: \(systemErrorText(errno))")
    }
    return (header, region)
  }

  private static func header(_ head: [UInt8], of path: String, place: String = "") throws(Failure) -> IDXHeader {
    do {
      return try IDXHeader(head)
    } catch {
      throw Failure(error.kind, at: "\(path): \(place)\(error.place)", error.message)
    }
  }

  private static func wrongSize(_ header: IDXHeader, _ path: String, _ place: String, found: String) -> Failure {
    Failure(.badData, at: "\(path): \(place)", "the header promises \(header.summary), \(header.totalByteCount) bytes in all; found \(found)")
  }

  /// `bytes` as big-endian words.
  private static func words(_ bytes: Slice<UnsafeRawBufferPointer>) -> [UInt32] {
    let payload = UnsafeRawBufferPointer(rebasing: bytes)
    return (0..<payload.count / 4).map { UInt32(bigEndian: payload.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
  }
}

extension IDXFile {
  private static func unpack(_ file: consuming InputFile, _ packing: Packing) throws(Failure) -> (IDXHeader, ByteRegion) {
    let path = file.path
    switch packing {
    case .gzip:
      let packed = ByteRegion(mapping: file.descriptor, count: file.byteCount)
      var reader = try GzipReader(file)
      return try unpack(&reader, path, atOnce: { byteCount in packed.flatMap { WholeGzip.inflate($0.bytes, byteCount: byteCount) } })
    case .bzip2:
      var reader = try Bzip2Reader(file)
      return try unpack(&reader, path, atOnce: { _ in nil })
    }
  }

  /// Unpacks the file's header, and then what it promises: at once if the file keeps the promise; else into a block that grows with what the stream
  /// really holds. So a short file cannot make us reserve what it only claims, and a long one is left at the first byte too many.
  private static func unpack<Reader: UnpackingReader & ~Copyable>(
    _ reader: inout Reader, _ path: String, atOnce: (_ byteCount: Int) -> ByteRegion?
  ) throws(Failure) -> (IDXHeader, ByteRegion) {
    var block = try GrowingBlock(path: path, capacity: 1 << 16)
    try block.fill(to: IDXHeader.largestByteCount, from: &reader)
    let header = try Self.header(Array(block.bytes.prefix(IDXHeader.largestByteCount)), of: path, place: "inflated ")
    if let region = atOnce(header.totalByteCount) { return (header, region) }
    try block.fill(to: header.totalByteCount + 1, from: &reader)
    let found = block.count
    guard found <= header.totalByteCount else { throw wrongSize(header, path, "inflated byte \(header.totalByteCount)", found: "more") }
    guard found == header.totalByteCount else { throw wrongSize(header, path, "inflated byte \(found)", found: "\(found)") }
    return (header, try block.finished())
  }
}

extension IDXFile {
  /// One column of the file's integers, a number a row.
  ///
  /// - Parameters:
  ///   - number: from 0; below 0 from the last one backwards, which is -1.
  ///   - values: those of `elements`.
  /// - Throws: `.badData` when there is no such column.
  func column(_ number: Int, of values: [Int32]) throws(Failure) -> [Int32] {
    let column = number < 0 ? number + width : number
    guard 0..<width ~= column else { throw Failure(.badData, at: path, "has \(width) numbers a row; column \(number) is none of them") }
    return (0..<count).map { values[$0 * width + column] }
  }
}
