import Failures
import KernelTemplates

/// The numbers of a batch, or of as much of it as is in memory at once: gathered inputs, every layer's outputs, and the gradients with respect to them.
/// Workers fill it together, each its shard. All memory is taken at the start; a step allocates nothing.
///
/// `@unchecked Sendable`: before a step's first barrier a worker writes the lists of its own runs and its own part sums; between the two barriers the
/// rows of its shard, and reads its group's part sums; after the second everything here is only read. A worker that is a group of its own needs no first
/// barrier, since it reads what it wrote itself.
public final class BatchBuffers: @unchecked Sendable {
  /// Most rows in memory at once.
  public static let mostRows = 1024
  /// Most rows that share lists of inputs. The sums of so many rows and 32 units stay in a first-level cache of 32 KB, and leave room for weights.
  public static let chunkRows = 128
  /// Units of weights whose gradients are summed together over a chunk: the more, the less often the chunk's factors are read again. Of
  /// 1024×2048×2048, 512 at a time reached 81 % of the peak in a prototype, where 128 reached 74; with 512 units it made no difference.
  public static let gradientUnits = 512
  /// As many inputs of those units at once: a chunk's factors of as many inputs stay in a second-level cache while the units pass.
  public static let gradientInputs = 512

  private let kernels: any KernelSet.Type
  private let objective: Objective
  private let network: Network
  /// The gathered inputs, one a chunk.
  private let inputs: [InputRuns]
  private let stages: [Stage]
  /// The first layer's part sums; number 0 is its output.
  private let parts: [Matrix]
  /// What metrics see where that is not the last layer's output: the model's outputs where the loss holds the activation, else their sigmoid. Each worker
  /// writes its own rows, and reads no others.
  private let metricOutputs: Matrix?
  private let targets: Matrix
  private let classes: UnsafeMutablePointer<Int32>
  private let losses: UnsafeMutablePointer<Float>
  /// For each worker, sums of leaves that wait for their neighbours: one panel of one chunk each.
  private let waiting: UnsafeMutablePointer<Float>
  private let waitingPlaces: Int
  /// Keeps the memory behind every pointer above.
  private let memory: AlignedBuffer
  /// The weights that the stages' matrices lie in.
  private let parameters: ParameterArena

  /// A layer with the buffers it reads and writes.
  private struct Stage {
    let layer: DenseLayout
    let output: Matrix
    /// What the activation's derivative is told from: the output, or the sums that the activation was applied to.
    let kept: Matrix
    /// The gradient with respect to `output`; before the activation's derivative is applied, and after.
    let delta: Matrix
    let weights: Matrix
    let transposed: Matrix
    let gradient: Matrix
    /// What `forward` applies: linear where the loss holds the output's activation.
    let activation: ActivationKernel
  }

  /// Buffers for `rows` rows. Memory that is never written is never taken from the system, so there may be more lists and part sums than are used.
  ///
  /// - Parameters:
  ///   - chunks: numbers of lists that shards will name.
  ///   - workers: that will fill the buffers together.
  /// - Throws: `Failure` when there is not enough memory.
  public init(
    kernels: any KernelSet.Type, parameters: ParameterArena, objective: Objective, rows: Int, chunks: Int, workers: Int
  ) throws(Failure) {
    let network = parameters.network
    let first = network.layers[0]
    let panelRows = Matrix.spacedRows(rows)
    let last = network.layers.count - 1
    let targetColumns = paddedToVector(network.outputs)
    let chunkRows = min(rows, Self.chunkRows)
    let leaves = InputLeaves(first).count
    waitingPlaces = leaves.trailingZeroBitCount
    var plan = BufferPlan()
    let listStarts = (0..<chunks).map { _ in
      (lists: plan.take(InputRuns.listFloats(rows: chunkRows, inputs: first.rows)), counts: plan.take(InputRuns.runs(first.rows)))
    }
    let outputStarts = network.layers.map { plan.take(panelRows * $0.outputColumns) }
    let keptStarts = network.layers.map { $0.activation.derivativeNeedsSums ? plan.take(panelRows * $0.outputColumns) : nil }
    let deltaStarts = network.layers.map { plan.take(panelRows * $0.outputColumns) }
    let partStarts = (0..<(leaves > 1 ? leaves : 0)).map { _ in plan.take(panelRows * first.outputColumns) }
    let copiesOutputs = objective.metrics.isTallied && (objective.includesOutputActivation || objective.metrics.needsSigmoid)
    let metricStart = copiesOutputs ? plan.take(panelRows * network.layers[last].outputColumns) : nil
    let targetStart = plan.take(panelRows * targetColumns)
    let classStart = plan.take(rows)
    let lossStart = plan.take(rows)
    let waitingStart = plan.take(workers * waitingPlaces * Self.waitingFloats)
    let memory = try AlignedBuffer(count: plan.count)
    let base = memory.base
    func numbers<Number>(_ start: Int, _ count: Int, _: Number.Type) -> UnsafeMutablePointer<Number> {
      UnsafeMutableRawPointer(base + start).bindMemory(to: Number.self, capacity: count)
    }

    self.kernels = kernels
    self.objective = objective
    self.network = network
    inputs = listStarts.map { starts in
      InputRuns(
        lists: base + starts.lists, counts: numbers(starts.counts, InputRuns.runs(first.rows), UInt32.self), rows: chunkRows, inputs: first.rows)
    }
    stages = network.layers.enumerated().map { index, layer in
      Stage(
        layer: layer,
        output: Matrix(base + outputStarts[index], rows: panelRows, columns: layer.outputColumns),
        kept: Matrix(base + (keptStarts[index] ?? outputStarts[index]), rows: panelRows, columns: layer.outputColumns),
        delta: Matrix(base + deltaStarts[index], rows: panelRows, columns: layer.outputColumns),
        weights: layer.matrix(parameters.weights.base),
        transposed: layer.transposedMatrix(parameters.transposed.base),
        gradient: layer.matrix(parameters.gradient.base),
        activation: index == last && objective.includesOutputActivation ? .linear : layer.activation)
    }
    parts = [stages[0].output] + partStarts.map { Matrix(base + $0, rows: panelRows, columns: first.outputColumns) }
    metricOutputs = metricStart.map { Matrix(base + $0, rows: panelRows, columns: network.layers[last].outputColumns) }
    targets = Matrix(base + targetStart, rows: panelRows, columns: targetColumns)
    classes = numbers(classStart, rows, Int32.self)
    losses = base + lossStart
    waiting = base + waitingStart
    self.memory = memory
    self.parameters = parameters
    bytes = (plan.count - partStarts.count * panelRows * first.outputColumns) * MemoryLayout<Float>.stride
  }

  /// What is told from outputs and targets beside the loss.
  public var metrics: MetricPlan { objective.metrics }

  /// Bytes of the lists, activations and what else a batch without zeros fills; the part sums that are not used never become memory.
  public let bytes: Int

  /// Floats of one waiting sum, and a few lines, so that two do not lie a multiple of 4,096 bytes apart.
  private static let waitingFloats = (chunkRows + 2) * 32

  /// Gathers the shard's inputs of a chunk's rows; row r of the batch is row rows[r] of the source.
  ///
  /// - Parameter following: numbers of the source's rows that the worker will gather next; the first of them are asked for from memory.
  public func gather(
    _ shard: Shard, _ chunk: Shard.Chunk, _ source: ExampleSource, rows: UnsafePointer<UInt32>, following: UnsafeBufferPointer<UInt32>
  ) {
    precondition(chunk.rows.count <= Self.chunkRows, "\(chunk.rows.count) rows share lists, of at most \(Self.chunkRows)")
    let start = rows + chunk.rows.lowerBound
    let lists = inputs[chunk.list]
    switch source.features {
    case .bytes(let bytes):
      kernels.gatherBytes(
        bytes, width: source.width, rows: start, count: chunk.rows.count, following: following, scale: source.scale, runs: shard.runs, into: lists)
    case .floats(let floats):
      kernels.gatherFloats(
        floats, width: source.width, rows: start, count: chunk.rows.count, following: following, scale: source.scale, runs: shard.runs, into: lists)
    }
  }

  /// Asks for the labels of `range`, which `computeLoss` will read: of many rows, a label is as far away as the pixels.
  public func prefetchLabels(_ range: Range<Int>, _ source: ExampleSource, rows: UnsafePointer<UInt32>) {
    for row in range { prefetchLine(source.classes + Int(rows[row])) }
  }

  /// After `gather`: the first layer's sums over the shard's inputs.
  public func multiplyInputs(_ shard: Shard, _ chunk: Shard.Chunk, worker: Int) {
    let weights = stages[0].weights
    for column in stride(from: 0, to: weights.columns, by: 32) {
      /// Where the sums at a place lie, as far as this panel goes.
      func sums(_ place: Int) -> Panel {
        guard place >= shard.parts.count else { return parts[shard.parts[place]].from(chunk.rows.lowerBound).panel(at: column) }
        return Panel(waiting + (worker * waitingPlaces + place - shard.parts.count) * Self.waitingFloats, stride: 32)
      }
      let panel = weights.panel(at: column)
      for leaf in shard.leaves {
        kernels.multiplyRuns(inputs[chunk.list], runs: leaf.runs, panel, into: sums(leaf.place), rows: chunk.rows.count)
        for merge in 0..<leaf.merges {
          let left = sums(leaf.place - merge - 1)
          kernels.add(left, sums(leaf.place - merge), into: left, rows: chunk.rows.count, columns: panel.stride)
        }
      }
    }
  }

  /// After `multiplyInputs` of all of the group: the network's outputs for some of the shard's rows, logits where the loss holds the output's activation.
  public func forward(_ shard: Shard, _ rows: Range<Int>) {
    let first = rows.lowerBound
    let count = rows.count
    guard count > 0 else { return }
    for addition in shard.additions {
      let (left, right, into) = (parts[addition.left].from(first), parts[addition.right].from(first), parts[addition.into].from(first))
      for column in stride(from: 0, to: stages[0].weights.columns, by: 32) {
        kernels.add(
          left.panel(at: column), right.panel(at: column), into: into.panel(at: column), rows: count, columns: stages[0].weights.panel(at: column).stride)
      }
    }
    for (number, stage) in stages.enumerated() {
      let output = stage.output.from(first)
      if number > 0 { kernels.multiply(stages[number - 1].output.from(first), stage.weights, into: output, rows: count) }
      kernels.activate(stage.activation, output, keeping: stage.kept.from(first), rows: count, columns: stage.layer.columns, units: stage.layer.units)
    }
  }

  /// After `forward`: the loss of each of `range`, and its gradient with respect to the last layer's output.
  public func computeLoss(_ range: Range<Int>, _ source: ExampleSource, rows: UnsafePointer<UInt32>) {
    let first = range.lowerBound
    setTargets(range, source, rows)
    let last = stages[stages.count - 1]
    kernels.loss(
      objective.loss, outputs: last.output.from(first), targets: targets.from(first), gradient: last.delta.from(first), rows: range.count,
      columns: last.layer.columns, units: last.layer.units, losses: losses + first)
  }

  /// After `computeLoss`: the sum of the losses of `rows`, and how many of them are right, added in row order.
  public func sums(_ rows: Range<Int>, accuracy: Bool) -> SliceSums {
    var sums = SliceSums(loss: 0, correct: 0, count: rows.count)
    for row in rows { sums.loss += Double(losses[row]) }
    guard accuracy else { return sums }
    let last = stages[stages.count - 1]
    switch objective.accuracyRule {
    case .largest:
      sums.correct = kernels.countLargest(last.output, classes: classes, rows: rows, columns: last.layer.columns, units: last.layer.units)
    case .threshold(let threshold):
      sums.correct = kernels.countThreshold(
        last.output, targets: targets, threshold: threshold, zero: objective.targetMap(0), one: objective.targetMap(1), rows: rows)
    }
    return sums
  }

  /// After `computeLoss`: adds what metrics count over `range` to `counts`, and sets `sums` to what they sum, in row order.
  public func tally(
    _ range: Range<Int>, _ source: ExampleSource, rows: UnsafePointer<UInt32>, counts: UnsafeMutablePointer<Int>, sums: UnsafeMutablePointer<Double>
  ) {
    let last = stages[stages.count - 1]
    if let metricOutputs {
      for column in stride(from: 0, to: metricOutputs.columns, by: 32) {
        let panel = metricOutputs.panel(at: column)
        panel.row(range.lowerBound).update(from: last.output.panel(at: column).row(range.lowerBound), count: range.count * panel.stride)
      }
      let copy = metricOutputs.from(range.lowerBound)
      let activation = objective.includesOutputActivation ? last.layer.activation : .sigmoid
      kernels.activate(activation, copy, keeping: copy, rows: range.count, columns: last.layer.columns, units: last.layer.units)
    }
    MetricRows(
      outputs: objective.includesOutputActivation ? metricOutputs! : last.output, probabilities: metricOutputs ?? last.output, width: network.outputs,
      form: objective.targetForm, classes: classes, source: source, rows: rows
    ).tally(range, objective.metrics, counts: counts, sums: sums)
  }

  /// The first of `rows` whose loss is NaN or infinite. To be asked while no worker runs.
  public func firstNonFiniteLoss(_ rows: Range<Int>) -> Int? { rows.first { !losses[$0].isFinite } }

  /// The first layer of which an output for `row` is NaN or infinite. To be asked while no worker runs.
  public func firstNonFiniteLayer(row: Int) -> DenseLayout? {
    stages.first { stage in (0..<stage.layer.units).contains { !stage.output[row, $0].isFinite } }?.layer
  }

  /// After `computeLoss`: the loss's gradient with respect to every layer's sums, for `rows`.
  public func backward(_ rows: Range<Int>) {
    let first = rows.lowerBound
    for number in (0..<stages.count).reversed() {
      let stage = stages[number]
      let delta = stage.delta.from(first)
      kernels.activationGradient(
        stage.activation, kept: stage.kept.from(first), delta, rows: rows.count, columns: stage.layer.columns, units: stage.layer.units)
      if number > 0 { kernels.multiply(delta, stage.transposed, into: stages[number - 1].delta.from(first), rows: rows.count) }
    }
  }

  /// After `backward` of all shards: the gradient of some of the segment's rows, summed over the chunk's rows in order, or, with `adds`, added to what is
  /// there.
  public func weightGradient(_ segment: Stripe.Segment, rows: Range<Int>, _ chunk: Shard.Chunk, adds: Bool) {
    let gradient = stages[segment.layer].gradient.panel(at: 32 * segment.panel)
    let delta = stages[segment.layer].delta.from(chunk.rows.lowerBound).panel(at: 32 * segment.panel)
    if segment.layer == 0 {
      kernels.weightGradientRuns(inputs[chunk.list], runs: rows.lowerBound / 8..<rows.upperBound / 8, delta, into: gradient, adds: adds)
    } else {
      let x = stages[segment.layer - 1].output.from(chunk.rows.lowerBound)
      kernels.weightGradient(x, delta, into: gradient, inputs: rows, adds: adds, rows: chunk.rows.count)
    }
  }

  /// After `forward`: the network's outputs for `rows`, row-major `[rows, outputs]`, its last activation applied.
  public func copyOutputs(_ rows: Range<Int>, to destination: UnsafeMutablePointer<Float>) {
    let last = stages[stages.count - 1]
    let output = last.output.from(rows.lowerBound)
    if objective.includesOutputActivation {
      kernels.activate(last.layer.activation, output, keeping: output, rows: rows.count, columns: last.layer.columns, units: last.layer.units)
    }
    let width = network.outputs
    for row in 0..<rows.count { for column in 0..<width { destination[row * width + column] = output[row, column] } }
  }

  /// After `computeLoss`: the losses of `rows`.
  public func copyLosses(_ rows: Range<Int>, to destination: UnsafeMutablePointer<Float>) {
    destination.update(from: losses + rows.lowerBound, count: rows.count)
  }

  private func setTargets(_ range: Range<Int>, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>) {
    let width = network.outputs
    for row in range { classes[row] = source.classes[Int(rows[row])] }
    let map = objective.targetMap
    switch objective.targetForm {
    case .number: for row in range { targets[row, 0] = map(Float(classes[row])) }
    case .oneHot:
      let (zero, one) = (map(0), map(1))
      for column in stride(from: 0, to: width, by: 32) {
        let panel = targets.panel(at: column)
        // What lies behind the outputs stays zero.
        if zero == 0 {
          panel.row(range.lowerBound).update(repeating: 0, count: range.count * panel.stride)
        } else {
          for row in range { panel.row(row).update(repeating: zero, count: min(32, width - column)) }
        }
      }
      for row in range { targets[row, Int(classes[row])] = one }
    case .vector: for row in range { for column in 0..<width { targets[row, column] = map(source.vectors![Int(rows[row]) * width + column]) } }
    }
  }
}

/// Cuts one allocation into cache-line aligned parts.
private struct BufferPlan {
  var count = 0

  /// The start of a part of `floats` floats.
  mutating func take(_ floats: Int) -> Int {
    let start = count
    count += paddedToVector(floats)
    return start
  }
}
