import NeuralNetwork
import Testing
import Training

/// The central promise: whatever the number of workers, each batch's gradient is the same sum in the same order.
///
/// A plan is carried out here with words in place of numbers: a gradient is the text of the additions that made it, "((0 1) 2)".
@Suite struct BatchPlanTests {
  static let batchSizes = [1, 7, 8, 9, 32, 100, 511, 512, 513, 600, 1024, 4095, 5000, 100_000]
  static let workerCounts = Array(1...17) + [64]

  /// Row counts of a batch of `batchSize`: all small ones, and then some up to a whole batch.
  private static func rowCounts(_ batchSize: Int) -> [Int] {
    Array(1...min(batchSize, 600)).filter { $0 < 130 || $0 % 37 == 0 || $0 == batchSize } + [batchSize - 1, batchSize].filter { $0 > 600 }
  }

  @Test(arguments: batchSizes)
  func everyWorkerCountAddsInTheSameOrder(_ batchSize: Int) {
    for rows in Self.rowCounts(batchSize) {
      let one = BatchPlan(rows: rows, batchSize: batchSize, workers: 1)
      let expected = Additions.balanced(0..<one.slices)
      for workers in Self.workerCounts {
        let plan = BatchPlan(rows: rows, batchSize: batchSize, workers: workers)
        guard Additions.carriedOut(plan) == expected else {
          Issue.record("\(workers) workers add \(rows) rows of \(batchSize) as \(Additions.carriedOut(plan)), expected \(expected)")
          return
        }
      }
    }
  }

  @Test(arguments: batchSizes)
  func everyRowAndSliceIsTakenOnceInOrder(_ batchSize: Int) {
    for rows in Self.rowCounts(batchSize) {
      for workers in Self.workerCounts {
        guard let fault = Self.fault(in: BatchPlan(rows: rows, batchSize: batchSize, workers: workers), rows: rows, batchSize: batchSize, workers: workers)
        else { continue }
        Issue.record("\(rows) rows of \(batchSize) on \(workers) workers: \(fault)")
        return
      }
    }
  }

  /// What is wrong with how `plan` covers the batch.
  private static func fault(in plan: BatchPlan, rows: Int, batchSize: Int, workers: Int) -> String? {
    guard plan.rows == rows, plan.passes.count == workers else { return "the plan is for another batch" }
    guard plan.sliceRows == BatchPlan.sliceRows(batchSize: batchSize) else { return "the slices depend on more than the batch size" }
    guard plan.slices == (rows + plan.sliceRows - 1) / plan.sliceRows else { return "\(plan.slices) slices" }
    var nextRow = 0
    var nextSlice = 0
    for (worker, passes) in plan.passes.enumerated() {
      let share = passes.reduce(0) { $0 + $1.slices }
      guard share == plan.slices / workers || share == plan.slices / workers + 1 else { return "worker \(worker) has \(share) slices" }
      for pass in passes {
        guard pass.firstRow == nextRow, pass.firstSlice == nextSlice else { return "a pass begins at row \(pass.firstRow), not \(nextRow)" }
        guard 1...Shard.mostRows ~= pass.rows else { return "a pass of \(pass.rows) rows" }
        guard pass.slices == (pass.rows + plan.sliceRows - 1) / plan.sliceRows else { return "\(pass.rows) rows in \(pass.slices) slices" }
        guard 0..<plan.bufferCount ~= pass.buffer else { return "buffer \(pass.buffer) of \(plan.bufferCount)" }
        nextRow += pass.rows
        nextSlice += pass.slices
      }
    }
    guard nextRow == rows, nextSlice == plan.slices else { return "\(nextRow) rows and \(nextSlice) slices are taken" }
    let buffers = plan.reductions.flatMap { [$0.into, $0.from] } + [plan.total]
    guard buffers.allSatisfy({ 0..<workers ~= $0.worker && 0..<plan.bufferCount ~= $0.index }) else { return "a reduction names a buffer that is not there" }
    // Half-done sums: at most one a level of the tree whose left part another worker has, and one a level of those that are being added.
    guard plan.bufferCount <= 2 * (plan.slices.bitWidth - plan.slices.leadingZeroBitCount) else {
      return "\(plan.bufferCount) buffers for \(plan.slices) slices"
    }
    return nil
  }

  @Test func slicesDependOnTheBatchSizeAlone() {
    let sizes = [1, 32, 64, 71, 72, 128, 129, 256, 257, 1024, 2048, 2049, 60_000]
    #expect(sizes.map { BatchPlan.sliceRows(batchSize: $0) } == [8, 8, 8, 8, 16, 16, 16, 32, 32, 32, 32, 64, 64])
  }

  /// Large layers must not multiply memory by the number of slices.
  @Test func oneWorkerFoldsAsItGoes() {
    #expect(BatchPlan(rows: 32, batchSize: 32, workers: 1).bufferCount == 1)
    #expect(BatchPlan(rows: 128, batchSize: 128, workers: 2).bufferCount == 1)
    #expect(BatchPlan(rows: 60_000, batchSize: 60_000, workers: 1).bufferCount <= 9)
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
    var buffers = [[String]](repeating: [String](repeating: "?", count: plan.bufferCount), count: plan.passes.count)
    for (worker, passes) in plan.passes.enumerated() {
      for pass in passes {
        // A pass leaves its slices added as a balanced tree (`weightGradientTemplate`).
        let sum = balanced(pass.firstSlice..<pass.firstSlice + pass.slices)
        buffers[worker][pass.buffer] = pass.adds ? "(\(buffers[worker][pass.buffer]) \(sum))" : sum
        for merge in pass.merges { buffers[worker][merge.into] = "(\(buffers[worker][merge.into]) \(buffers[worker][merge.from]))" }
      }
    }
    for reduction in plan.reductions {
      let sum = "(\(buffers[reduction.into.worker][reduction.into.index]) \(buffers[reduction.from.worker][reduction.from.index]))"
      buffers[reduction.into.worker][reduction.into.index] = sum
    }
    return buffers[plan.total.worker][plan.total.index]
  }
}
