import Failures
import KernelTemplates
import NeuralNetwork
import Ranks

/// What the ranks give each other in a step, and the memory for it.
///
/// A step's gradients are summed in one tree over its blocks of rows (`SumTree`). Each rank has the sums of its own blocks, a node or a few; it sends each other
/// rank that part of them which the other updates, adds what it got in the tree's order, updates its part, and gives it to all.
///
/// `@unchecked Sendable`: `received` is written by the exchange that the step's first worker begins and ends between two barriers, and summed behind the second,
/// by each worker in its own part.
final class RankExchange: @unchecked Sendable {
  let ranks: Ranks
  let place: RankPlace
  /// The floats of the arena that this rank updates.
  let owned: Range<Int>
  private let parameters: ParameterArena
  private let everybodysOwned: RankParts
  private let everybodysSquares: RankParts
  private let everybodysFault: RankParts
  private let whole: BatchParts
  private let rest: BatchParts
  /// For each node of the tree in order the owned floats of its sum.
  private let received: AlignedBuffer
  private let faults: UnsafeMutablePointer<Int32>

  /// - Throws: `Failure` when there is not enough memory, or more floats than MPI counts.
  init(_ ranks: Ranks, _ epoch: EpochPlan, _ parameters: ParameterArena, _ metrics: MetricPlan) throws(Failure) {
    self.ranks = ranks
    self.parameters = parameters
    place = epoch.place
    let parts = place.all.map { $0.owned(parameters.network) }
    owned = parts[place.rank]
    everybodysOwned = try RankParts(parts)
    everybodysSquares = try RankParts(parts.map { $0.lowerBound / 16..<$0.upperBound / 16 })
    everybodysFault = try RankParts(parts.indices.map { $0..<$0 + 1 })
    whole = try BatchParts(epoch.whole, place, parts, metrics)
    rest = try BatchParts(epoch.rest, place, parts, metrics)
    received = try AlignedBuffer(count: max(whole.nodes, rest.nodes) * owned.count)
    faults = .allocate(capacity: parts.count)
  }

  deinit { faults.deallocate() }

  /// Of memory.
  var bytes: Int { received.count * MemoryLayout<Float>.stride }

  /// What is exchanged of a batch of so many rows.
  private struct BatchParts: Sendable {
    let rows: Int
    /// In the tree.
    let nodes: Int
    /// For the first node of each rank, for the second, and so on: what is sent, and where what is received goes.
    let rounds: [(send: RankParts, receive: RankParts)]
    let slices: RankParts
    let metrics: RankParts
    let additions: [(into: Int, from: Int)]

    init(_ plan: BatchPlan, _ place: RankPlace, _ owned: [Range<Int>], _ metrics: MetricPlan) throws(Failure) {
      let nodes = place.all.map { $0.nodes(ofBatch: plan.rows) }
      precondition(nodes[place.rank] == plan.nodes, "sums \(plan.nodes) of blocks, not \(nodes[place.rank])")
      let width = owned[place.rank].count
      rows = plan.rows
      self.nodes = nodes.reduce(0) { $0 + $1.count }
      var rounds: [(send: RankParts, receive: RankParts)] = []
      for round in 0..<(nodes.map(\.count).max() ?? 0) {
        var before = 0
        var receive: [Range<Int>] = []
        for theirs in nodes {
          let first = (before + round) * width
          receive.append(round < theirs.count ? first..<first + width : 0..<0)
          before += theirs.count
        }
        rounds.append((try RankParts(round < plan.nodes.count ? owned : owned.map { _ in 0..<0 }), try RankParts(receive)))
      }
      self.rounds = rounds
      let slices = place.all.map { $0.slices(ofBatch: plan.rows) }
      func parts(words: Int) throws(Failure) -> RankParts { try RankParts(slices.map { $0.lowerBound * words..<$0.upperBound * words }) }
      self.slices = try parts(words: MemoryLayout<SliceSums>.stride / 4)
      self.metrics = try parts(words: metrics.sums * MemoryLayout<Double>.stride / 4)
      var sums = SumTree.Stack<Int>(total: BatchPlan.blocks(plan.rows))
      additions = nodes.joined().enumerated().flatMap { sums.push($1, at: $0) }
      precondition(sums.entries.count == 1, "the ranks' sums did not come together")
    }
  }

  private func parts(_ plan: BatchPlan) -> BatchParts { plan.rows == whole.rows ? whole : rest }

  /// By the first worker, behind the barrier after the rank's own sums: everybody gets the sums that he updates, and the losses of all slices.
  func exchange(_ plan: BatchPlan, _ total: EpochSums) {
    let parts = parts(plan)
    ranks.gather(.sums, total.slots, parts.slices)
    if let tallies = total.tallies { ranks.gather(.metrics, tallies.slots, parts.metrics) }
    for (arena, round) in parts.rounds.enumerated() {
      ranks.scatter(.gradient, from: parameters.gradients(arena), round.send, into: received.base, round.receive)
      ranks.wait(.gradient)
    }
    ranks.wait(.sums)
    if total.tallies != nil { ranks.wait(.metrics) }
  }

  /// Behind the barrier after `exchange`: the batch's gradient of a segment of what this rank updates.
  func sum(_ kernels: any KernelSet.Type, _ segment: Stripe.Segment, _ plan: BatchPlan) {
    let first = received.base + (segment.offset - owned.lowerBound)
    func panel(_ node: Int) -> Panel { Panel(first + node * owned.count, stride: segment.width) }
    for addition in parts(plan).additions {
      kernels.add(panel(addition.into), panel(addition.from), into: panel(addition.into), rows: segment.rows.count, columns: segment.width)
    }
    parameters.setGradient(segment, to: first)
  }

  /// By the first worker, where norms are clipped: everybody's sums of squares to all.
  func gatherSquares() {
    ranks.gather(.gradient, parameters.squareSums, everybodysSquares)
    ranks.wait(.gradient)
  }

  /// By the first worker, behind the barrier after the update: everybody's weights to all. Returns whether any rank has failed.
  func gatherWeights(hasFailed: Bool) -> Bool {
    faults[place.rank] = hasFailed ? 1 : 0
    ranks.gather(.faults, faults, everybodysFault)
    ranks.gather(.gradient, parameters.weightBase, everybodysOwned)
    ranks.wait(.faults)
    ranks.wait(.gradient)
    return (0..<place.count).contains { faults[$0] != 0 }
  }

  /// What a rank's tallies begin with, so that those of all together begin with `totals`.
  func start(_ totals: MetricTotals) -> MetricTotals {
    place.rank == 0 ? totals : MetricTotals(counts: totals.counts.map { _ in 0 }, sums: totals.sums)
  }

  /// By the coordinator of every rank, while no worker runs: what all have counted. Sums are everybody's already.
  func joined(_ totals: MetricTotals) -> MetricTotals {
    MetricTotals(counts: ranks.sums(totals.counts), sums: totals.sums)
  }

  /// Likewise: everybody's moments to all.
  func gatherMoments() {
    for number in 0..<parameters.momentArenas {
      ranks.gather(.talk, parameters.momentBase(number), everybodysOwned)
      ranks.wait(.talk)
    }
  }

  /// Likewise the gradient of the last step.
  func gatherGradient() {
    ranks.gather(.talk, parameters.gradients(0), everybodysOwned)
    ranks.wait(.talk)
  }
}
