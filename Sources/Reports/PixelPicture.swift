import Foundation
import Pictures

/// A small picture inside a page, its pixels drawn as squares.
public struct PixelPicture: Sendable {
  /// Row-major; red, green, blue, and how much of them covers the page.
  private let pixels: [UInt8]
  private let width: Int
  private let height: Int

  /// Ink on the page, as of a handwritten digit.
  ///
  /// - Parameter values: row-major; 0 is blank and the largest full ink.
  public init(ink values: [Float], width: Int) {
    let most = max(values.max() ?? 0, .leastNormalMagnitude)
    self.init(values, width: width) { (0, 0, 0, Self.byte($0 / most)) }
  }

  /// Numbers in two colours that the colour-blind tell apart, too: blue below 0, orange above, the page itself at 0.
  ///
  /// - Parameter most: what is as full as can be.
  public init(diverging values: [Float], width: Int, most: Float) {
    self.init(values, width: width) { value in
      let cover = Self.byte(abs(value) / max(most, .leastNormalMagnitude))
      return value < 0 ? (22, 119, 211, cover) : (230, 97, 1, cover)
    }
  }

  private init(_ values: [Float], width: Int, _ colour: (Float) -> (UInt8, UInt8, UInt8, UInt8)) {
    precondition(width > 0 && values.count % width == 0, "\(values.count) pixels in rows of \(width)")
    pixels = values.flatMap { value -> [UInt8] in
      let (red, green, blue, cover) = colour(value)
      return [red, green, blue, cover]
    }
    (self.width, height) = (width, values.count / width)
  }

  private static func byte(_ share: Float) -> UInt8 { UInt8((min(max(share.isFinite ? share : 0, 0), 1) * 255).rounded()) }

  /// - Parameters:
  ///   - text: what it shows, for those who do not see it.
  ///   - style: a class of the page's style.
  public func html(_ text: String, style: String) -> String {
    "<img class=\"\(style)\" alt=\"\(SVGText.escaped(text))\" width=\"\(width)\" height=\"\(height)\" src=\"data:image/png;base64,\(Data(png).base64EncodedString())\">"
  }

  var png: [UInt8] { PNGPicture(width: width, height: height, channels: .rgba, pixels: pixels).encode() }
}
