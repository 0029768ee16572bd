import KernelTemplates

// What the slices of a block of rows add up to, for a batch normalisation. Alone, every worker tells it for itself, behind the barrier. Where other processes have
// rows of the batch, too, one worker does, the processes give each other their blocks, and all of them wait.
extension BatchBuffers {
  /// For each pass but the last the columns of its normalisation.
  public var statisticsColumns: [Int] { matrices.statistics.map { normalization(matrices.stages[$0]).columns } }

  /// Where they are exchanged: of the pass's normalisation two rows of its columns for each block of the whole batch, forward or back.
  public func blockSums(pass: Int) -> UnsafeMutablePointer<Float> { normalization(matrices.stages[matrices.statistics[pass]]).blocks(0) }

  /// After `forward` of all, in a pass that is not the last: those of the blocks in the buffers.
  public func joinMoments(pass: Int, _ position: BatchPosition) { joinMoments(normalization(matrices.stages[matrices.statistics[pass]]), position, 0) }

  /// After `backward` of all up to the normalisation of a pass forward: likewise.
  public func joinProducts(pass: Int, _ position: BatchPosition) { joinProducts(normalization(matrices.stages[matrices.statistics[pass]]), position, 0) }

  func joinMoments(_ matrices: NormalizationMatrices, _ position: BatchPosition, _ worker: Int) {
    forEachBlock(matrices, position, worker) { slices, rows, column, block in
      kernels.joinSlices(
        matrices.moments.from(2 * slices.lowerBound).panel(at: column), into: block, rows: rows, columns: min(32, matrices.columns - column))
    }
  }

  func joinProducts(_ matrices: NormalizationMatrices, _ position: BatchPosition, _ worker: Int) {
    forEachBlock(matrices, position, worker) { slices, _, column, block in
      kernels.addSlices(
        matrices.products.panel(at: column), into: block, slices: slices, rows: 0..<2, columns: min(32, matrices.columns - column), adds: false)
    }
  }

  /// Calls `body(its slices in the buffers, its rows, column, its sums)` for every panel of every block in the buffers.
  @inline(__always)
  private func forEachBlock(
    _ matrices: NormalizationMatrices, _ position: BatchPosition, _ worker: Int, _ body: (Range<Int>, Int, Int, Panel) -> Void
  ) {
    for first in stride(from: 0, to: position.rows, by: Self.chunkRows) {
      let rows = min(Self.chunkRows, position.rows - first)
      let slices = first / Self.sliceRows..<(first + rows + Self.sliceRows - 1) / Self.sliceRows
      let block = (position.firstRow + first) / Self.chunkRows
      for column in stride(from: 0, to: matrices.columns, by: 32) {
        body(slices, rows, column, matrices.blocks(worker, at: column).moved(by: 2 * block * matrices.columns))
      }
    }
  }
}
