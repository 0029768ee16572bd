import CZlib
import Failures

/// Inflates a gzip file piece by piece, in a fixed amount of memory. Members that follow one another are one stream, as in `gzip`.
///
/// zlib checks each member's CRC and length when it reaches the member's end; so the data can be trusted only once `read` has returned
/// fewer bytes than were asked for.
struct GzipReader: ~Copyable, UnpackingReader {
  private let file: InputFile
  // Both are allocated here and freed in `deinit`; zlib keeps the address of its stream, so that must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  /// Compressed bytes that have been taken from the file, those still in `input` included.
  private var taken = 0
  private var isAtEnd = false

  init(_ file: consuming InputFile) throws(Failure) {
    let path = file.path
    self.file = file
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(byteCount: 1 << 16, alignment: 16)
    let code = lockstep_inflate_init_gzip(stream)
    guard code == Z_OK else { throw Failure(.inputOutput, at: path, "zlib cannot start (code \(code))") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Inflates the next bytes into `buffer`, as many as fit, fewer only when the stream has come to its good end; returns how many.
  ///
  /// - Throws: `.badData` when the stream is broken off or damaged, at the byte of the compressed file up to which zlib had read; `.inputOutput` when
  ///   reading fails.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    var filled = 0
    while filled < buffer.count, !isAtEnd {
      if stream.pointee.avail_in == 0 { try refill() }
      // zlib counts in 32 bits.
      let room = min(buffer.count - filled, 1 << 30)
      stream.pointee.next_out = (buffer.baseAddress! + filled).assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(room)
      let code = inflate(stream, Z_NO_FLUSH)
      filled += room - Int(stream.pointee.avail_out)
      switch code {
      case Z_OK: continue
      case Z_STREAM_END: try startNextMember()
      default: throw damage(code)
      }
    }
    return filled
  }

  /// Takes more of the file, which must have more.
  private mutating func refill() throws(Failure) {
    let got = try file.read(into: input)
    guard got > 0 else { throw Failure(.badData, at: "\(file.path): byte \(taken)", "the gzip stream is broken off") }
    supply(got)
  }

  private mutating func supply(_ count: Int) {
    taken += count
    stream.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
  }

  /// After a member: the end of the file, or another member.
  private mutating func startNextMember() throws(Failure) {
    if stream.pointee.avail_in == 0 {
      let got = try file.read(into: input)
      guard got > 0 else {
        isAtEnd = true
        return
      }
      supply(got)
    }
    let code = inflateReset(stream)
    guard code == Z_OK else { throw damage(code) }
  }

  private func damage(_ code: Int32) -> Failure {
    let words = stream.pointee.msg.map { String(cString: $0) } ?? "zlib code \(code)"
    return Failure(.badData, at: "\(file.path): byte \(taken - Int(stream.pointee.avail_in))", "the gzip stream is damaged: \(words)")
  }
}
