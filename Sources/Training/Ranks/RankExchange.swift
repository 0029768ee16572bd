import Failures
import KernelTemplates
import NeuralNetwork
import Ranks

/// What the ranks give each other in a step, and the memory for it.
///
/// A step's gradients are summed in one tree over its blocks of rows (`SumTree`). Each rank has the sums of its own blocks, a node or a few; it sends each other
/// rank that part of them which the other updates, adds what it got in the tree's order, updates its part, and gives it to all. All of that is done for one part
/// of the arena after the other, so that one travels while the next is computed.
///
/// `@unchecked Sendable`: a part's received sums are MPI's from `begin` until the first worker has waited in `end`; behind the barrier after that each worker adds
/// those of its own share. Which exchanges are under way is the first worker's affair.
final class RankExchange: @unchecked Sendable {
  let ranks: Ranks
  let place: RankPlace
  /// In the order in which they are exchanged.
  let parts: [Part]
  private let whole: BatchParts
  private let rest: BatchParts
  private let everybodysFault: RankParts
  private let faults: UnsafeMutablePointer<Int32>
  private let parameters: ParameterArena
  private let received: AlignedBuffer
  /// An exchange that has begun, for `goOn`.
  private var underWay: Ranks.Slot?

  /// A part of the arena.
  struct Part: Sendable {
    let floats: Range<Int>
    /// What of it this rank updates.
    let owned: Range<Int>
    /// Where in `received`, for each node of the tree in order, the owned floats of its sum begin.
    let received: Int
    let everybodysOwned: RankParts
    /// What this rank sends, so that the first has everybody's; and what it gets, which only the first does.
    let toFirst: (send: RankParts, receive: RankParts)
    let everybodysSquares: RankParts
    /// Of the gradients, one a round.
    let slots: ArraySlice<Ranks.Slot>
    let weightSlot: Ranks.Slot
  }

  /// - Throws: `Failure` when there is not enough memory, or more floats than MPI counts.
  init(_ ranks: Ranks, _ epoch: EpochPlan, _ parameters: ParameterArena, _ buffers: BatchBuffers) throws(Failure) {
    self.ranks = ranks
    self.parameters = parameters
    place = epoch.place
    let all = place.all
    let ranges = RankPlace.parts(parameters.network)
    let owned = ranges.map { part in all.map { $0.owned(parameters.network, of: part) } }
    whole = try BatchParts(epoch.whole, epoch.place, owned, buffers)
    rest = try BatchParts(epoch.rest, epoch.place, owned, buffers)
    let nodes = max(whole.nodes, rest.nodes)
    let rounds = max(whole.rounds, rest.rounds)
    var slots = Ranks.Slot.gradients[...]
    precondition(ranges.count <= Ranks.Slot.weights.count && ranges.count * rounds <= slots.count, "\(ranges.count) parts in \(rounds) rounds")
    var before = 0
    var parts: [Part] = []
    for ((range, owned), weightSlot) in zip(zip(ranges, owned), Ranks.Slot.weights) {
      parts.append(
        Part(
          floats: range, owned: owned[place.rank], received: before, everybodysOwned: try RankParts(owned),
          toFirst: try place.toFirst(owned),
          everybodysSquares: try RankParts(owned.map { $0.lowerBound / 16..<$0.upperBound / 16 }), slots: slots.prefix(rounds),
          weightSlot: weightSlot))
      slots = slots.dropFirst(rounds)
      before += nodes * owned[place.rank].count
    }
    self.parts = parts
    received = try AlignedBuffer(count: before)
    everybodysFault = try RankParts(all.indices.map { $0..<$0 + 1 })
    faults = .allocate(capacity: all.count)
  }

  deinit { faults.deallocate() }

  /// Of memory.
  var bytes: Int { received.count * MemoryLayout<Float>.stride }

  /// Of the moments that this rank updates.
  var momentBytes: Int { parameters.momentArenas * parts.reduce(0) { $0 + $1.owned.count } * MemoryLayout<Float>.stride }

  /// What is exchanged of a batch of so many rows.
  private struct BatchParts: Sendable {
    let rows: Int
    /// In the tree.
    let nodes: Int
    /// For each part of the arena and the first node of each rank, then for the second, and so on: what is sent, and where, behind the part's first received float,
    /// what is received goes.
    let gradients: [[(send: RankParts, receive: RankParts)]]
    let losses: RankParts
    let metrics: RankParts
    /// For each pass but the last, of what batch normalisation tells from all rows.
    let statistics: [RankParts]
    let additions: [(into: Int, from: Int)]

    var rounds: Int { gradients[0].count }

    /// - Parameter owned: for each part of the arena what each rank updates.
    init(_ plan: BatchPlan, _ place: RankPlace, _ owned: [[Range<Int>]], _ buffers: BatchBuffers) throws(Failure) {
      let nodes = place.all.map { $0.nodes(ofBatch: plan.rows) }
      precondition(nodes[place.rank] == plan.nodes, "sums \(plan.nodes) of blocks, not \(nodes[place.rank])")
      rows = plan.rows
      self.nodes = nodes.reduce(0) { $0 + $1.count }
      gradients = try owned.map { owned throws(Failure) in
        let width = owned[place.rank].count
        return try (0..<(nodes.map(\.count).max() ?? 0)).map { round throws(Failure) in
          var before = 0
          var receive: [Range<Int>] = []
          for theirs in nodes {
            let first = (before + round) * width
            receive.append(round < theirs.count ? first..<first + width : 0..<0)
            before += theirs.count
          }
          return (try RankParts(round < plan.nodes.count ? owned : owned.map { _ in 0..<0 }), try RankParts(receive))
        }
      }
      let blocks = place.all.map { $0.blocks(ofBatch: plan.rows) }
      losses = try RankParts(blocks, words: MemoryLayout<SliceSums>.stride / 4)
      metrics = try RankParts(blocks, words: buffers.metrics.sums * MemoryLayout<Double>.stride / 4)
      statistics = try buffers.statisticsColumns.map { columns throws(Failure) in try RankParts(blocks, words: 2 * columns) }
      var sums = SumTree.Stack<Int>(total: BatchPlan.blocks(rows))
      additions = nodes.joined().enumerated().flatMap { sums.push($1, at: $0) }
      precondition(sums.entries.count == 1, "the ranks' sums did not come together")
    }
  }

  private func batch(_ rows: Int) -> BatchParts { rows == whole.rows ? whole : rest }

  // By the first worker, while the others wait at a barrier or do what does not touch what is under way:

  /// Everybody's blocks of a batch of so many rows to all, as the pass's normalisation goes forward or back.
  func gatherStatistics(_ buffers: BatchBuffers, pass: Int, rows: Int) {
    ranks.gather(.statistics, buffers.blockSums(pass: pass), batch(rows).statistics[pass])
    ranks.wait(.statistics)
  }

  /// Behind the barrier after the rank's own losses: those of all blocks begin to come.
  func beginSums(_ plan: BatchPlan, _ total: EpochSums) {
    total.sum(plan.blocks, slices: plan.slices)
    ranks.gather(.sums, total.blocks, batch(plan.rows).losses)
    if let tallies = total.tallies { ranks.gather(.metrics, tallies.blocks, batch(plan.rows).metrics) }
  }

  func endSums(_ total: EpochSums) {
    ranks.wait(.sums)
    if total.tallies != nil { ranks.wait(.metrics) }
  }

  /// Behind the barrier after the rank's own sums of a part: everybody begins to get those that he updates. Until `end` nobody may touch the part's gradients.
  func begin(_ part: Int, _ plan: BatchPlan) {
    let (batch, part) = (batch(plan.rows).gradients[part], parts[part])
    for ((arena, round), slot) in zip(batch.enumerated(), part.slots) {
      ranks.scatter(slot, from: parameters.gradients(arena), round.send, into: received.base + part.received, round.receive)
      underWay = slot
    }
  }

  /// Lets what has begun go on.
  func goOn() { if let underWay { ranks.poke(underWay) } }

  func end(_ part: Int, _ plan: BatchPlan) {
    for (_, slot) in zip(batch(plan.rows).gradients[part], parts[part].slots) { ranks.wait(slot) }
    if part == parts.count - 1 { underWay = nil }
  }

  /// Where norms are clipped: everybody's sums of squares to all.
  func gatherSquares() {
    for part in parts { ranks.gather(part.weightSlot, parameters.squareSums, part.everybodysSquares) }
    for part in parts { ranks.wait(part.weightSlot) }
  }

  /// Behind the barrier after a part's update: everybody's weights begin to go to all. Until `endWeights` nobody may touch the part's weights.
  func beginWeights(_ part: Int) { ranks.gather(parts[part].weightSlot, parameters.weightBase, parts[part].everybodysOwned) }

  /// Returns whether any rank has failed.
  func endWeights(hasFailed: Bool) -> Bool {
    faults[place.rank] = hasFailed ? 1 : 0
    ranks.gather(.faults, faults, everybodysFault)
    for part in parts { ranks.wait(part.weightSlot) }
    ranks.wait(.faults)
    return (0..<place.count).contains { faults[$0] != 0 }
  }

  /// By each worker, behind the barrier after `end`: the batch's gradient of a segment of what this rank updates of a part.
  func sum(_ kernels: any KernelSet.Type, _ segment: Stripe.Segment, of part: Int, _ plan: BatchPlan) {
    let part = parts[part]
    let first = received.base + part.received + (segment.offset - part.owned.lowerBound)
    func panel(_ node: Int) -> Panel { Panel(first + node * part.owned.count, stride: segment.width) }
    for addition in batch(plan.rows).additions {
      kernels.add(panel(addition.into), panel(addition.from), into: panel(addition.into), rows: segment.rows.count, columns: segment.width)
    }
    parameters.setGradient(segment, to: first)
  }

  // By the coordinator of every rank, while no worker runs:

  /// What a rank's tallies begin with, so that those of all together begin with `totals`.
  func start(_ totals: MetricTotals) -> MetricTotals {
    place.rank == 0 ? totals : MetricTotals(counts: totals.counts.map { _ in 0 }, sums: totals.sums)
  }

  /// Everybody's moments, on the first rank; nothing on the others, which give theirs.
  func gatherMoments() -> [[Float]] {
    // Nobody sends and receives: MPI wants two buffers, and touches only one.
    func talk(from send: UnsafePointer<Float>, into receive: UnsafeMutablePointer<Float>) {
      for part in parts {
        ranks.scatter(.talk, from: send, part.toFirst.send, into: receive, part.toFirst.receive)
        ranks.wait(.talk)
      }
    }
    let other = parameters.weightBase
    guard place.rank == 0 else {
      for number in 0..<parameters.momentArenas { talk(from: parameters.momentBase(number), into: other) }
      return []
    }
    return (0..<parameters.momentArenas).map { number in
      var all = parameters.momentCopy(number)
      all.withUnsafeMutableBufferPointer { talk(from: other, into: $0.baseAddress!) }
      return all
    }
  }

  /// Everybody's moments of one kind, on all ranks.
  func shareMoments(_ number: Int) -> [Float] {
    var all = parameters.momentCopy(number)
    all.withUnsafeMutableBufferPointer { gather($0.baseAddress!) }
    return all
  }

  /// The gradient of the last step to all.
  func gatherGradient() { gather(parameters.gradients(0)) }

  private func gather(_ arena: UnsafeMutablePointer<Float>) {
    for part in parts {
      ranks.gather(.talk, arena, part.everybodysOwned)
      ranks.wait(.talk)
    }
  }
}

extension RankPlace {
  /// So that the first rank gets what is everybody's own: what this one sends, and what it receives.
  fileprivate func toFirst(_ owned: [Range<Int>]) throws(Failure) -> (send: RankParts, receive: RankParts) {
    let nothing = owned.map { _ in 0..<0 }
    if rank == 0 { return (try RankParts(nothing), try RankParts([0..<0] + owned.dropFirst())) }
    return (try RankParts([owned[rank]] + nothing.dropFirst()), try RankParts(nothing))
  }
}
