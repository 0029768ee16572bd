/// The part of the parameter arena that one worker reduces and updates: whole rows of the layers' matrices, so that a row's transposed copy
/// has one writer.
public struct Stripe: Equatable, Sendable {
  /// Rows of one layer; contiguous in the arena.
  public struct Segment: Equatable, Sendable {
    public let layer: Int
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
      // A row belongs to the stripe that its first float falls into.
      func rowsBefore(_ float: Int) -> Int { min(max((float - layer.offset + layer.columns - 1) / layer.columns, 0), layer.rows) }
      let first = rowsBefore(max(begin, layer.offset))
      let last = rowsBefore(max(end, layer.offset))
      guard last > first else { continue }
      segments.append(
        Segment(layer: number, firstRow: first, rows: last - first, offset: layer.offset + first * layer.columns, count: (last - first) * layer.columns))
    }
    self.segments = segments
  }
}
