import RandomStreams

/// Where the rows in the buffers stand in the training, which random layers draw by.
public struct BatchPosition: Equatable, Sendable {
  /// Steps the model took before this one.
  public let step: Int
  /// The first row's number in its batch.
  public let firstRow: Int
  /// Rows in the buffers.
  public let rows: Int
  /// Rows of the whole batch, other processes' too.
  public let batch: Int

  /// - Parameters:
  ///   - step: steps the model took before this one.
  ///   - firstRow: the first row's number in its batch.
  ///   - rows: those in the buffers.
  ///   - batch: those of the whole batch; nil where all of it is in the buffers.
  public init(step: Int, firstRow: Int, rows: Int, batch: Int? = nil) {
    self.step = step
    self.firstRow = firstRow
    self.rows = rows
    self.batch = batch ?? rows
  }

  /// The key of a random layer's numbers in this step.
  ///
  /// - Parameter family: the first number of the layer's own stream of the run's seed.
  func key(_ family: UInt64) -> UInt64 {
    var generator = CounterGenerator(seed: family, stream: UInt64(step))
    return generator.next()
  }

  static func family(seed: UInt64, stream: UInt64) -> UInt64 {
    var generator = CounterGenerator(seed: seed, stream: stream)
    return generator.next()
  }
}
