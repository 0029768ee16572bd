import Failures
import Pictures

/// An image as grey bytes: colours by their luminance, 16 bits by the upper 8, what is transparent on black, as digits are.
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
    let picture = try PNGPicture(gray: contents.bytes, path: path)
    (width, height, pixels) = (picture.width, picture.height, picture.pixels)
  }
}
