import Failures

extension DigitFrame {
  /// The frame for a network of `inputs` numbers; nil where they are no square, or one of fewer than 7 pixels a side.
  public init?(inputs: Int) {
    let side = Int(Double(inputs).squareRoot())
    guard side * side == inputs, side >= 7 else { return nil }
    self.init(side: side)
  }
}

extension PNGImage {
  /// What a network of `inputs` numbers gets to see of the image: its own pixels where it has as many; else those of the digit in it, scaled and centred as MNIST's
  /// were.
  ///
  /// - Parameters:
  ///   - inputs: of the network.
  ///   - place: what the image is called in messages.
  /// - Throws: `.badData` where there is no square to scale it to, and for an image of one colour.
  public func fitted(inputs: Int, place: String) throws(Failure) -> [UInt8] {
    if pixels.count == inputs { return pixels }
    guard let frame = DigitFrame(inputs: inputs) else {
      throw Failure(.badData, at: place, "has \(width) × \(height) pixels, and the network takes \(inputs), which is no square to scale it to")
    }
    guard let pixels = frame.frame(self) else { throw Failure(.badData, at: place, "is of one colour; expected a digit") }
    return pixels
  }
}
