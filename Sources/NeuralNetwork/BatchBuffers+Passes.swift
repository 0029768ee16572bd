import KernelTemplates

// The way forward through a network, and back. It has as many passes as there are batch normalisations, and one more: workers go up to the first, add up their
// slices' statistics, wait for each other, go on from there to the second, and so on; and back the same way.
extension BatchBuffers {
  /// After `multiplyInputs` of all of the group: the network's outputs for some of the shard's rows, logits where the loss holds the output's activation.
  /// After the last pass it has them.
  public func forward(_ shard: Shard, _ range: Range<Int>, pass: Int = 0, _ position: BatchPosition, worker: Int) {
    let statistics = matrices.statistics
    var number = 0
    if pass == 0 {
      addParts(shard, range)
    } else {
      number = statistics[pass - 1]
      normalizeColumns(matrices.stages[number], range, position, worker)
      number += 1
    }
    let end = pass < statistics.count ? statistics[pass] : matrices.stages.count
    while number < end {
      forward(matrices.stages[number], range, position)
      number += 1
    }
    if pass < statistics.count { sumColumns(matrices.stages[end], range) }
  }

  /// After `computeLoss`: the loss's gradient with respect to every layer's sums, for `range`. The passes are those of `forward`, the last first.
  public func backward(_ range: Range<Int>, pass: Int = 0, _ position: BatchPosition, worker: Int) {
    let statistics = matrices.statistics
    var number = matrices.stages.count
    if pass < statistics.count {
      number = statistics[pass]
      normalizeColumnsGradient(matrices.stages[number], range, position, worker)
    }
    let end = pass > 0 ? statistics[pass - 1] : -1
    while number - 1 > end {
      number -= 1
      backward(number, range, position)
    }
    if pass > 0 { sumProducts(matrices.stages[end], normalization(matrices.stages[end]), range) }
  }

  /// What a normalisation keeps.
  func normalization(_ stage: Stage) -> NormalizationMatrices {
    guard case .normalization(let number) = stage.kind else { preconditionFailure("a stage without statistics") }
    return matrices.normalizations[number]
  }

  /// The first layer's sums.
  func addParts(_ shard: Shard, _ range: Range<Int>) {
    for addition in shard.additions {
      let (left, right, into) = (
        matrices.parts[addition.left].from(range.lowerBound), matrices.parts[addition.right].from(range.lowerBound),
        matrices.parts[addition.into].from(range.lowerBound)
      )
      for column in stride(from: 0, to: matrices.firstWeights.columns, by: 32) {
        kernels.add(
          left.panel(at: column), right.panel(at: column), into: into.panel(at: column), rows: range.count,
          columns: matrices.firstWeights.panel(at: column).stride)
      }
    }
  }

  func forward(_ stage: Stage, _ range: Range<Int>, _ position: BatchPosition) {
    let (first, rows, columns, units) = (range.lowerBound, range.count, stage.columns, stage.units)
    let (input, output) = (stage.input.from(first), stage.output.from(first))
    switch stage.kind {
    case .dense(let dense):
      if dense.number > 0 { kernels.multiply(input, dense.weights, into: output, rows: rows) }
      kernels.activate(stage.activation, output, keeping: stage.kept.from(first), rows: rows, columns: columns, units: units)
      return
    case .activation:
      kernels.activate(stage.activation, output, keeping: stage.kept.from(first), rows: rows, columns: columns, units: units)
      return
    case .rescaling(let scale, let offset): kernels.rescale(input, into: output, scale: scale, offset: offset, rows: rows, columns: columns)
    case .dropout(let rate, let family):
      kernels.dropOut(
        input, into: output, rate: rate, scale: 1 / (1 - rate), key: position.key(family), firstRow: position.firstRow + first, rows: rows, columns: columns)
    case .gaussianNoise(let deviation, let family):
      kernels.addNoise(
        input, into: output, deviation: deviation, key: position.key(family), firstRow: position.firstRow + first, rows: rows, columns: columns)
    case .normalization(let number): normalize(matrices.normalizations[number], input, into: output, first, rows: rows, columns: columns, units: units)
    // The rows' losses are told of it behind the last layer.
    case .activityPenalty: return
    }
    kernels.setOnes(output, rows: rows, units: units)
  }

  /// By the row, or by running means.
  private func normalize(_ matrices: NormalizationMatrices, _ input: Matrix, into output: Matrix, _ first: Int, rows: Int, columns: Int, units: Int) {
    if matrices.isBatch {
      kernels.normalizeColumns(
        input, moments: matrices.parameters.from(2), epsilon: matrices.epsilon, parameters: matrices.parameters,
        normalized: matrices.normalized.from(first), into: output, rows: rows, columns: columns)
    } else {
      kernels.normalizeRows(
        input, epsilon: matrices.epsilon, parameters: matrices.parameters, normalized: matrices.normalized.from(first), factors: matrices.factors + first,
        into: output, rows: rows, columns: columns, units: units)
    }
  }

  func backward(_ number: Int, _ range: Range<Int>, _ position: BatchPosition) {
    let stage = matrices.stages[number]
    let (first, rows, columns, units) = (range.lowerBound, range.count, stage.columns, stage.units)
    let delta = stage.delta.from(first)
    switch stage.kind {
    case .dense(let dense):
      kernels.activationGradient(stage.activation, kept: stage.kept.from(first), delta, rows: rows, columns: columns, units: units)
      if number > 0 { kernels.multiply(delta, dense.transposed, into: matrices.stages[number - 1].delta.from(first), rows: rows) }
    case .activation: kernels.activationGradient(stage.activation, kept: stage.kept.from(first), delta, rows: rows, columns: columns, units: units)
    case .rescaling(let scale, _): kernels.rescale(delta, into: delta, scale: scale, offset: 0, rows: rows, columns: columns)
    case .dropout(let rate, let family):
      // The same numbers as on the way forward.
      kernels.dropOut(
        delta, into: delta, rate: rate, scale: 1 / (1 - rate), key: position.key(family), firstRow: position.firstRow + first, rows: rows, columns: columns)
    case .gaussianNoise: break
    case .activityPenalty(let l1, let l2): kernels.activityPenaltyGradient(stage.output.from(first), delta, l1: l1, l2: l2, rows: rows, units: units)
    case .normalization(let number) where matrices.normalizations[number].isBatch:
      let matrices = matrices.normalizations[number]
      // Only where nothing is learned: the mean and variance are given numbers, and no row matters to another.
      sumProducts(stage, matrices, range)
      for row in 0..<rows {
        for unit in 0..<units { delta[row, unit] *= matrices.parameters[0, unit] / (matrices.parameters[3, unit] + matrices.epsilon).squareRoot() }
      }
    case .normalization(let number):
      let matrices = matrices.normalizations[number]
      sumProducts(stage, matrices, range)
      kernels.normalizeRowsGradient(
        delta, normalized: matrices.normalized.from(first), factors: matrices.factors + first, parameters: matrices.parameters, rows: rows, columns: columns,
        units: units)
    }
  }

  /// Of a batch normalisation: its statistics over the slices of `range`.
  private func sumColumns(_ stage: Stage, _ range: Range<Int>) {
    let matrices = normalization(stage)
    kernels.columnMoments(
      stage.input.from(range.lowerBound), into: matrices.moments.from(2 * (range.lowerBound / Self.sliceRows)), rows: range.count, columns: stage.columns)
  }

  /// Behind the barrier: the statistics of the batch, and its outputs.
  private func normalizeColumns(_ stage: Stage, _ range: Range<Int>, _ position: BatchPosition, _ worker: Int) {
    let matrices = normalization(stage)
    let first = range.lowerBound
    let totals = matrices.totals(worker)
    if !sharesBatch { joinMoments(matrices, position, worker) }
    for column in stride(from: 0, to: stage.columns, by: 32) {
      kernels.joinBlocks(
        matrices.blocks(worker, at: column), into: totals.panel(at: column), rows: position.batch, blockRows: Self.chunkRows,
        columns: min(32, stage.columns - column))
    }
    kernels.normalizeColumns(
      stage.input.from(first), moments: totals, epsilon: matrices.epsilon, parameters: matrices.parameters, normalized: matrices.normalized.from(first),
      into: stage.output.from(first), rows: range.count, columns: stage.columns)
    kernels.setOnes(stage.output.from(first), rows: range.count, units: stage.units)
  }

  /// The gradients of γ and β, slice by slice.
  private func sumProducts(_ stage: Stage, _ matrices: NormalizationMatrices, _ range: Range<Int>) {
    kernels.columnProducts(
      stage.delta.from(range.lowerBound), normalized: matrices.normalized.from(range.lowerBound),
      into: matrices.products.from(2 * (range.lowerBound / Self.sliceRows)), rows: range.count, columns: stage.columns)
  }

  /// Behind the barrier: the gradient with respect to a batch normalisation's inputs.
  private func normalizeColumnsGradient(_ stage: Stage, _ range: Range<Int>, _ position: BatchPosition, _ worker: Int) {
    let matrices = normalization(stage)
    let first = range.lowerBound
    let totals = matrices.totals(worker)
    if !sharesBatch { joinProducts(matrices, position, worker) }
    let blocks = (position.batch + Self.chunkRows - 1) / Self.chunkRows
    for column in stride(from: 0, to: stage.columns, by: 32) {
      kernels.addSlices(
        matrices.blocks(worker, at: column), into: totals.from(2).panel(at: column), slices: 0..<blocks, rows: 0..<2, columns: min(32, stage.columns - column),
        adds: false)
    }
    kernels.normalizeColumnsGradient(
      stage.delta.from(first), normalized: matrices.normalized.from(first), moments: totals, products: totals.from(2), epsilon: matrices.epsilon,
      parameters: matrices.parameters, batch: position.batch, rows: range.count, columns: stage.columns)
  }

  /// After `backward` of all shards: the gradient of some of the segment's rows in an arena of `ParameterArena`, summed over the chunk's rows in order, or, with
  /// `adds`, added to what is there.
  public func weightGradient(_ segment: Stripe.Segment, rows: Range<Int>, _ chunk: Shard.Chunk, arena: Int = 0, adds: Bool) {
    let offset = arena * network.arenaCount
    let stage = matrices.stages[matrices.stageOfBlock[segment.block]]
    switch stage.kind {
    case .dense(let dense):
      let gradient = dense.gradient.panel(at: 32 * segment.panel).moved(by: offset)
      let delta = stage.delta.from(chunk.rows.lowerBound).panel(at: 32 * segment.panel)
      if dense.number == 0 {
        kernels.weightGradientRuns(matrices.inputs[chunk.list], runs: rows.lowerBound / 8..<rows.upperBound / 8, delta, into: gradient, adds: adds)
      } else {
        kernels.weightGradient(stage.input.from(chunk.rows.lowerBound), delta, into: gradient, inputs: rows, adds: adds, rows: chunk.rows.count)
      }
    case .normalization(let number):
      let matrices = matrices.normalizations[number]
      let slices = chunk.rows.lowerBound / Self.sliceRows..<(chunk.rows.upperBound + Self.sliceRows - 1) / Self.sliceRows
      kernels.addSlices(
        matrices.products.panel(at: 32 * segment.panel), into: matrices.gradient.panel(at: 32 * segment.panel).moved(by: offset), slices: slices, rows: rows,
        columns: segment.width, adds: adds)
    default: preconditionFailure("a stage without weights")
    }
  }

  /// After a batch: the running means and variances come nearer to its own. To be called by one worker, behind the barrier after `backward`.
  public func moveRunningStatistics(worker: Int) {
    for number in matrices.statistics {
      let stage = matrices.stages[number]
      let matrices = normalization(stage)
      kernels.moveRows(
        matrices.parameters.from(2), towards: matrices.totals(worker), keeping: matrices.momentum, share: matrices.share, rows: 2, columns: stage.columns,
        units: stage.units)
    }
  }
}
