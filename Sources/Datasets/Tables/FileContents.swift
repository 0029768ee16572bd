import Failures
import Glibc

/// All bytes of a file: mapped if it is plain, unpacked if it is gzipped or packed by bzip2, whatever its name.
struct FileContents: Sendable {
  let path: String
  let region: ByteRegion
  private let isUnpacked: Bool

  /// - Throws: what `InputFile` throws; `.badData` for a file without a byte, and for a packed stream that is broken off or damaged.
  init(_ path: String) throws(Failure) {
    let file = try InputFile(path)
    self.path = path
    guard file.byteCount > 0 else { throw Failure(.badData, at: path, "the file is empty") }
    if let packing = Packing(head: try file.head(Packing.tellingByteCount)) {
      isUnpacked = true
      region = packing == .gzip ? try Self.inflate(file) : try Self.unpackBzip2(file)
    } else {
      isUnpacked = false
      guard let mapped = ByteRegion(mapping: file.descriptor, count: file.byteCount) else {
        throw Failure(.inputOutput, at: path, "cannot be mapped: \(systemErrorText(errno))")
      }
      region = mapped
    }
  }

  var bytes: UnsafeRawBufferPointer { region.bytes }

  /// A failure at byte `offset`, which of a packed file is one of those that were unpacked.
  func failure(at offset: Int, _ message: String) -> Failure {
    Failure(.badData, at: "\(path): \(isUnpacked ? "inflated " : "")byte \(offset)", message)
  }

  /// At once if the last member's trailer tells the size, as it does for files of one member below 4 GiB; else piece by piece, as far as the stream really goes.
  private static func inflate(_ file: consuming InputFile) throws(Failure) -> ByteRegion {
    let path = file.path
    if let packed = ByteRegion(mapping: file.descriptor, count: file.byteCount), packed.count > 18 {
      let size = Int(UInt32(littleEndian: packed.bytes.loadUnaligned(fromByteOffset: packed.count - 4, as: UInt32.self)))
      if size > 0, let region = WholeGzip.inflate(packed.bytes, byteCount: size) { return region }
    }
    let limit = mostBytes(of: file.byteCount)
    var reader = try GzipReader(file)
    return try wholeStream(&reader, path, limit: limit)
  }

  private static func unpackBzip2(_ file: consuming InputFile) throws(Failure) -> ByteRegion {
    let (path, limit) = (file.path, mostBytes(of: file.byteCount))
    var reader = try Bzip2Reader(file)
    return try wholeStream(&reader, path, limit: limit)
  }

  /// More than gzip can make of so many bytes. bzip2 makes a million of one, but not of anybody's data.
  private static func mostBytes(of packed: Int) -> Int { max(1 << 26, WholeGzip.mostBytesPerByte * packed) }

  private static func wholeStream<Reader: UnpackingReader & ~Copyable>(
    _ reader: inout Reader, _ path: String, limit: Int
  ) throws(Failure) -> ByteRegion {
    var block = try GrowingBlock(path: path, capacity: 1 << 16)
    try block.fill(to: limit + 1, from: &reader)
    guard block.count <= limit else { throw Failure(.badData, at: path, "unpacks to more than \(limit) bytes, a thousand times its size") }
    guard block.count > 0 else { throw Failure(.badData, at: path, "the file is empty when it is inflated") }
    return try block.finished()
  }
}
