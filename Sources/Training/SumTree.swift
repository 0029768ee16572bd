/// The one tree in which the leaves of the first layer's sums are added, whoever summed them.
///
/// Leaf *i* of *n*: neighbours (0 1)(2 3)… are added first, then pairs of neighbours, and so on; what has no right neighbour moves up alone. The tree
/// depends on the number of leaves alone, so the sum has the same bits on any number of workers.
enum SumTree {
  /// A node: leaves `first ..< first + span` as far as they exist. `first` is a multiple of `span`, a power of two.
  struct Node: Equatable {
    var first: Int
    var span: Int
  }

  /// Half-done sums from left to right; each has a node and a place where its numbers are.
  struct Stack<Place> {
    let total: Int
    private(set) var entries: [(node: Node, place: Place)] = []

    init(total: Int) { self.total = total }

    /// Puts the next node on the stack, and adds what the tree adds: the answer lists the additions in order.
    mutating func push(_ node: Node, at place: Place) -> [(into: Place, from: Place)] {
      entries.append((node, place))
      var additions: [(into: Place, from: Place)] = []
      while true {
        let top = entries.count - 1
        // The last node has no right neighbour: while it is a left child, it moves up alone.
        while entries[top].node.first > 0, entries[top].node.first + entries[top].node.span >= total,
          entries[top].node.first % (2 * entries[top].node.span) == 0
        {
          entries[top].node.span *= 2
        }
        guard top > 0 else { return additions }
        let left = entries[top - 1]
        let right = entries[top]
        guard left.node.span == right.node.span, left.node.first % (2 * left.node.span) == 0 else { return additions }
        additions.append((into: left.place, from: right.place))
        entries.removeLast()
        entries[top - 1].node.span *= 2
      }
    }
  }
}
