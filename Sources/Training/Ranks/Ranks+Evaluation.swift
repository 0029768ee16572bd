import Failures
import NeuralNetwork
import Ranks

/// How ranks share what nothing is learned from. By the coordinator of each, while no worker runs.
extension Ranks {
  /// Of `number` things this rank's.
  func share(of number: Int) -> Range<Int> { shares(of: number)[rank] }

  private func shares(of number: Int) -> [Range<Int>] { Shares.even(count).ranges(of: number) }

  /// What each has summed of its share of the blocks, to all.
  ///
  /// - Throws: `.badData` for more than MPI counts, on all ranks.
  func gather(_ total: EpochSums, blocks: Int) throws(Failure) {
    func gather(_ numbers: UnsafeMutableRawPointer, words: Int) throws(Failure) {
      let parts = try RankParts(shares(of: blocks), words: words)
      self.gather(.talk, numbers, parts)
      wait(.talk)
      // MPI reads them until then.
      withExtendedLifetime(parts) {}
    }
    try gather(total.blocks, words: MemoryLayout<SliceSums>.stride / 4)
    if let tallies = total.tallies { try gather(tallies.blocks, words: tallies.sumCount * MemoryLayout<Double>.stride / 4) }
  }

  /// What all have counted. Sums are everybody's already.
  func joined(_ totals: MetricTotals) -> MetricTotals { MetricTotals(counts: sums(totals.counts), sums: totals.sums) }
}
