import KernelTemplates

/// Where everything lies that `BatchBuffers` holds.
struct BatchMatrices {
  struct Size {
    let rows: Int
    let chunks: Int
    let workers: Int
    /// Rows of a batch of which other processes have some; nil where all are here.
    let sharedBatch: Int?
  }

  /// The gathered inputs, one a chunk.
  let inputs: [InputRuns]
  /// Nil where inputs are gathered as they are.
  let prepared: PreparedInputs?
  let stages: [Stage]
  /// Of the stages that are normalisations, in order.
  let normalizations: [NormalizationMatrices]
  /// The numbers of the stages that add something to the loss of each row.
  let penalties: [Int]
  /// Keras's name of each stage's layer; of one without parameters, that of the dense layer it follows.
  let names: [String]
  /// The numbers of the stages that wait for sums over the batch, on the way forward and back.
  let statistics: [Int]
  /// For each dense layer the last stage of it and its followers that is it or an activation, and its own.
  var surveyedStages: [(stage: Int, dense: Int)] {
    var found: [(stage: Int, dense: Int)] = []
    for (number, stage) in stages.enumerated() {
      switch stage.kind {
      case .dense: found.append((number, number))
      case .activation: found[found.count - 1].stage = number
      default: break
      }
    }
    return found
  }
  /// For each of `Network.blocks` the number of its stage.
  let stageOfBlock: [Int]
  let firstWeights: Matrix
  /// The first layer's part sums; number 0 is its output.
  let parts: [Matrix]
  /// Floats of those but the first.
  let partFloats: Int
  /// What metrics see where that is not the last layer's output: the model's outputs where the loss holds the activation, else their sigmoid. Each worker
  /// writes its own rows, and reads no others.
  let metricOutputs: Matrix?
  let targets: Matrix
  let classes: UnsafeMutablePointer<Int32>
  let losses: UnsafeMutablePointer<Float>
  /// For each worker, sums of leaves that wait for their neighbours: one panel of one chunk each.
  private let waiting: UnsafeMutablePointer<Float>
  private let waitingPlaces: Int

  init(_ parameters: ParameterArena, _ objective: Objective, _ size: Size, seed: UInt64?, _ plan: inout BufferPlan) {
    let network = parameters.network
    let first = network.layers[0]
    let panelRows = Matrix.spacedRows(size.rows)
    let chunkRows = min(size.rows, BatchBuffers.chunkRows)
    inputs = (0..<size.chunks).map { _ in
      InputRuns(
        lists: plan.floats(InputRuns.listFloats(rows: chunkRows, inputs: first.rows)), counts: plan.numbers(InputRuns.runs(first.rows), UInt32.self),
        rows: chunkRows, inputs: first.rows)
    }
    prepared = PreparedInputs(network, workers: size.workers, seed: seed, &plan)
    var builder = StageBuilder(parameters: parameters, size: size, panelRows: panelRows, seed: seed)
    builder.add(network, objective, &plan)
    stages = builder.stages
    names = builder.names
    stageOfBlock = builder.stageOfBlock
    normalizations = builder.normalizations
    statistics = stages.indices.filter {
      if case .normalization(let number) = builder.stages[$0].kind { builder.normalizations[number].usesBatch } else { false }
    }
    penalties = stages.indices.filter { if case .activityPenalty = builder.stages[$0].kind { true } else { false } }
    firstWeights = first.matrix(parameters.weights.base)
    let leaves = InputLeaves(first).count
    let before = plan.count
    parts = [stages[0].output] + (0..<(leaves > 1 ? leaves : 0)).map { _ in plan.matrix(rows: panelRows, columns: first.outputColumns) }
    partFloats = plan.count - before
    let copiesOutputs = objective.metrics.isTallied && (objective.includesOutputActivation || objective.metrics.needsSigmoid)
    metricOutputs = copiesOutputs ? plan.matrix(rows: panelRows, columns: paddedToVector(network.outputs + 1)) : nil
    targets = plan.matrix(rows: panelRows, columns: paddedToVector(network.outputs))
    classes = plan.numbers(size.rows, Int32.self)
    losses = plan.floats(size.rows)
    waitingPlaces = leaves.trailingZeroBitCount
    waiting = plan.floats(size.workers * waitingPlaces * Self.waitingFloats)
  }

  var last: Stage { stages[stages.count - 1] }

  /// A worker's sum that waits.
  func waiting(_ worker: Int, _ place: Int) -> Panel { Panel(waiting + (worker * waitingPlaces + place) * Self.waitingFloats, stride: 32) }

  /// Floats of one waiting sum, and a few lines, so that two do not lie a multiple of 4,096 bytes apart.
  private static let waitingFloats = (BatchBuffers.chunkRows + 2) * 32
}

/// Makes the stages of a network.
private struct StageBuilder {
  let parameters: ParameterArena
  let size: BatchMatrices.Size
  let panelRows: Int
  /// Nil where nothing is learned.
  let seed: UInt64?
  var stages: [Stage] = []
  var normalizations: [NormalizationMatrices] = []
  var names: [String] = []
  var stageOfBlock: [Int] = []

  mutating func add(_ network: Network, _ objective: Objective, _ plan: inout BufferPlan) {
    stageOfBlock = Array(repeating: 0, count: network.blocks.count)
    for (number, layer) in network.layers.enumerated() {
      let holdsActivation = number == network.layers.count - 1 && objective.includesOutputActivation
      stageOfBlock[number] = stages.count
      let output = plan.matrix(rows: panelRows, columns: layer.outputColumns)
      let delta = plan.matrix(rows: panelRows, columns: layer.outputColumns)
      let activation: ActivationKernel = holdsActivation && layer.followers.isEmpty ? .linear : layer.activation
      names.append(layer.name)
      stages.append(
        Stage(
          kind: .dense(
            DenseMatrices(
              number: number, weights: layer.matrix(parameters.weights.base), transposed: layer.transposedMatrix(parameters.transposed.base),
              gradient: layer.matrix(parameters.gradient.base))),
          units: layer.units, input: stages.last?.output ?? output, output: output, activation: activation,
          kept: activation.derivativeNeedsSums ? plan.matrix(rows: panelRows, columns: layer.outputColumns) : output, delta: delta))
      for (place, follower) in layer.followers.enumerated() {
        add(follower, of: layer, holdsActivation: holdsActivation && place == layer.followers.count - 1, delta, network, &plan)
      }
    }
  }

  private mutating func add(
    _ follower: Follower, of layer: DenseLayout, holdsActivation: Bool, _ delta: Matrix, _ network: Network, _ plan: inout BufferPlan
  ) {
    func matrix() -> Matrix { plan.matrix(rows: panelRows, columns: layer.outputColumns) }
    let input = stages[stages.count - 1].output
    var activation = ActivationKernel.linear
    var (output, kept) = (input, input)
    var name = layer.name
    let kind: Stage.Kind
    switch follower {
    case .activation(let itsActivation):
      if !holdsActivation { activation = itsActivation }
      if activation.derivativeNeedsSums { kept = matrix() }
      kind = .activation
    case .rescaling(let scale, let offset):
      output = matrix()
      kind = .rescaling(scale: scale, offset: offset)
    case .dropout, .gaussianNoise:
      guard let seed else { return }
      output = matrix()
      kind =
        switch follower {
        case .dropout(let rate, let stream): .dropout(rate: rate, family: BatchPosition.family(seed: seed, stream: stream))
        case .gaussianNoise(let deviation, let stream): .gaussianNoise(deviation: deviation, family: BatchPosition.family(seed: seed, stream: stream))
        default: preconditionFailure("no random layer")
        }
    case .normalization(let number):
      let layout = network.normalizations[number]
      name = layout.name
      stageOfBlock[network.layers.count + number] = stages.count
      output = matrix()
      kind = .normalization(normalizations.count)
      normalizations.append(NormalizationMatrices(layout, parameters, size, panelRows: panelRows, isTraining: seed != nil, &plan))
    case .activityPenalty(let l1, let l2): kind = .activityPenalty(l1: l1, l2: l2)
    }
    names.append(name)
    stages.append(Stage(kind: kind, units: layer.units, input: input, output: output, activation: activation, kept: kept, delta: delta))
  }
}
