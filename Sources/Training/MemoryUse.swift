/// The private memory of an engine, in bytes.
///
/// In parameters: as many as there are weights, and again for the transposed weights of all layers but the first, for each of the optimizer's moments,
/// and for each worker's gradient (a worker whose share of a batch is no single branch of the tree of sums keeps a few).
public struct MemoryUse: Equatable, Sendable {
  public let weights: Int
  public let transposed: Int
  public let moments: Int
  /// Each worker's.
  public let gradients: [Int]
  /// Each worker's gathered inputs, activations and their gradients.
  public let passes: [Int]

  public var total: Int { weights + transposed + moments + gradients.reduce(0, +) + passes.reduce(0, +) }
}
