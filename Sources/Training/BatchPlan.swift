import NeuralNetwork

/// How one mini-batch is cut among workers: a pure function of its rows, the network's first layer and the shares.
///
/// A batch is taken in sections of as many rows as memory is kept for; mostly it is one. In a section the workers take
/// - first the sums of the first layer, divided by inputs: then the weights of an input are read and updated by one worker, and stay in its cache.
///   Where there are more workers than leaves of inputs, they fall into groups, each with its own rows; a wide layer has one leaf, and each worker is a
///   group;
/// - then all that follows, divided by rows;
/// - then the gradients of the weights, divided by weights (`Stripe`), each over all rows.
///
/// No bit depends on any of this: the first layer's sums are added in the tree of `SumTree`, a row's are its own, and a weight's gradient is one chain over
/// the rows of each block of 128 in order, and the blocks are added in such a tree, too.
package struct BatchPlan: Equatable, Sendable {
  package struct Section: Equatable, Sendable {
    /// Counted in the batch.
    package let rows: Range<Int>
    /// One a worker. That of a worker without a share is empty.
    package let shards: [Shard]
    /// The chunks of all groups, in row order.
    package let parts: [GradientPart]
  }

  /// What a chunk's rows add to the gradient, and where.
  package struct GradientPart: Equatable, Sendable {
    package let chunk: Shard.Chunk
    /// Whether it is the first chunk of its block, whose sums begin with zero.
    package let begins: Bool
    /// The number of the arena that its block is summed in.
    package let arena: Int
    /// Additions that follow: that arena to the one before it, that one to the one before it, and so on.
    package let merges: Int
  }

  /// Of the whole batch, whoever takes them.
  package let rows: Int
  /// The blocks of the batch that this process takes.
  package let blocks: Range<Int>
  package private(set) var sections: [Section]
  /// More than one where the first layer is divided by rows, too.
  package let groups: Int
  /// Whether every group is one worker, which needs nobody else's sums.
  package let isAlone: Bool
  /// Whether a section ends with a barrier. It needs none where all that a worker reads and writes before the next barrier is its own: the inputs and
  /// weights of its runs, and its part sums. But the workers of several groups write inputs (and, alone, outputs and deltas) that others may still be
  /// reading, and read weights that others update; and where one worker of a group has all leaves, it writes the layer's outputs themselves.
  package let endsWithBarrier: Bool
  /// Arenas that the gradient is summed in.
  package let gradientArenas: Int
  /// The sums that are left at the end, the first in the first arena, and so on: of a whole batch one.
  let nodes: [SumTree.Node]

  /// Rows that are divided as one, and whose losses are summed as one.
  package static var sliceRows: Int { BatchBuffers.sliceRows }

  package static func slices(_ rows: Int) -> Int { (rows + sliceRows - 1) / sliceRows }

  /// Rows over which a gradient is one chain.
  package static var blockRows: Int { BatchBuffers.chunkRows }

  package static func blocks(_ rows: Int) -> Int { (rows + blockRows - 1) / blockRows }

  /// The rows of the batch that this process takes.
  package var taken: Range<Int> { min(blocks.lowerBound * Self.blockRows, rows)..<min(blocks.upperBound * Self.blockRows, rows) }

  package var slices: Int { Self.slices(rows) }

  /// Slices whose losses are summed before they are added to those of others.
  static var slicesPerBlock: Int { blockRows / sliceRows }

  /// Slices that each worker takes through all layers but the first.
  package var sliceCounts: [Int] {
    sections.reduce(into: sections[0].shards.map { _ in 0 }) { counts, section in
      for (worker, shard) in section.shards.enumerated() { counts[worker] += Self.slices(shard.rows.count) }
    }
  }

  /// - Parameters:
  ///   - rows: of the batch.
  ///   - leaves: of the first layer's inputs.
  ///   - shares: of this process's workers.
  ///   - sectionRows: the most rows of a section.
  ///   - blocks: that this process takes; nil for all. Without any it has one section, which is empty.
  package init(rows: Int, leaves: InputLeaves, shares: Shares, sectionRows: Int = BatchBuffers.mostRows, blocks: Range<Int>? = nil) {
    precondition(rows > 0, "a plan for \(rows) rows")
    self.rows = rows
    self.blocks = blocks ?? 0..<Self.blocks(rows)
    let taken = min(self.blocks.lowerBound * Self.blockRows, rows)..<min(self.blocks.upperBound * Self.blockRows, rows)
    let groups = Self.groups(of: shares.members, leaves: leaves)
    self.groups = groups.count
    isAlone = groups.count == shares.members.count
    var tree = GradientTree(rows: rows)
    let sections = stride(from: taken.lowerBound, to: max(taken.upperBound, taken.lowerBound + 1), by: sectionRows).map { first in
      Self.section(first..<min(first + sectionRows, taken.upperBound), leaves, shares, groups, &tree)
    }
    self.sections = sections
    gradientArenas = tree.arenas
    nodes = tree.nodes
    let writesOutputs = sections.contains { $0.shards.contains { $0.parts.contains(0) } }
    endsWithBarrier = groups.count > 1 || !isAlone && writesOutputs
  }

  /// Lists of inputs that the buffers of an engine with `workers` workers need for sections of `rows` rows, whatever the shares.
  package static func mostChunks(rows: Int, workers: Int, leaves: InputLeaves) -> Int {
    let groups = (1...workers).map { members in Self.groups(of: Array(0..<members), leaves: leaves).count }.max()!
    return (rows + BatchBuffers.chunkRows - 1) / BatchBuffers.chunkRows + groups - 1
  }

  /// The members in groups, each of which divides the leaves among its own: as few as let nobody wait much longer than with more of them, since each group
  /// reads all of the first layer's weights.
  private static func groups(of members: [Int], leaves: InputLeaves) -> [ArraySlice<Int>] {
    // One leaf cannot be divided.
    guard leaves.count > 1 else { return members.indices.map { members[$0...$0] } }
    /// The part of the work that the busiest worker has.
    func longest(_ groups: Int) -> Double {
      let fewest = members.count / groups
      return Double((leaves.count + fewest - 1) / fewest) / Double(leaves.count * groups)
    }
    let best = (1...members.count).map(longest).min()!
    let count = (1...members.count).first { longest($0) <= 1.2 * best }!
    return (0..<count).map { group in members[members.count * group / count..<members.count * (group + 1) / count] }
  }

  private static func section(
    _ rows: Range<Int>, _ leaves: InputLeaves, _ shares: Shares, _ groups: [ArraySlice<Int>], _ tree: inout GradientTree
  ) -> Section {
    let own = shares.ranges(of: slices(rows.count)).map { min($0.lowerBound * sliceRows, rows.count)..<min($0.upperBound * sliceRows, rows.count) }
    var shards = own.map { _ in Shard.none }
    var chunks: [Shard.Chunk] = []
    for group in groups {
      let groupRows = own[group.first!].lowerBound..<own[group.last!].upperBound
      var groupChunks: [Shard.Chunk] = []
      // None reaches into two blocks.
      for first in groupRows where first == groupRows.lowerBound || first % blockRows == 0 {
        groupChunks.append(
          Shard.Chunk(list: chunks.count + groupChunks.count, rows: first..<min((first / blockRows + 1) * blockRows, groupRows.upperBound)))
      }
      chunks += groupChunks

      var sums = SumTree.Stack<Int>(total: leaves.count)
      var additions: [Shard.Addition] = []
      let divided = Shares(group.map { shares.weights[$0] }).ranges(of: leaves.count)
      let plans = divided.map { Self.leaves($0, leaves) }
      var parts = plans.reduce(0) { $0 + $1.nodes.count } > 1 ? 1 : 0
      let summed = plans.map { plan in
        let first = parts
        for node in plan.nodes {
          for addition in sums.push(node, at: parts) {
            additions.append(Shard.Addition(left: addition.into, right: addition.from, into: addition.into))
          }
          parts += 1
        }
        return (leaves: plan.plan, parts: Array(first..<parts))
      }
      precondition(sums.entries.count == 1, "the sums of the leaves did not come together")
      if let last = additions.popLast() { additions.append(Shard.Addition(left: last.left, right: last.right, into: 0)) }
      for ((worker, range), summed) in zip(zip(group, divided), summed) {
        shards[worker] = Shard(
          chunks: groupChunks, runs: leaves.runs(of: range), leaves: summed.leaves, parts: summed.parts, rows: own[worker], additions: additions)
      }
    }
    return Section(rows: rows, shards: shards, parts: chunks.map { tree.add($0, behind: rows.lowerBound) })
  }

  /// How a worker sums `range` of the leaves, and the nodes of the tree that it then has, from left to right.
  private static func leaves(_ range: Range<Int>, _ leaves: InputLeaves) -> (plan: [Shard.Leaf], nodes: [SumTree.Node]) {
    var stack = SumTree.Stack<Int>(total: leaves.count)
    let plan = range.map { leaf in
      let place = stack.entries.count
      let additions = stack.push(SumTree.Node(first: leaf, span: 1), at: place)
      precondition(additions.enumerated().allSatisfy { $1 == (into: place - $0 - 1, from: place - $0) }, "merges that do not follow each other")
      return Shard.Leaf(runs: leaves.runs(of: leaf..<leaf + 1), place: place, merges: additions.count)
    }
    return (plan, stack.entries.map(\.node))
  }

  /// The plan in one worker's own memory, without the others' shards.
  package func own(_ worker: Int) -> BatchPlan {
    var plan = self
    plan.sections = sections.map { section in
      var shards = section.shards.map { _ in Shard.none }
      shards[worker] = section.shards[worker].copy
      return Section(rows: section.rows, shards: shards, parts: section.parts.map { $0 })
    }
    return plan
  }

  /// The plan of one worker for `rows` rows that it takes alone, without a gradient.
  package static func alone(rows: Int, leaves: InputLeaves) -> Shard { BatchPlan(rows: rows, leaves: leaves, shares: .even(1)).sections[0].shards[0] }
}

/// The order in which the blocks of a batch are added: that of `SumTree`, done as the chunks come.
private struct GradientTree {
  private let rows: Int
  private var sums: SumTree.Stack<Int>
  private(set) var arenas = 1

  init(rows: Int) {
    self.rows = rows
    sums = SumTree.Stack(total: BatchPlan.blocks(rows))
  }

  var nodes: [SumTree.Node] { sums.entries.map(\.node) }

  /// The next chunk in row order, of a section that begins at row `first` of the batch, where a block does.
  mutating func add(_ chunk: Shard.Chunk, behind first: Int) -> BatchPlan.GradientPart {
    let arena = sums.entries.count
    arenas = max(arenas, arena + 1)
    let end = first + chunk.rows.upperBound
    var merges = 0
    if end % BatchPlan.blockRows == 0 || end == rows {
      let additions = sums.push(SumTree.Node(first: (end - 1) / BatchPlan.blockRows, span: 1), at: arena)
      precondition(additions.enumerated().allSatisfy { $1 == (into: arena - $0 - 1, from: arena - $0) }, "merges that do not follow each other")
      merges = additions.count
    }
    return BatchPlan.GradientPart(chunk: chunk, begins: (first + chunk.rows.lowerBound) % BatchPlan.blockRows == 0, arena: arena, merges: merges)
  }
}
