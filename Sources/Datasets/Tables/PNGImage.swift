import CPng
import Failures

/// An image as grey bytes: colours by their luminance, 16 bits by the upper 8, what is transparent on black, as digits are.
public struct PNGImage: Equatable, Sendable {
  public let width: Int
  public let height: Int
  /// Row-major.
  public let pixels: [UInt8]

  /// More would be no digit, and a small file can claim a large image.
  static let mostPixels = 1 << 24

  /// Reads a file, plain or gzipped.
  ///
  /// - Throws: `.missingInput`, `.inputOutput`; `.badData` with libpng's words for what is no PNG, and for more than 16,777,216 pixels.
  public init(_ path: String) throws(Failure) {
    let contents = try FileContents(path)
    defer { withExtendedLifetime(contents) {} }
    try self.init(contents.bytes, place: path)
  }

  /// Reads a file that is in memory, and not gzipped.
  ///
  /// - Parameters:
  ///   - bytes: the file's.
  ///   - place: what it is called in messages.
  /// - Throws: `.badData` as above.
  public init(bytes: [UInt8], place: String) throws(Failure) {
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(Failure) -> PNGImage in try PNGImage(bytes, place: place) } }
    self = try result.get()
  }

  private init(_ bytes: UnsafeRawBufferPointer, place: String) throws(Failure) {
    var image = png_image()
    guard lockstep_png_begin(&image, bytes.baseAddress, bytes.count) != 0 else { throw Self.failure(place, image) }
    defer { png_image_free(&image) }
    (width, height) = (Int(image.width), Int(image.height))
    guard width * height <= Self.mostPixels else {
      throw Failure(.badData, at: place, "an image of \(width) × \(height); expected at most \(Self.mostPixels) pixels")
    }
    // libpng lays what is transparent over what is there.
    var pixels = [UInt8](repeating: 0, count: width * height)
    guard lockstep_png_finish(&image, &pixels) != 0 else { throw Self.failure(place, image) }
    self.pixels = pixels
  }

  private static func failure(_ place: String, _ image: png_image) -> Failure {
    let words = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return Failure(.badData, at: place, "cannot be read as a PNG: \(words)")
  }
}
