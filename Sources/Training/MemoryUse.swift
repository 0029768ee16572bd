/// The private memory of an engine, in bytes.
///
/// In parameters: as many as there are weights, again for the transposed weights of all layers but the first, for each of the optimizer's moments, and for
/// the gradient.
public struct MemoryUse: Equatable, Sendable {
  public let weights: Int
  public let transposed: Int
  public let moments: Int
  public let gradient: Int
  /// Gathered inputs, activations and their gradients, of the rows of a batch that are in memory at once.
  public let rows: Int

  public var total: Int { weights + transposed + moments + gradient + rows }
}
