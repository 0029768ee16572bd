import NeuralNetwork

/// How an epoch falls into steps: whole batches, and perhaps a last one of the rows that are left.
package struct EpochPlan: Sendable {
  package let rows: Int
  package let batchSize: Int
  package let leaves: InputLeaves
  package let shares: Shares
  /// The most rows of a batch that are in memory at once.
  package let sectionRows: Int
  /// Which of the processes that train together takes these steps.
  let place: RankPlace
  package let steps: Int
  package let wholeSteps: Int
  /// The plan of a whole batch; when there is none, the same as `rest`.
  package private(set) var whole: BatchPlan
  /// The plan of the last, partial batch; when there is none, the same as `whole`.
  package private(set) var rest: BatchPlan

  package init(rows: Int, batchSize: Int, leaves: InputLeaves, shares: Shares, sectionRows: Int = BatchBuffers.mostRows, place: RankPlace = .alone) {
    precondition(rows > 0, "an epoch without rows")
    self.rows = rows
    self.batchSize = batchSize
    self.leaves = leaves
    self.shares = shares
    self.sectionRows = sectionRows
    self.place = place
    func plan(_ rows: Int) -> BatchPlan {
      BatchPlan(rows: rows, leaves: leaves, shares: shares, sectionRows: sectionRows, blocks: place.blocks(ofBatch: rows))
    }
    wholeSteps = rows / batchSize
    let left = rows % batchSize
    steps = wholeSteps + (left > 0 ? 1 : 0)
    let partial = left > 0 ? plan(left) : nil
    let full = wholeSteps > 0 ? plan(batchSize) : nil
    whole = full ?? partial!
    rest = partial ?? full!
  }

  /// The same epoch, divided otherwise.
  package func divided(by shares: Shares) -> EpochPlan {
    EpochPlan(rows: rows, batchSize: batchSize, leaves: leaves, shares: shares, sectionRows: sectionRows, place: place)
  }

  /// The same in one worker's own memory, without the others' shards.
  package func own(_ worker: Int) -> EpochPlan {
    var epoch = self
    epoch.whole = whole.own(worker)
    epoch.rest = rest.own(worker)
    return epoch
  }

  /// Arenas that a step's gradient is summed in.
  package var gradientArenas: Int { max(whole.gradientArenas, rest.gradientArenas) }

  /// The plan of step `step`.
  package func plan(_ step: Int) -> BatchPlan { step < wholeSteps ? whole : rest }

  /// Each worker's part of the parameters.
  package func stripes(_ network: Network) -> [Stripe] {
    let total = Double(shares.weights.reduce(0, +))
    let runs = whole.groups == 1 ? whole.sections[0].shards.map(\.runs) : shares.ranges(of: leaves.runs)
    var before = 0
    return zip(shares.weights, runs).map { weight, runs in
      defer { before += weight }
      return Stripe(runs: runs, share: Double(before) / total..<Double(before + weight) / total, network: network)
    }
  }

  /// Each worker's share of a part of the parameters.
  func stripes(_ network: Network, of floats: Range<Int>) -> [Stripe] {
    shares.ranges(of: floats.count).map { Stripe(floats: floats.lowerBound + $0.lowerBound..<floats.lowerBound + $0.upperBound, network: network) }
  }

  /// Where in the epoch's order the rows lie that a worker gathers after `chunk` of its shard: from its next chunk on, or, after its last, from where it will
  /// begin in the next section or batch. To the epoch's end, those of other workers among them.
  package func following(_ chunk: Shard.Chunk, of shard: Shard, in section: BatchPlan.Section, step: Int) -> Range<Int> {
    let begin = step * batchSize + section.rows.lowerBound
    let isLast = chunk.rows.upperBound == shard.chunks[shard.chunks.count - 1].rows.upperBound
    let taken = plan(step).taken
    let next = section.rows.upperBound == taken.upperBound ? (step + 1) * batchSize + taken.lowerBound : begin + section.rows.count
    let first = isLast ? next + shard.chunks[0].rows.lowerBound : begin + chunk.rows.upperBound
    return min(first, rows)..<rows
  }

  /// Slices that each worker takes in `steps`.
  package func slices(in steps: Range<Int>) -> [Int] {
    let whole = steps.clamped(to: 0..<wholeSteps).count
    return zip(self.whole.sliceCounts, rest.sliceCounts).map { $0 * whole + $1 * (steps.count - whole) }
  }
}
