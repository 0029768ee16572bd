import CPng

/// A picture that a PNG file is made of, by libpng: eight bits a channel.
package struct PNGPicture: Equatable, Sendable {
  package enum Channels: Int, Sendable {
    case gray = 1
    case rgb = 3
    /// The fourth says how much of the colour covers what is behind.
    case rgba = 4
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

  /// The bytes of a PNG file. Equal pictures are equal bytes, as long as libpng and zlib are the same.
  package func encode() -> [UInt8] {
    var count = 0
    func write(_ memory: UnsafeMutableRawPointer?) {
      precondition(lockstep_png_write(CInt(width), CInt(height), CInt(channels.rawValue), pixels, memory, &count) != 0, "no memory to write a picture in")
    }
    write(nil)
    var file = [UInt8](repeating: 0, count: count)
    file.withUnsafeMutableBytes { write($0.baseAddress) }
    return Array(file.prefix(count))
  }
}
