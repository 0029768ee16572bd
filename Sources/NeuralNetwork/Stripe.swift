/// The part of the parameter arena that one worker reduces and updates: whole rows of the panels of the layers' matrices, so that a
/// row's transposed copy has one writer.
public struct Stripe: Equatable, Sendable {
  /// Rows of one panel of one layer; contiguous in the arena.
  public struct Segment: Equatable, Sendable {
    public let layer: Int
    public let panel: Int
    public let firstRow: Int
    public let rows: Int
    /// Floats from the arena's start.
    public let offset: Int
    /// Floats.
    public let count: Int
  }

  public let segments: [Segment]

  /// Stripe number `index` of `count` of nearly equal size; together they cover the arena once.
  public init(_ index: Int, of count: Int, network: Network) {
    let total = network.arenaCount
    let begin = total * index / count
    let end = total * (index + 1) / count
    var segments: [Segment] = []
    for (number, layer) in network.layers.enumerated() {
      for panel in 0..<(layer.columns + 31) / 32 {
        let start = layer.index(row: 0, unit: 32 * panel)
        let width = min(32, layer.columns - 32 * panel)
        // A row belongs to the stripe that its first float falls into.
        func rowsBefore(_ float: Int) -> Int { min(max((float - start + width - 1) / width, 0), layer.rows) }
        let first = rowsBefore(max(begin, start))
        let last = rowsBefore(max(end, start))
        guard last > first else { continue }
        segments.append(
          Segment(layer: number, panel: panel, firstRow: first, rows: last - first, offset: start + first * width, count: (last - first) * width))
      }
    }
    self.segments = segments
  }
}
