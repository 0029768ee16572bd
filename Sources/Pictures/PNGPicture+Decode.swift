import CPng
import Failures

extension PNGPicture {
  /// More would be no digit, and a small file can claim a large image.
  package static let mostPixels = 1 << 24

  /// The image of a file as grey bytes: colours by their luminance, 16 bits by the upper 8, what is transparent on white, or on black where all
  /// of it is bright, so that ink of either kind is seen.
  ///
  /// - Parameters:
  ///   - file: all its bytes.
  ///   - path: of the file, for messages.
  /// - Throws: `.badData` with libpng's words for what is no PNG, and for more than `mostPixels` pixels.
  package init(gray file: UnsafeRawBufferPointer, path: String) throws(Failure) {
    var image = png_image()
    guard lockstep_png_begin(&image, file.baseAddress, file.count) != 0 else { throw Self.failure(path, image) }
    defer { png_image_free(&image) }
    let (width, height) = (Int(image.width), Int(image.height))
    guard width * height <= Self.mostPixels else {
      throw Failure(.badData, at: path, "an image of \(width) × \(height); expected at most \(Self.mostPixels) pixels")
    }
    let channels = Int(lockstep_png_channels(&image))
    var samples = [UInt8](repeating: 0, count: width * height * channels)
    guard lockstep_png_finish(&image, &samples) != 0 else { throw Self.failure(path, image) }
    self.init(width: width, height: height, channels: .gray, pixels: channels == 1 ? samples : Self.onPaper(samples))
  }

  /// Grey bytes, each followed by how much it covers, on white as browsers show them; on black where on white nothing would be darker than half.
  private static func onPaper(_ samples: [UInt8]) -> [UInt8] {
    func pixels(on paper: Int) -> [UInt8] {
      stride(from: 0, to: samples.count, by: 2).map { index in
        let (gray, cover) = (Int(samples[index]), Int(samples[index + 1]))
        return UInt8((gray * cover + paper * (255 - cover) + 127) / 255)
      }
    }
    let onWhite = pixels(on: 255)
    return onWhite.contains { $0 < 128 } ? onWhite : pixels(on: 0)
  }

  private static func failure(_ path: String, _ image: png_image) -> Failure {
    let words = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return Failure(.badData, at: path, "cannot be read as a PNG: \(words)")
  }
}
