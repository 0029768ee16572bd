/// The part of the parameters that one worker sums gradients for and updates: whole rows of the panels of the layers' matrices, so that a row's
/// transposed copy has one writer.
public struct Stripe: Equatable, Sendable {
  /// Rows of one panel of one block; contiguous in the arena.
  public struct Segment: Equatable, Sendable {
    /// The number of one of `Network.blocks`; of a dense layer's it is the layer's.
    public let block: Int
    /// Which panel of the block.
    public let panel: Int
    /// Rows of that panel.
    public let rows: Range<Int>
    /// Floats from the arena's start.
    public let offset: Int
    /// Floats of a row: 16 or 32.
    public let width: Int

    /// Floats.
    public var count: Int { rows.count * width }

    /// Where some of the rows start in the arena.
    func offset(of rows: Range<Int>) -> Int { offset + (rows.lowerBound - self.rows.lowerBound) * width }
  }

  /// For each block its segments.
  public let blocks: [[Segment]]

  /// The segments of all blocks, one block behind the other.
  public var segments: [Segment] { blocks.flatMap(\.self) }

  /// - Parameters:
  ///   - network: whose parameters they are.
  ///   - runs: of the first layer's inputs; the weights of these inputs.
  ///   - share: of the other weights, from a part of the whole to another, 0 … 1. Stripes whose runs and shares cover everything once, do.
  public init(runs: Range<Int>, share: Range<Double>, network: Network) {
    var blocks = network.blocks.map { _ in [Segment]() }
    func append(_ number: Int, _ panel: Int, _ rows: Range<Int>) {
      guard !rows.isEmpty else { return }
      let block = network.blocks[number]
      blocks[number].append(
        Segment(
          block: number, panel: panel, rows: rows, offset: block.index(row: rows.lowerBound, unit: 32 * panel), width: min(32, block.columns - 32 * panel)))
    }
    for panel in 0..<network.layers[0].panels { append(0, panel, runs.lowerBound * 8..<runs.upperBound * 8) }
    let total = network.blocks.dropFirst().reduce(0) { $0 + $1.trainedCount }
    let first = Int(share.lowerBound * Double(total))
    let last = Int(share.upperBound * Double(total))
    /// Floats of the panels before.
    var before = 0
    for (number, block) in network.blocks.enumerated().dropFirst() {
      for panel in 0..<block.panels {
        let width = min(32, block.columns - 32 * panel)
        let rows = block.trainedRows
        // A row belongs to the stripe that its first float falls into.
        func row(at floats: Int) -> Int { rows.lowerBound + min(max((floats - before + width - 1) / width, 0), rows.count) }
        append(number, panel, row(at: first)..<row(at: last))
        before += rows.count * width
      }
    }
    self.blocks = blocks
  }

  /// The trained rows of panels whose first float is one of these of the arena; of the first layer the runs of eight.
  public init(floats: Range<Int>, network: Network) {
    blocks = network.blocks.enumerated().map { number, block in
      (0..<block.panels).compactMap { panel in
        let width = min(32, block.columns - 32 * panel)
        let base = block.index(row: 0, unit: 32 * panel)
        /// Rows of the first layer are summed by the run.
        let height = number == 0 ? 8 : 1
        /// The first row that begins at this float or behind it.
        func row(at float: Int) -> Int { (max(0, float - base) + height * width - 1) / (height * width) * height }
        let rows = (row(at: floats.lowerBound)..<row(at: floats.upperBound)).clamped(to: block.trainedRows)
        guard !rows.isEmpty else { return nil }
        return Segment(block: number, panel: panel, rows: rows, offset: base + rows.lowerBound * width, width: width)
      }
    }
  }
}
