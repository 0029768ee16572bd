import NeuralNetwork

/// How one mini-batch is cut among workers, and how their gradients come together again: a pure function of batch and shares.
package struct BatchPlan: Equatable, Sendable {
  /// Consecutive slices that a worker takes through forward and backward at once; their gradients leave it as one partial sum.
  package struct Pass: Equatable, Sendable {
    /// The first row, counted in the batch.
    package let firstRow: Int
    package let rows: Int
    package let firstSlice: Int
    package let slices: Int
    /// The worker's gradient buffer that the sum goes to,
    package let buffer: Int
    /// added to what is there.
    package let adds: Bool
    /// Additions that follow: the buffer to the one before it, that one to the one before it, and so on.
    package let merges: Int
    /// Rows from this pass's first to that of the worker's next: in the batch, or after its last pass in the next batch.
    package let ahead: Int
  }

  /// A gradient buffer: number `index` of worker `worker`.
  package struct Buffer: Equatable, Sendable {
    package let worker: Int
    package let index: Int
  }

  package struct Reduction: Equatable, Sendable {
    package let into: Buffer
    package let from: Buffer
  }

  package let rows: Int
  package let sliceRows: Int
  package let slices: Int
  /// For each worker its passes, in row order; none for one that sits out, and for some when there are more workers than slices.
  package let passes: [[Pass]]
  /// The additions that the reducer does, in order.
  package let reductions: [Reduction]
  /// Where the whole batch's gradient is after them.
  package let total: Buffer
  /// Gradient buffers that each worker uses.
  package let bufferCounts: [Int]

  /// Rows of a slice, from the batch size alone: a multiple of the 8 rows of an input block.
  ///
  /// Short slices spread a batch over more workers, and cost more additions between them. So slices have an eighth of a batch,
  /// but at least 8 and at most 32 rows; and 64 in batches of more than 64 such slices.
  package static func sliceRows(batchSize: Int) -> Int { batchSize > 2048 ? 64 : min(max((batchSize / 8 + 7) & ~7, 8), 32) }

  /// The plan for `rows` rows: a whole batch, or an epoch's last part of one.
  package init(rows: Int, batchSize: Int, shares: Shares) {
    precondition(rows > 0 && rows <= batchSize, "a plan for \(rows) rows of \(batchSize)")
    self.rows = rows
    sliceRows = Self.sliceRows(batchSize: batchSize)
    slices = (rows + sliceRows - 1) / sliceRows
    var largest = 1
    while 2 * largest * sliceRows <= Shard.mostRows { largest *= 2 }

    var passes: [[Pass]] = []
    var reductions: [Reduction] = []
    var bufferCounts: [Int] = []
    var sums = SliceTree.Stack<Buffer>(total: slices)
    for (worker, range) in shares.ranges(of: slices).enumerated() {
      let (own, left, most) = Self.passes(range, slices: slices, rows: rows, sliceRows: sliceRows, largest: largest, batchSize: batchSize)
      passes.append(own)
      bufferCounts.append(most)
      for (node, buffer) in left {
        for addition in sums.push(node, at: Buffer(worker: worker, index: buffer)) {
          reductions.append(Reduction(into: addition.into, from: addition.from))
        }
      }
    }
    precondition(sums.entries.count == 1, "the sums of a batch did not come together")
    self.passes = passes
    self.reductions = reductions
    self.bufferCounts = bufferCounts
    total = sums.entries[0].place
  }

  /// One worker's passes, the sums it leaves for the reducer, and how many buffers it used at most.
  private static func passes(
    _ range: Range<Int>, slices: Int, rows: Int, sliceRows: Int, largest: Int, batchSize: Int
  ) -> (passes: [Pass], left: [(SliceTree.Node, Int)], most: Int) {
    var stack = SliceTree.Stack<Int>(total: slices)
    var passes: [Pass] = []
    var most = 0
    for node in SliceTree.cover(range, of: slices, largest: largest) {
      let buffer = stack.entries.count
      var additions = stack.push(node, at: buffer)[...]
      // A sum that would be added to its left neighbour at once goes there directly, and needs no buffer of its own.
      let neighbour = additions.popFirst()
      most = max(most, neighbour == nil ? buffer + 1 : buffer)
      let end = node.end(of: slices)
      let next = end < range.upperBound ? end * sliceRows : batchSize + range.lowerBound * sliceRows
      let into = neighbour?.into ?? buffer
      precondition(additions.enumerated().allSatisfy { $1 == (into: into - $0 - 1, from: into - $0) }, "merges that do not follow each other")
      passes.append(
        Pass(
          firstRow: node.first * sliceRows, rows: min(end * sliceRows, rows) - node.first * sliceRows, firstSlice: node.first, slices: end - node.first,
          buffer: into, adds: neighbour != nil, merges: additions.count, ahead: next - node.first * sliceRows))
    }
    return (passes, stack.entries.map { ($0.node, $0.place) }, most)
  }
}
