/// The part of the parameters that one worker sums gradients for and updates: whole rows of the panels of the layers' matrices, so that a row's
/// transposed copy has one writer.
public struct Stripe: Equatable, Sendable {
  /// Rows of one panel of one layer; contiguous in the arena.
  public struct Segment: Equatable, Sendable {
    public let layer: Int
    public let panel: Int
    public let rows: Range<Int>
    /// Floats from the arena's start.
    public let offset: Int
    /// Floats of a row: 16 or 32.
    public let width: Int

    /// Floats.
    public var count: Int { rows.count * width }
  }

  /// For each layer its segments.
  public let layers: [[Segment]]

  public var segments: [Segment] { layers.flatMap(\.self) }

  /// - Parameters:
  ///   - runs: of the first layer's inputs; the weights of these inputs.
  ///   - share: of the other layers' weights, from a part of the whole to another, 0 … 1. Stripes whose runs and shares cover everything once, do.
  public init(runs: Range<Int>, share: Range<Double>, network: Network) {
    var layers = network.layers.map { _ in [Segment]() }
    func append(_ number: Int, _ panel: Int, _ rows: Range<Int>) {
      guard !rows.isEmpty else { return }
      let layer = network.layers[number]
      layers[number].append(
        Segment(
          layer: number, panel: panel, rows: rows, offset: layer.index(row: rows.lowerBound, unit: 32 * panel), width: min(32, layer.columns - 32 * panel)))
    }
    for panel in 0..<network.layers[0].panels { append(0, panel, runs.lowerBound * 8..<runs.upperBound * 8) }
    let total = network.layers.dropFirst().reduce(0) { $0 + $1.count }
    let begin = Int(share.lowerBound * Double(total))
    let end = Int(share.upperBound * Double(total))
    /// Floats of the panels before.
    var before = 0
    for (number, layer) in network.layers.enumerated().dropFirst() {
      for panel in 0..<layer.panels {
        let width = min(32, layer.columns - 32 * panel)
        // A row belongs to the stripe that its first float falls into.
        func rowsBefore(_ floats: Int) -> Int { min(max((floats - before + width - 1) / width, 0), layer.arenaRows) }
        append(number, panel, rowsBefore(begin)..<rowsBefore(end))
        before += layer.arenaRows * width
      }
    }
    self.layers = layers
  }
}
