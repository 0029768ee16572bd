import CPng
import Failures

extension PNGPicture {
  /// More would be no digit, and a small file can claim a large image.
  package static let mostPixels = 1 << 24

  /// The image of a file as grey bytes: colours by their luminance, 16 bits by the upper 8, what is transparent on black, as digits are.
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
    // libpng lays what is transparent over what is there.
    var pixels = [UInt8](repeating: 0, count: width * height)
    guard lockstep_png_finish(&image, &pixels) != 0 else { throw Self.failure(path, image) }
    self.init(width: width, height: height, channels: .gray, pixels: pixels)
  }

  private static func failure(_ path: String, _ image: png_image) -> Failure {
    let words = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return Failure(.badData, at: path, "cannot be read as a PNG: \(words)")
  }
}
