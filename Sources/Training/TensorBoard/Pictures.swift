import NeuralNetwork
import Pictures

/// The confusion matrix as a picture: a row a class, a column an answer, each cell as dark as its share of the row.
func confusionPicture(_ matrix: [[Int]]) -> PNGPicture {
  // Squares that can be seen, in a picture that stays small however many classes there are.
  let cell = max(1, min(16, 1024 / matrix.count))
  let side = matrix.count * cell
  var pixels: [UInt8] = []
  pixels.reserveCapacity(side * side)
  for row in matrix {
    let total = max(1, row.reduce(0, +))
    let line = row.flatMap { [UInt8](repeating: UInt8(255 - 255 * $0 / total), count: cell) }
    for _ in 0..<cell { pixels += line }
  }
  return PNGPicture(width: side, height: side, channels: .gray, pixels: pixels)
}

/// Some images side by side, each as bright as its own numbers go, five in a row with lines between them.
struct DigitSheet {
  static let most = 25
  private static let columns = 5
  private static let gap = 2
  private static let gray: UInt8 = 128

  let shape: ImageShape
  /// Row by row, as the data have them.
  let images: [[Float]]

  var picture: PNGPicture {
    let columns = min(Self.columns, images.count)
    let rows = (images.count + columns - 1) / columns
    let (width, height) = (columns * (shape.width + Self.gap) + Self.gap, rows * (shape.height + Self.gap) + Self.gap)
    var pixels = [UInt8](repeating: Self.gray, count: width * height)
    for (number, image) in images.enumerated() {
      let left = Self.gap + number % columns * (shape.width + Self.gap)
      let top = Self.gap + number / columns * (shape.height + Self.gap)
      let (low, high) = (image.min() ?? 0, image.max() ?? 0)
      for row in 0..<shape.height {
        for column in 0..<shape.width {
          let share = high > low ? (image[row * shape.width + column] - low) / (high - low) : 0
          pixels[(top + row) * width + left + column] = UInt8(255 * share)
        }
      }
    }
    return PNGPicture(width: width, height: height, channels: .gray, pixels: pixels)
  }
}
