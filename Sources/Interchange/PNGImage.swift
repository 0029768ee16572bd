import CDeflate

/// A picture that a PNG file is made of (w3.org/TR/png-3): eight bits a channel, nothing interlaced, no row filtered.
///
/// By hand, since zlib's stream comes from libdeflate, which is here anyway; what a PNG adds to that are four chunks.
package struct PNGImage: Equatable, Sendable {
  package enum Channels: Int, Sendable {
    case gray = 1
    case rgb = 3
  }

  package let width: Int
  package let height: Int
  package let channels: Channels
  /// Row by row, `width * height * channels` numbers.
  package let pixels: [UInt8]

  package init(width: Int, height: Int, channels: Channels, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height * channels.rawValue, "\(pixels.count) numbers for \(width) × \(height) pixels")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// The bytes of a PNG file. Equal pictures are equal bytes, as long as libdeflate is the same.
  package func encode() -> [UInt8] {
    var file: [UInt8] = [0x89] + Array("PNG\r\n".utf8) + [0x1A, 0x0A]
    let depth: UInt8 = 8
    let colour: UInt8 = channels == .gray ? 0 : 2
    Self.append("IHDR", Self.bigEndian(width) + Self.bigEndian(height) + [depth, colour, 0, 0, 0], to: &file)
    Self.append("IDAT", compressedRows, to: &file)
    Self.append("IEND", [], to: &file)
    return file
  }

  /// Each row behind a byte that says how it is filtered.
  private var compressedRows: [UInt8] {
    let stride = width * channels.rawValue
    let rows = (0..<height).flatMap { row in [UInt8(0)] + pixels[row * stride..<(row + 1) * stride] }
    guard let compressor = libdeflate_alloc_compressor(6) else { preconditionFailure("no memory to compress a picture in") }
    defer { libdeflate_free_compressor(compressor) }
    let most = libdeflate_zlib_compress_bound(compressor, rows.count)
    return [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
      count = libdeflate_zlib_compress(compressor, rows, rows.count, buffer.baseAddress, most)
      precondition(count > 0, "\(rows.count) bytes did not fit into \(most)")
    }
  }

  /// A chunk: the length of its data, its name, the data, and the CRC-32 of name and data.
  private static func append(_ name: String, _ data: [UInt8], to file: inout [UInt8]) {
    let body = Array(name.utf8) + data
    file += bigEndian(data.count) + body + bigEndian(Int(libdeflate_crc32(0, body, body.count)))
  }

  private static func bigEndian(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
}
