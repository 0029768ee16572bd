/// The pixels of a PNG file, by libpng: eight bits a channel.
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
}
