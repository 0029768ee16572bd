/// The rows and columns of an image of one channel, which lies row by row.
public struct ImageShape: Equatable, Sendable {
  /// Rows of pixels.
  public let height: Int
  /// Pixels a row.
  public let width: Int

  /// `[rows, columns]`, or `[rows, columns, 1]`; nil for other dimensions, and for more pixels than a float can count.
  public init?(_ dimensions: [Int]) {
    guard dimensions.count == 2 || dimensions.count == 3 && dimensions[2] == 1, dimensions.allSatisfy({ 1...Self.most ~= $0 }),
      dimensions[0] * dimensions[1] <= Self.most
    else { return nil }
    (height, width) = (dimensions[0], dimensions[1])
  }

  private static let most = 1 << 24

  /// Pixels.
  public var count: Int { height * width }
}
