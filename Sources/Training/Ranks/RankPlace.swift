import NeuralNetwork

/// A process's place among those that train one model together, and what is its part: a pure function, so that every rank knows the others' parts.
package struct RankPlace: Equatable, Sendable {
  package let rank: Int
  package let count: Int

  package static let alone = RankPlace(rank: 0, count: 1)

  package init(rank: Int, count: Int) {
    self.rank = rank
    self.count = count
  }

  /// The blocks of a batch of `rows` rows that this rank takes. With fewer blocks than ranks some take none.
  package func blocks(ofBatch rows: Int) -> Range<Int> { Shares.even(count).ranges(of: BatchPlan.blocks(rows))[rank] }

  /// All places.
  package var all: [RankPlace] { (0..<count).map { RankPlace(rank: $0, count: count) } }

  /// The nodes of the tree of a batch's blocks that this rank's blocks sum up to.
  func nodes(ofBatch rows: Int) -> [SumTree.Node] {
    var sums = SumTree.Stack<Void>(total: BatchPlan.blocks(rows))
    for block in blocks(ofBatch: rows) { _ = sums.push(SumTree.Node(first: block, span: 1), at: ()) }
    return sums.entries.map(\.node)
  }

  /// The parts in which the arena's gradients and weights are exchanged: whole layers, small ones with their neighbours. While one is under way, workers go on with
  /// the next; the largest comes first, so that little is left to wait for.
  package static func parts(_ network: Network) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    for block in network.blocks.sorted(by: { $0.offset < $1.offset }) {
      let end = block.offset + block.arenaRows * block.columns
      if let last = parts.last, last.count < leastFloats || end - block.offset < leastFloats || parts.count == most {
        parts[parts.count - 1] = last.lowerBound..<end
      } else {
        parts.append((parts.last?.upperBound ?? 0)..<end)
      }
    }
    return parts.sorted { $0.count > $1.count }
  }

  /// More would have no slots in an exchange.
  private static let most = 16
  /// Of a part: 256 KB, which take a fast network some 50 µs, many times as long as it takes workers to meet once more.
  private static let leastFloats = 1 << 16

  /// The weights of a part of the arena that this rank updates: whole rows of panels.
  package func owned(_ network: Network, of part: Range<Int>) -> Range<Int> {
    let floats = part.lowerBound + part.count * rank / count..<part.lowerBound + part.count * (rank + 1) / count
    let stripe = Stripe(floats: floats, network: network)
    guard let first = stripe.segments.map(\.offset).min(), let end = stripe.segments.map({ $0.offset + $0.count }).max() else { return 0..<0 }
    return first..<end
  }
}
