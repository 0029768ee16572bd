import Failures
import Glibc

/// One IDX file: the format of MNIST's files, plain or gzipped.
///
/// A plain file of bytes is mapped, so its pages come from the disk as they are touched; a gzipped one (recognised by its first two bytes,
/// not by its name) is inflated into memory. Elements are unsigned bytes, or 32-bit big-endian floats.
public struct IDXFile: Sendable {
  /// The elements, row-major as `shape` says.
  public enum Elements: Sendable {
    case bytes(ByteRows)
    /// In this machine's byte order; not checked for infinities.
    case floats([Float])
  }

  /// The path it was read from, for messages.
  public let path: String
  /// 1 to 4 dimensions, each at least 1, the rows first.
  public let shape: [Int]
  public let elements: Elements

  /// Rows: the first dimension.
  public var count: Int { shape[0] }
  /// Elements a row: the product of the other dimensions.
  public var width: Int { shape.dropFirst().reduce(1, *) }

  /// Reads the file at `path`.
  ///
  /// - Throws: `.missingInput` when there is none; `.inputOutput` when it is a folder or cannot be read; `.badData`, at the byte, when it is
  ///   no IDX file of a supported type and rank, has a dimension of 0, is shorter or longer than its header says, or its gzip stream is
  ///   broken off or damaged. A gzipped file is inflated no further than one byte beyond what the header declares.
  public init(_ path: String) throws(Failure) {
    let file = try InputFile(path)
    let (header, region): (IDXHeader, ByteRegion)
    if try file.head(2) == GzipReader.magic {
      (header, region) = try Self.inflate(file)
    } else {
      (header, region) = try Self.map(file)
    }
    self.path = path
    shape = header.shape
    switch header.type {
    case .unsignedByte: elements = .bytes(ByteRows(region, offset: header.byteCount, byteCount: header.payloadByteCount))
    case .float: elements = .floats(Self.floats(region.bytes.dropFirst(header.byteCount)))
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

  /// `bytes` as big-endian floats.
  private static func floats(_ bytes: Slice<UnsafeRawBufferPointer>) -> [Float] {
    let payload = UnsafeRawBufferPointer(rebasing: bytes)
    return (0..<payload.count / 4).map { index in
      Float(bitPattern: UInt32(bigEndian: payload.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
    }
  }
}

extension IDXFile {
  /// Inflates the file's header, and then what it promises: at once if the file keeps the promise; else into a block that grows with what the stream
  /// really holds. So a short file cannot make us reserve what it only claims, and a long one is left at the first byte too many.
  private static func inflate(_ file: consuming InputFile) throws(Failure) -> (IDXHeader, ByteRegion) {
    let path = file.path
    let packed = ByteRegion(mapping: file.descriptor, count: file.byteCount)
    var reader = try GzipReader(file)
    var block = try GrowingBlock(path: path, capacity: 1 << 16)
    try block.fill(to: IDXHeader.largestByteCount, from: &reader)
    let header = try Self.header(Array(block.bytes.prefix(IDXHeader.largestByteCount)), of: path, place: "inflated ")
    if let packed, let region = WholeGzip.inflate(packed.bytes, byteCount: header.totalByteCount) { return (header, region) }
    try block.fill(to: header.totalByteCount + 1, from: &reader)
    let found = block.count
    guard found <= header.totalByteCount else { throw wrongSize(header, path, "inflated byte \(header.totalByteCount)", found: "more") }
    guard found == header.totalByteCount else { throw wrongSize(header, path, "inflated byte \(found)", found: "\(found)") }
    return (header, try block.finished())
  }
}
