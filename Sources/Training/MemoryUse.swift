/// The private memory of an engine, in bytes.
///
/// In parameters: as many as there are weights, again for the transposed weights of all layers but the first, for each of the optimizer's moments, and for
/// the gradient.
public struct MemoryUse: Equatable, Sendable {
  /// Bytes of the weights, padding included.
  public let weights: Int
  /// Bytes of the transposed kernels.
  public let transposed: Int
  /// Bytes of the optimizer's moments: where there are several ranks, of those that this one updates. While the first
  /// writes a checkpoint, it has a copy of everybody's beside them.
  public let moments: Int
  /// Bytes of the gradient.
  public let gradient: Int
  /// Gathered inputs, activations and their gradients, of the rows of a batch that are in memory at once.
  public let rows: Int

  /// Bytes of all.
  public var total: Int { weights + transposed + moments + gradient + rows }
}
