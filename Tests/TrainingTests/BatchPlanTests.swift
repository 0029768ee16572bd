import NeuralNetwork
import TestSupport
import Testing
import Training

/// The central promise: whatever the number of workers and their shares, each batch's gradient is the same sum in the same order.
///
/// A plan is carried out here with words in place of numbers: a gradient is the text of the additions that made it, "((0 1) 2)".
@Suite struct BatchPlanTests {
  static let batchSizes = [1, 7, 8, 9, 32, 100, 511, 512, 513, 600, 1024, 4095, 5000, 100_000]
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

  /// Row counts of a batch of `batchSize`: all small ones, and then some up to a whole batch.
  private static func rowCounts(_ batchSize: Int) -> [Int] {
    Array(1...min(batchSize, 600)).filter { $0 < 130 || $0 % 37 == 0 || $0 == batchSize } + [batchSize - 1, batchSize].filter { $0 > 600 }
  }

  @Test(arguments: batchSizes)
  func allSharesAddInTheSameOrder(_ batchSize: Int) {
    for rows in Self.rowCounts(batchSize) {
      let one = BatchPlan(rows: rows, batchSize: batchSize, shares: .even(1))
      let expected = Additions.balanced(0..<one.slices)
      for shares in Self.shares {
        let plan = BatchPlan(rows: rows, batchSize: batchSize, shares: shares)
        guard Additions.carriedOut(plan) == expected else {
          Issue.record("shares of \(shares.weights) add \(rows) rows of \(batchSize) as \(Additions.carriedOut(plan)), expected \(expected)")
          return
        }
      }
    }
  }

  @Test(arguments: batchSizes)
  func everyRowAndSliceIsTakenOnceInOrder(_ batchSize: Int) {
    for rows in Self.rowCounts(batchSize) {
      for shares in Self.shares {
        let plan = BatchPlan(rows: rows, batchSize: batchSize, shares: shares)
        guard let fault = Self.fault(in: plan, rows: rows, batchSize: batchSize, shares: shares) else { continue }
        Issue.record("\(rows) rows of \(batchSize) in shares of \(shares.weights): \(fault)")
        return
      }
    }
  }

  /// What is wrong with how `plan` covers the batch.
  private static func fault(in plan: BatchPlan, rows: Int, batchSize: Int, shares: Shares) -> String? {
    let workers = shares.weights.count
    let sum = shares.weights.reduce(0, +)
    guard plan.rows == rows, plan.passes.count == workers else { return "the plan is for another batch" }
    guard plan.sliceRows == BatchPlan.sliceRows(batchSize: batchSize) else { return "the slices depend on more than the batch size" }
    guard plan.slices == (rows + plan.sliceRows - 1) / plan.sliceRows else { return "\(plan.slices) slices" }
    var nextRow = 0
    var nextSlice = 0
    for (worker, passes) in plan.passes.enumerated() {
      let share = passes.reduce(0) { $0 + $1.slices }
      let fair = plan.slices * shares.weights[worker] / sum
      guard share == fair || share == fair + 1 else { return "worker \(worker) has \(share) slices, not about \(fair)" }
      guard shares.weights[worker] > 0 || passes.isEmpty else { return "worker \(worker) sits out with \(share) slices" }
      for pass in passes {
        guard pass.firstRow == nextRow, pass.firstSlice == nextSlice else { return "a pass begins at row \(pass.firstRow), not \(nextRow)" }
        guard 1...Shard.mostRows ~= pass.rows else { return "a pass of \(pass.rows) rows" }
        guard pass.slices == (pass.rows + plan.sliceRows - 1) / plan.sliceRows else { return "\(pass.rows) rows in \(pass.slices) slices" }
        let buffers = plan.bufferCounts[worker]
        guard pass.merges >= 0, 0..<buffers ~= pass.buffer - pass.merges, pass.buffer < buffers else { return "buffer \(pass.buffer) of \(buffers)" }
        nextRow += pass.rows
        nextSlice += pass.slices
      }
    }
    guard nextRow == rows, nextSlice == plan.slices else { return "\(nextRow) rows and \(nextSlice) slices are taken" }
    let buffers = plan.reductions.flatMap { [$0.into, $0.from] } + [plan.total]
    guard buffers.allSatisfy({ 0..<workers ~= $0.worker && 0..<plan.bufferCounts[$0.worker] ~= $0.index }) else {
      return "a reduction names a buffer that is not there"
    }
    // Half-done sums: at most one a level of the tree whose left part another worker has, and one a level of those that are being added.
    guard plan.bufferCounts.max()! <= 2 * (plan.slices.bitWidth - plan.slices.leadingZeroBitCount) else {
      return "\(plan.bufferCounts) buffers for \(plan.slices) slices"
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

  @Test func slicesDependOnTheBatchSizeAlone() {
    let sizes = [1, 32, 64, 71, 72, 128, 129, 256, 257, 1024, 2048, 2049, 60_000]
    #expect(sizes.map { BatchPlan.sliceRows(batchSize: $0) } == [8, 8, 8, 8, 16, 16, 16, 32, 32, 32, 32, 64, 64])
  }

  /// Large layers must not multiply memory by the number of slices.
  @Test func oneWorkerFoldsAsItGoes() {
    #expect(BatchPlan(rows: 32, batchSize: 32, shares: .even(1)).bufferCounts == [1])
    #expect(BatchPlan(rows: 128, batchSize: 128, shares: .even(2)).bufferCounts == [1, 1])
    #expect(BatchPlan(rows: 60_000, batchSize: 60_000, shares: .even(1)).bufferCounts[0] <= 9)
  }
}

/// The additions of a plan in words.
enum Additions {
  /// The tree of `SliceTree`'s description over `slices`: neighbours first, then pairs of neighbours; what has no right neighbour moves up alone.
  static func balanced(_ slices: Range<Int>) -> String {
    var sums = slices.map(String.init)
    while sums.count > 1 {
      sums = stride(from: 0, to: sums.count, by: 2).map { $0 + 1 < sums.count ? "(\(sums[$0]) \(sums[$0 + 1]))" : sums[$0] }
    }
    return sums[0]
  }

  /// What is in the plan's last buffer after all of its passes, merges and reductions.
  static func carriedOut(_ plan: BatchPlan) -> String {
    var buffers = plan.bufferCounts.map { [String](repeating: "?", count: $0) }
    for (worker, passes) in plan.passes.enumerated() {
      for pass in passes {
        // A pass leaves its slices added as a balanced tree (`weightGradientTemplate`).
        let sum = balanced(pass.firstSlice..<pass.firstSlice + pass.slices)
        buffers[worker][pass.buffer] = pass.adds ? "(\(buffers[worker][pass.buffer]) \(sum))" : sum
        for from in (0..<pass.merges).map({ pass.buffer - $0 }) {
          buffers[worker][from - 1] = "(\(buffers[worker][from - 1]) \(buffers[worker][from]))"
        }
      }
    }
    for reduction in plan.reductions {
      let sum = "(\(buffers[reduction.into.worker][reduction.into.index]) \(buffers[reduction.from.worker][reduction.from.index]))"
      buffers[reduction.into.worker][reduction.into.index] = sum
    }
    return buffers[plan.total.worker][plan.total.index]
  }
}
