import KernelTemplates
import RunConfig

extension BatchBuffers {
  /// Takes row `row` of `source` through the network, the loss, and back, and keeps every number on the way. For buffers without a seed.
  ///
  /// - Parameters:
  ///   - source: where the row is.
  ///   - row: its number there.
  ///   - shard: of a batch of one row, all of it.
  public func trace(_ row: UInt32, _ source: ExampleSource, _ shard: Shard) -> RowTrace {
    let position = BatchPosition(step: 0, firstRow: 0, rows: 1)
    return withUnsafePointer(to: row) { rows in
      gather(shard, shard.chunks[0], source, rows: rows, following: UnsafeBufferPointer(start: nil, count: 0), position, worker: 0)
      multiplyInputs(shard, shard.chunks[0], worker: 0)
      addParts(shard, 0..<1)
      let forward = matrices.stages.map { traceForward($0, shard, position) }
      computeLoss(0..<1, source, rows: rows)
      let last = matrices.stages.count - 1
      var gradients: [(outputs: [Float], sums: [Float])] = []
      for number in matrices.stages.indices.reversed() {
        let ofOutputs = numbers(matrices.stages[number].delta, matrices.stages[number].units)
        backward(number, 0..<1, position)
        gradients.append((ofOutputs, numbers(matrices.stages[number].delta, matrices.stages[number].units)))
      }
      gradients.reverse()
      let whole = Stripe(runs: 0..<InputLeaves(network.layers[0]).runs, share: 0..<1, network: network)
      for segment in whole.segments { weightGradient(segment, rows: segment.rows, shard.chunks[0], adds: false) }
      var outputs = [Float](repeating: 0, count: network.outputs)
      outputs.withUnsafeMutableBufferPointer { copyOutputs(0..<1, to: $0.baseAddress!) }
      let stages = matrices.stages.indices.map { number in
        let stage = matrices.stages[number]
        let holdsActivation = number == last && objective.includesOutputActivation
        return RowTrace.Stage(
          kind: stage.traceKind(network, number, matrices.stageOfBlock), name: matrices.names[number],
          activation: Activation(holdsActivation ? network.outputActivation : stage.activation), inputs: forward[number].inputs, sums: forward[number].sums,
          outputs: number == last ? outputs : forward[number].outputs, outputGradient: holdsActivation ? nil : gradients[number].outputs,
          gradient: gradients[number].sums)
      }
      return RowTrace(
        stages: stages, targets: numbers(matrices.targets, network.outputs), loss: matrices.losses[0], parameterGradient: parameters.gradientCopy)
    }
  }

  /// Takes row `row` of `source` forward through the network, and keeps what each stage gives. For buffers without a seed.
  ///
  /// - Parameters:
  ///   - row: its number in the source.
  ///   - source: where it is.
  ///   - shard: of a batch of one row, all of it.
  public func outputs(ofStagesFor row: UInt32, _ source: ExampleSource, _ shard: Shard) -> [StageOutputs] {
    let position = BatchPosition(step: 0, firstRow: 0, rows: 1)
    return withUnsafePointer(to: row) { rows in
      gather(shard, shard.chunks[0], source, rows: rows, following: UnsafeBufferPointer(start: nil, count: 0), position, worker: 0)
      multiplyInputs(shard, shard.chunks[0], worker: 0)
      addParts(shard, 0..<1)
      return matrices.stages.indices.map { number in
        let stage = matrices.stages[number]
        forward(stage, 0..<1, position)
        return StageOutputs(
          kind: stage.traceKind(network, number, matrices.stageOfBlock), name: matrices.names[number], activation: Activation(stage.activation),
          outputs: numbers(stage.output, stage.units))
      }
    }
  }

  private func traceForward(_ stage: Stage, _ shard: Shard, _ position: BatchPosition) -> (inputs: [Float], sums: [Float], outputs: [Float]) {
    guard case .dense(let dense) = stage.kind else {
      // Before it is changed, perhaps in place.
      let inputs = numbers(stage.input, stage.units)
      forward(stage, 0..<1, position)
      return (inputs, inputs, numbers(stage.output, stage.units))
    }
    let layer = network.layers[dense.number]
    let inputs = dense.number == 0 ? gathered(shard.chunks[0].list) : numbers(stage.input, layer.inputs)
    if dense.number > 0 { kernels.multiply(stage.input, dense.weights, into: stage.output, rows: 1) }
    let sums = numbers(stage.output, stage.units)
    kernels.activate(stage.activation, stage.output, keeping: stage.kept, rows: 1, columns: stage.columns, units: stage.units)
    return (inputs, sums, numbers(stage.output, stage.units))
  }

  /// The inputs of the only row in the lists.
  private func gathered(_ list: Int) -> [Float] {
    let lists = matrices.inputs[list]
    var inputs = [Float](repeating: 0, count: network.inputs)
    for run in 0..<InputRuns.runs(lists.inputs) {
      lists.forEachEntry(run) { _, values in
        for place in 0..<max(0, min(8, network.inputs - 8 * run)) { inputs[8 * run + place] = values[place] }
      }
    }
    return inputs
  }

  /// The first numbers of the first row.
  private func numbers(_ matrix: Matrix, _ count: Int) -> [Float] { (0..<count).map { matrix[0, $0] } }
}

extension Stage {
  /// - Parameter stageOfBlock: for each block of the network's the number of its stage.
  fileprivate func traceKind(_ network: Network, _ number: Int, _ stageOfBlock: [Int]) -> RowTrace.Stage.Kind {
    switch kind {
    case .dense(let dense): .dense(dense.number)
    case .rescaling(let scale, let offset): .rescaling(scale: scale, offset: offset)
    case .normalization: .normalization(stageOfBlock.firstIndex(of: number)! - network.layers.count)
    case .activation: .activation
    case .activityPenalty(let l1, let l2): .activityPenalty(l1: l1, l2: l2)
    case .dropout, .gaussianNoise: preconditionFailure("a random layer in buffers without a seed")
    }
  }
}
