import CBzip2
import Failures

/// Unpacks a bzip2 file piece by piece. Streams that follow one another are one, as in `bzip2`.
///
/// libbz2 checks each block's CRC before it gives the block out, and the whole stream's at its end; so the data can be trusted only once `read` has returned
/// fewer bytes than were asked for.
struct Bzip2Reader: ~Copyable, UnpackingReader {
  private let file: InputFile
  // Both are allocated here and freed in `deinit`; libbz2 keeps the address of its stream, so that must not move.
  private let stream: UnsafeMutablePointer<bz_stream>
  private let input: UnsafeMutableRawBufferPointer
  /// Packed bytes that have been taken from the file, those still in `input` included.
  private var taken = 0
  private var isAtEnd = false

  init(_ file: consuming InputFile) throws(Failure) {
    let path = file.path
    self.file = file
    stream = .allocate(capacity: 1)
    stream.initialize(to: bz_stream())
    input = .allocate(byteCount: 1 << 16, alignment: 16)
    let code = BZ2_bzDecompressInit(stream, 0, 0)
    guard code == BZ_OK else { throw Failure(.inputOutput, at: path, "libbz2 cannot start (code \(code))") }
  }

  deinit {
    BZ2_bzDecompressEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// - Throws: `.badData` when the stream is broken off or damaged, at the byte of the packed file up to which libbz2 had read; `.inputOutput` when reading
  ///   fails.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    var filled = 0
    while filled < buffer.count, !isAtEnd {
      if stream.pointee.avail_in == 0 {
        guard try refill() else { throw Failure(.badData, at: "\(file.path): byte \(taken)", "the bzip2 stream is broken off") }
      }
      // libbz2 counts in 32 bits.
      let room = min(buffer.count - filled, 1 << 30)
      stream.pointee.next_out = (buffer.baseAddress! + filled).assumingMemoryBound(to: CChar.self)
      stream.pointee.avail_out = UInt32(room)
      let code = BZ2_bzDecompress(stream)
      filled += room - Int(stream.pointee.avail_out)
      switch code {
      case BZ_OK: continue
      case BZ_STREAM_END: try startNextStream()
      default: throw damage(code)
      }
    }
    return filled
  }

  /// Takes more of the file; returns whether there was more.
  private mutating func refill() throws(Failure) -> Bool {
    let got = try file.read(into: input)
    taken += got
    stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: CChar.self)
    stream.pointee.avail_in = UInt32(got)
    return got > 0
  }

  /// After a stream: the end of the file, or another stream.
  private mutating func startNextStream() throws(Failure) {
    if stream.pointee.avail_in == 0, try !refill() {
      isAtEnd = true
      return
    }
    let (next, count) = (stream.pointee.next_in, stream.pointee.avail_in)
    BZ2_bzDecompressEnd(stream)
    stream.pointee = bz_stream()
    let code = BZ2_bzDecompressInit(stream, 0, 0)
    guard code == BZ_OK else { throw damage(code) }
    (stream.pointee.next_in, stream.pointee.avail_in) = (next, count)
  }

  private func damage(_ code: Int32) -> Failure {
    let words =
      switch code {
      case BZ_DATA_ERROR: "its checksum is wrong, or its codes are"
      case BZ_DATA_ERROR_MAGIC: "no stream begins here"
      case BZ_MEM_ERROR: "there is no memory for it"
      default: "libbz2 code \(code)"
      }
    return Failure(.badData, at: "\(file.path): byte \(taken - Int(stream.pointee.avail_in))", "the bzip2 stream is damaged: \(words)")
  }
}
