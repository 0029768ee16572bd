/// Puts the image of a digit, of any size, into a square as MNIST's digits are in theirs: scaled to a box of 20 of 28 pixels with its proportions kept, grey where an edge
/// goes through a pixel, and moved so that its centre of mass is the square's (LeCun, Cortes and Burges, "The MNIST database").
public struct DigitFrame: Sendable {
  /// Pixels a side; at least 7.
  public let side: Int

  /// - Parameter side: pixels a side of the square that digits are put in; at least 7.
  public init(side: Int) {
    precondition(side >= 7, "\(side) pixels a side")
    self.side = side
  }

  /// The square, row-major, bright on dark; nil for an image without ink.
  ///
  /// Paper is what the outermost pixels are, their median; ink differs from it, towards dark or bright, whichever goes further, and is as strong as its part of the
  /// way there. What is weaker than an eighth of the strongest counts as paper when the digit's borders are looked for.
  public func frame(_ image: PNGImage) -> [UInt8]? {
    let ink = Ink(image)
    guard let box = ink.box else { return nil }
    let inner = (side * 20 + 14) / 28
    let scale = Double(inner) / Double(max(box.width, box.height))
    let (width, height) = (max(1, Int((Double(box.width) * scale).rounded())), max(1, Int((Double(box.height) * scale).rounded())))
    let small = ink.scaled(box, width: width, height: height)
    // Pixels are where their numbers are, as MNIST's makers had it: so the real digits stay where they are.
    var (mass, x, y) = (0.0, 0.0, 0.0)
    for row in 0..<height {
      for column in 0..<width {
        let value = small[row * width + column]
        mass += value
        x += value * Double(column)
        y += value * Double(row)
      }
    }
    let (left, top) = (Int((Double(side) / 2 - x / mass).rounded()), Int((Double(side) / 2 - y / mass).rounded()))
    var pixels = [UInt8](repeating: 0, count: side * side)
    for row in 0..<height where 0..<side ~= row + top {
      for column in 0..<width where 0..<side ~= column + left {
        pixels[(row + top) * side + column + left] = UInt8(min(255, small[row * width + column].rounded()))
      }
    }
    return pixels
  }
}

/// An image, bright where there is ink.
private struct Ink {
  private let image: PNGImage
  private let pixels: [UInt8]

  init(_ image: PNGImage) {
    self.image = image
    var outermost: [UInt8] = []
    for row in 0..<image.height {
      let isEdge = row == 0 || row == image.height - 1
      for column in stride(from: 0, to: image.width, by: isEdge ? 1 : max(1, image.width - 1)) { outermost.append(image.pixels[row * image.width + column]) }
    }
    outermost.sort()
    let paper = Int(outermost[outermost.count / 2])
    let (darkest, brightest) = (Int(image.pixels.min()!), Int(image.pixels.max()!))
    if paper - darkest > brightest - paper {
      pixels = image.pixels.map { UInt8(max(0, paper - Int($0)) * 255 / paper) }
    } else {
      pixels = image.pixels.map { UInt8(max(0, Int($0) - paper) * 255 / max(1, 255 - paper)) }
    }
  }

  /// The smallest rectangle with all the ink; nil without any.
  var box: (left: Int, top: Int, width: Int, height: Int)? {
    guard let most = pixels.max(), most > 0 else { return nil }
    let least = max(1, most / 8)
    var (left, right, top, bottom) = (image.width, -1, image.height, -1)
    for row in 0..<image.height {
      for column in 0..<image.width where pixels[row * image.width + column] >= least {
        (left, right) = (min(left, column), max(right, column))
        (top, bottom) = (min(top, row), max(bottom, row))
      }
    }
    return (left, top, right - left + 1, bottom - top + 1)
  }

  /// The rectangle at another size: each new pixel is the mean over the part of the old ones that it covers.
  func scaled(_ box: (left: Int, top: Int, width: Int, height: Int), width: Int, height: Int) -> [Double] {
    let (columns, rows) = (Self.shares(box.width, width), Self.shares(box.height, height))
    var result: [Double] = []
    for row in rows {
      for column in columns {
        var sum = 0.0
        for (y, high) in row {
          for (x, wide) in column { sum += high * wide * Double(pixels[(box.top + y) * image.width + box.left + x]) }
        }
        result.append(sum)
      }
    }
    return result
  }

  /// For each of `new` places, the old ones, of `old`, that it covers, and their shares of it, which add up to 1.
  private static func shares(_ old: Int, _ new: Int) -> [[(Int, Double)]] {
    let step = Double(old) / Double(new)
    return (0..<new).map { place in
      let (start, end) = (Double(place) * step, Double(place + 1) * step)
      return (Int(start)..<min(old, Int(end.rounded(.up)))).map { ($0, (min(end, Double($0 + 1)) - max(start, Double($0))) / step) }
    }
  }
}
