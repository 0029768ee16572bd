import Failures
import Pictures

/// An image as grey bytes: colours by their luminance, 16 bits by the upper 8, what is transparent on white, as browsers show it, or on black where all of it is bright: so
/// that ink of either kind is seen.
public struct PNGImage: Equatable, Sendable {
  /// Pixels a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Row-major, `width * height` of them, 0 for black.
  public let pixels: [UInt8]

  /// Reads a file, plain, gzipped or packed by bzip2.
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
    let picture = try PNGPicture(gray: bytes, path: place)
    (width, height, pixels) = (picture.width, picture.height, picture.pixels)
  }
}
