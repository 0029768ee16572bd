import NeuralNetwork
import TestSupport
import Testing
import Training

/// The central promise: whatever the number of workers and their shares, each row's sums over the inputs are the same additions in the same order, and
/// everything is done once.
///
/// A plan is carried out here with words in place of numbers: a sum is the text of the additions that made it, "((0 1) 2)".
@Suite struct BatchPlanTests {
  static let batchSizes = [1, 7, 8, 9, 32, 100, 127, 128, 129, 600, 1024, 1025, 5000]
  /// Even ones of many numbers of workers, and uneven ones: a worker that sits out, one that does all, odd weights, random ones.
  static let shares: [Shares] = {
    let even = (Array(1...17) + [64]).map { Shares.even($0) }
    let uneven = [[2, 1], [1, 0], [0, 1], [1, 7], [5, 3], [0, 3, 0, 2], [1, 1, 100], [1000, 1, 1000], [3, 0, 0, 1, 9], [0, 0, 1]].map(Shares.init)
    let random = (0..<40).map { seed in
      let weights = seededBytes(2 + seed % 9, seed: UInt64(100 + seed)).map { $0 < 50 ? 0 : Int($0) }
      return Shares(weights.contains { $0 > 0 } ? weights : weights.map { _ in 1 })
    }
    return even + uneven + random
  }()

  @Test(arguments: [2, 64, 127, 785, 3073])
  func allSharesAddInTheSameOrder(_ inputs: Int) {
    let leaves = InputLeaves(inputs: inputs, units: 25)
    let expected = Additions.balanced(0..<leaves.count)
    for rows in [1, 9, 100, 300] {
      for shares in Self.shares {
        let plan = BatchPlan(rows: rows, leaves: leaves, shares: shares)
        guard let fault = Additions.fault(in: plan, leaves: leaves, expected: expected) else { continue }
        Issue.record("shares of \(shares.weights), \(rows) rows, \(inputs) inputs: \(fault)")
        return
      }
    }
  }

  @Test(arguments: batchSizes)
  func everyRowIsTakenOnceInOrder(_ rows: Int) {
    for shares in Self.shares {
      let leaves = InputLeaves(inputs: 785, units: 25)
      let plan = BatchPlan(rows: rows, leaves: leaves, shares: shares)
      guard let fault = Self.fault(in: plan, rows: rows, shares: shares, leaves: leaves) else { continue }
      Issue.record("\(rows) rows in shares of \(shares.weights): \(fault)")
      return
    }
  }

  /// What is wrong with how `plan` covers the batch's rows.
  private static func fault(in plan: BatchPlan, rows: Int, shares: Shares, leaves: InputLeaves) -> String? {
    let sum = shares.weights.reduce(0, +)
    guard plan.rows == rows else { return "the plan is for another batch" }
    guard plan.sections.map(\.rows.count).reduce(0, +) == rows, plan.sections[0].rows.lowerBound == 0 else { return "the sections are not the batch" }
    for section in plan.sections {
      guard 1...BatchBuffers.mostRows ~= section.rows.count else { return "a section of \(section.rows.count) rows" }
      var next = 0
      for (worker, shard) in section.shards.enumerated() where !shard.rows.isEmpty {
        guard shard.rows.lowerBound == next else { return "a shard begins at row \(shard.rows.lowerBound), not \(next)" }
        guard shares.weights[worker] > 0 else { return "worker \(worker) sits out with \(shard.rows.count) rows" }
        next = shard.rows.upperBound
        let slices = BatchPlan.slices(section.rows.count)
        let fair = slices * shares.weights[worker] / sum
        guard fair...fair + 1 ~= BatchPlan.slices(shard.rows.count) else { return "worker \(worker) has \(shard.rows.count) rows" }
      }
      guard next == section.rows.count else { return "\(next) rows are taken" }
      // The chunks cover the section too, and a shard's own rows are among those of its group.
      let chunks = section.parts.map(\.chunk)
      guard chunks.map(\.list) == Array(chunks.indices) else { return "lists \(chunks.map(\.list))" }
      guard chunks.count <= BatchPlan.mostChunks(rows: section.rows.count, workers: shares.weights.count, leaves: leaves) else {
        return "\(chunks.count) chunks"
      }
      next = 0
      for chunk in chunks {
        guard chunk.rows.lowerBound == next, 1...BatchBuffers.chunkRows ~= chunk.rows.count else { return "chunk \(chunk.rows)" }
        next = chunk.rows.upperBound
      }
      guard next == section.rows.count else { return "\(next) rows are in chunks" }
      for shard in section.shards where !shard.rows.isEmpty {
        guard shard.chunks.first!.rows.lowerBound <= shard.rows.lowerBound, shard.rows.upperBound <= shard.chunks.last!.rows.upperBound else {
          return "rows \(shard.rows) of another group"
        }
      }
    }
    return nil
  }

  /// What an even split was before there were weights, and what weights are for.
  @Test func sharesFollowTheWeights() {
    for (slices, workers) in [(1, 4), (4, 3), (8, 2), (31, 7), (64, 64)] {
      #expect(Shares.even(workers).ranges(of: slices) == (0..<workers).map { slices * $0 / workers..<slices * ($0 + 1) / workers })
    }
    #expect(Shares([21, 11]).ranges(of: 32) == [0..<21, 21..<32])
    #expect(Shares([21, 11]).ranges(of: 16) == [0..<10, 10..<16])
    #expect(Shares([2, 0, 2]).ranges(of: 4) == [0..<2, 2..<2, 2..<4])
    #expect(Shares([2, 0, 2]).members == [0, 2])
    #expect(Shares.even(3, members: [0, 2]) == Shares([1, 0, 1]))
  }

  /// Few workers share the first layer's inputs; more than there are leaves fall into groups, which share rows.
  @Test func groupsAreFew() {
    let leaves = InputLeaves(inputs: 785, units: 25)
    #expect(leaves.runs == 99 && leaves.count == 8 && leaves.runs(of: 0..<8) == 0..<leaves.runs)
    #expect([1, 2, 4, 8, 16, 64].map { BatchPlan(rows: 512, leaves: leaves, shares: .even($0)).groups } == [1, 1, 1, 1, 2, 7])
    #expect(BatchPlan(rows: 512, leaves: InputLeaves(inputs: 3, units: 25), shares: .even(5)).groups == 5)
    // A wide layer's weights leave the caches anyway.
    let wide = InputLeaves(inputs: 785, units: 512)
    #expect(wide.runs == 99 && wide.count == 1 && wide.runs(of: 0..<1) == 0..<99)
    for workers in [1, 2, 5, 7, 8, 13, 16, 64] {
      let plan = BatchPlan(rows: 512, leaves: wide, shares: .even(workers))
      #expect(plan.groups == workers && plan.isAlone)
      #expect(
        plan.sections[0].shards.allSatisfy { $0.chunks.first?.rows.lowerBound == $0.rows.lowerBound && $0.chunks.last?.rows.upperBound == $0.rows.upperBound })
    }
    #expect(BatchPlan(rows: 512, leaves: leaves, shares: .even(1)).isAlone && !BatchPlan(rows: 512, leaves: leaves, shares: .even(2)).isAlone)
    #expect(BatchPlan(rows: 512, leaves: leaves, shares: Shares([0, 1])).isAlone)
  }
}

/// The additions of a plan in words.
enum Additions {
  /// The tree of `SumTree`'s description over `leaves`: neighbours first, then pairs of neighbours; what has no right neighbour moves up alone.
  static func balanced(_ leaves: Range<Int>) -> String {
    var sums = leaves.map(String.init)
    while sums.count > 1 {
      sums = stride(from: 0, to: sums.count, by: 2).map { $0 + 1 < sums.count ? "(\(sums[$0]) \(sums[$0 + 1]))" : sums[$0] }
    }
    return sums[0]
  }

  /// What is wrong with the sums of some row, which should be `expected`.
  static func fault(in plan: BatchPlan, leaves: InputLeaves, expected: String) -> String? {
    let numbers = Dictionary(uniqueKeysWithValues: (0..<leaves.count).map { (leaves.runs(of: $0..<$0 + 1), $0) })
    for section in plan.sections {
      for own in section.shards where !own.rows.isEmpty {
        // The part sums of its group: of all that gathered the chunks that hold its rows.
        var parts = [Int: String]()
        for shard in section.shards where shard.chunks == own.chunks && !shard.chunks.isEmpty {
          var places = [String](repeating: "?", count: shard.leaves.count + 1)
          for leaf in shard.leaves {
            places[leaf.place] = "\(numbers[leaf.runs] ?? -1)"
            for merge in 0..<leaf.merges { places[leaf.place - merge - 1] = "(\(places[leaf.place - merge - 1]) \(places[leaf.place - merge]))" }
            if leaf.place - shard.parts.count >= leaves.count.trailingZeroBitCount { return "place \(leaf.place)" }
          }
          for (place, part) in shard.parts.enumerated() {
            if parts[part] != nil { return "part \(part) has two writers" }
            parts[part] = places[place]
          }
          if shard.additions != own.additions { return "a group with different additions" }
        }
        let others = section.shards.count { !$0.chunks.isEmpty } > 1
        if parts.keys.contains(0) && (!own.additions.isEmpty || others && !plan.endsWithBarrier) { return "part 0 is written while others may read it" }
        for addition in own.additions { parts[addition.into] = "(\(parts[addition.left] ?? "?") \(parts[addition.right] ?? "?"))" }
        if parts[0] != expected { return "rows \(own.rows) add as \(parts[0] ?? "nothing"), expected \(expected)" }
        if parts.keys.max()! > leaves.count { return "part \(parts.keys.max()!)" }
      }
    }
    return nil
  }
}
