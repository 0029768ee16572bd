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
    /// Floats of a row: 16 or 32.
    public let width: Int

    /// Floats.
    public var count: Int { rows * width }
  }

  public let segments: [Segment]

  /// Stripe number `index` of `count` of nearly equal work; together they cover the arena once.
  public init(_ index: Int, of count: Int, network: Network) {
    let total = network.layers.indices.reduce(0) { $0 + network.layers[$1].count * Self.price(layer: $1) }
    let begin = total * index / count
    let end = total * (index + 1) / count
    var segments: [Segment] = []
    /// The work of the panels before.
    var before = 0
    for (number, layer) in network.layers.enumerated() {
      for panel in 0..<(layer.columns + 31) / 32 {
        let width = min(32, layer.columns - 32 * panel)
        let price = width * Self.price(layer: number)
        // A row belongs to the stripe that its first float's work falls into.
        func rowsBefore(_ work: Int) -> Int { min(max((work - before + price - 1) / price, 0), layer.rows) }
        let first = rowsBefore(begin)
        let last = rowsBefore(end)
        before += layer.rows * price
        guard last > first else { continue }
        segments.append(
          Segment(
            layer: number, panel: panel, firstRow: first, rows: last - first, offset: layer.index(row: first, unit: 32 * panel), width: width))
      }
    }
    self.segments = segments
  }

  /// The work of a float: a number of the first layer is added up and updated, one of another is also transposed, which takes half as long again.
  static func price(layer: Int) -> Int { layer == 0 ? 2 : 3 }
}
