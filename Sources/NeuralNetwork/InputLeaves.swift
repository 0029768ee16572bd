import KernelTemplates

/// How the first layer's sums over its inputs are cut: into leaves of neighbouring runs, each summed from zero, which are then added as a balanced tree.
///
/// The leaves depend on the layer's shape alone, so a sum has the same bits whoever adds up which of them. They let workers divide the inputs of the
/// first layer among themselves, and with them its weights, which then never leave a worker's cache. Where the weights are too many to stay there, the
/// layer has one leaf, and the workers divide its rows.
public struct InputLeaves: Equatable, Sendable {
  /// Runs of eight inputs.
  public let runs: Int
  /// A power of two.
  public let count: Int

  /// Weights that stay in the second-level caches of two cores, with their moments and gradients: 1.6 MB.
  static let mostWeights = 100_000

  /// At least eight runs a leaf: an addition that joins two leaves should be little beside the sums in them.
  ///
  /// - Parameters:
  ///   - inputs: of the layer, the 1 of the bias included.
  ///   - units: of the layer.
  public init(inputs: Int, units: Int) {
    runs = InputRuns.runs(inputs)
    var count = 1
    if inputs * paddedToVector(units) <= Self.mostWeights { while 16 * count <= runs { count *= 2 } }
    self.count = count
  }

  /// The leaves of a network's first layer.
  public init(_ layer: DenseLayout) { self.init(inputs: layer.rows, units: layer.units) }

  /// The runs of some leaves.
  public func runs(of leaves: Range<Int>) -> Range<Int> { runs * leaves.lowerBound / count..<runs * leaves.upperBound / count }
}
