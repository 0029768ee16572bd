/// Sums over one slice of a batch, or over many.
public struct SliceSums: Equatable, Sendable {
  /// The losses' sum.
  public var loss: Double
  /// Right answers.
  public var correct: Int
  /// Rows.
  public var count: Int

  /// - Parameters:
  ///   - loss: the sum of the rows' losses.
  ///   - correct: rows that were answered rightly.
  ///   - count: rows.
  public init(loss: Double = 0, correct: Int = 0, count: Int = 0) {
    self.loss = loss
    self.correct = correct
    self.count = count
  }

  /// Adds the next slice.
  public static func += (sums: inout SliceSums, next: SliceSums) {
    sums.loss += next.loss
    sums.correct += next.correct
    sums.count += next.count
  }
}
