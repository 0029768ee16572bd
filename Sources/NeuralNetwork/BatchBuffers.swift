import Failures
import KernelTemplates

/// The numbers of a batch, or of as much of it as is in memory at once: gathered inputs, every layer's outputs, and the gradients with respect to them.
/// Workers fill it together, each its shard. All memory is taken at the start; a step allocates nothing.
///
/// `@unchecked Sendable`: before a step's first barrier a worker writes the lists of its own runs and its own part sums; between the two barriers the
/// rows of its shard and the sums of its slices, and reads its group's part sums; after the second everything here is only read. A worker that is a group of
/// its own needs no first barrier, since it reads what it wrote itself. Between two passes of a batch there is a barrier, too: behind it all sums of slices that
/// the pass before made are read, and nobody writes those again before the next step. Where other processes have rows of the batch, the first worker writes the
/// sums of blocks, theirs too, behind that barrier, and all read them behind another.
public final class BatchBuffers: @unchecked Sendable {
  /// Most rows in memory at once.
  public static let mostRows = 1024
  /// Most rows that share lists of inputs. The sums of so many rows and 32 units stay in a first-level cache of 32 KB, and leave room for weights.
  public static let chunkRows = 128
  /// Rows whose sums are taken as one; a worker's rows begin where a slice does. Eight, as many as a tile is high or more.
  public static let sliceRows = normalizationSlice
  /// Units of weights whose gradients are summed together over a chunk: the more, the less often the chunk's factors are read again. Of
  /// 1024×2048×2048, 512 at a time reached 81 % of the peak in a prototype, where 128 reached 74; with 512 units it made no difference.
  public static let gradientUnits = 512
  /// As many inputs of those units at once: a chunk's factors of as many inputs stay in a second-level cache while the units pass.
  public static let gradientInputs = 512

  let kernels: any KernelSet.Type
  let objective: Objective
  let network: Network
  let matrices: BatchMatrices
  /// Keeps the memory behind every pointer of `matrices`.
  private let memory: AlignedBuffer
  /// The weights that the stages' matrices lie in.
  let parameters: ParameterArena
  /// Whether other processes have rows of the batch, too.
  let sharesBatch: Bool

  /// Buffers for `rows` rows. Memory that is never written is never taken from the system, so there may be more lists and part sums than are used.
  ///
  /// - Parameters:
  ///   - kernels: of an instruction set.
  ///   - parameters: weights and gradients.
  ///   - objective: the loss and its targets.
  ///   - rows: most that are in memory at once.
  ///   - chunks: numbers of lists that shards will name.
  ///   - workers: that will fill the buffers together.
  ///   - sharedBatch: rows of a batch of which other processes have some; nil where all are here.
  ///   - seed: of the run, for random layers; nil for rows that nothing is learned from, for which random layers do nothing and batches have no statistics.
  /// - Throws: `Failure` when there is not enough memory.
  public init(
    kernels: any KernelSet.Type, parameters: ParameterArena, objective: Objective, rows: Int, chunks: Int, workers: Int, sharedBatch: Int? = nil, seed: UInt64?
  ) throws(Failure) {
    let size = BatchMatrices.Size(rows: rows, chunks: chunks, workers: workers, sharedBatch: sharedBatch)
    sharesBatch = sharedBatch != nil
    var counting = BufferPlan.counting
    let counted = BatchMatrices(parameters, objective, size, seed: seed, &counting)
    let memory = try AlignedBuffer(count: counting.count)
    var plan = BufferPlan(memory)
    matrices = BatchMatrices(parameters, objective, size, seed: seed, &plan)
    matrices.prepared?.fill(parameters)
    bytes = (counting.count - counted.partFloats) * MemoryLayout<Float>.stride
    self.kernels = kernels
    self.objective = objective
    network = parameters.network
    self.memory = memory
    self.parameters = parameters
  }

  /// What is told from outputs and targets beside the loss.
  public var metrics: MetricPlan { objective.metrics }

  /// Bytes of the lists, activations and what else a batch without zeros fills; the part sums that are not used never become memory.
  public let bytes: Int

  /// How often workers go forward and back in a batch, with a barrier before each time but the first.
  public var passes: Int { matrices.statistics.count + 1 }

  /// Gathers the shard's inputs of a chunk's rows; row r of the batch is row rows[r] of the source.
  ///
  /// - Parameters:
  ///   - shard: what the worker takes.
  ///   - chunk: the rows.
  ///   - source: where they are.
  ///   - rows: their numbers there.
  ///   - worker: who gathers.
  ///   - following: numbers of the source's rows that the worker will gather next; the first of them are asked for from memory.
  ///   - position: of the rows in the buffers.
  public func gather(
    _ shard: Shard, _ chunk: Shard.Chunk, _ source: ExampleSource, rows: UnsafePointer<UInt32>, following: UnsafeBufferPointer<UInt32>,
    _ position: BatchPosition, worker: Int
  ) {
    precondition(chunk.rows.count <= Self.chunkRows, "\(chunk.rows.count) rows share lists, of at most \(Self.chunkRows)")
    let start = rows + chunk.rows.lowerBound
    let lists = matrices.inputs[chunk.list]
    if let prepared = matrices.prepared {
      return prepared.gather(
        kernels, source, rows: start, count: chunk.rows.count, runs: shard.runs, firstRow: position.firstRow + chunk.rows.lowerBound, position, worker: worker,
        into: lists)
    }
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
    if let weights = source.weights { for row in range { prefetchLine(weights + Int(rows[row])) } }
  }

  /// After `gather`: the first layer's sums over the shard's inputs.
  public func multiplyInputs(_ shard: Shard, _ chunk: Shard.Chunk, worker: Int) {
    let weights = matrices.firstWeights
    for column in stride(from: 0, to: weights.columns, by: 32) {
      /// Where the sums at a place lie, as far as this panel goes.
      func sums(_ place: Int) -> Panel {
        guard place >= shard.parts.count else { return matrices.parts[shard.parts[place]].from(chunk.rows.lowerBound).panel(at: column) }
        return matrices.waiting(worker, place - shard.parts.count)
      }
      let panel = weights.panel(at: column)
      for leaf in shard.leaves {
        kernels.multiplyRuns(matrices.inputs[chunk.list], runs: leaf.runs, panel, into: sums(leaf.place), rows: chunk.rows.count)
        for merge in 0..<leaf.merges {
          let left = sums(leaf.place - merge - 1)
          kernels.add(left, sums(leaf.place - merge), into: left, rows: chunk.rows.count, columns: panel.stride)
        }
      }
    }
  }

  /// After `forward`: the loss of each of `range`, and its gradient with respect to the last layer's output; both times the row's weight, where rows have some.
  public func computeLoss(_ range: Range<Int>, _ source: ExampleSource, rows: UnsafePointer<UInt32>) {
    let first = range.lowerBound
    setTargets(range, source, rows)
    let last = matrices.last
    kernels.loss(
      objective.loss, outputs: last.output.from(first), targets: matrices.targets.from(first), gradient: last.delta.from(first), rows: range.count,
      columns: last.columns, units: last.units, losses: matrices.losses + first)
    if let weights = source.weights { weigh(range, weights, rows) }
    // What a layer's outputs cost is the same whatever the row counts.
    for number in matrices.penalties {
      let stage = matrices.stages[number]
      guard case .activityPenalty(let l1, let l2) = stage.kind else { continue }
      kernels.activityPenalty(stage.output.from(first), l1: l1, l2: l2, losses: matrices.losses + first, rows: range.count, units: stage.units)
    }
  }

  private func weigh(_ range: Range<Int>, _ weights: UnsafePointer<Float>, _ rows: UnsafePointer<UInt32>) {
    let last = matrices.last
    for row in range { matrices.losses[row] *= weights[Int(rows[row])] }
    for column in stride(from: 0, to: last.columns, by: 32) {
      let panel = last.delta.panel(at: column)
      for row in range {
        let (gradient, weight) = (panel.row(row), weights[Int(rows[row])])
        for unit in 0..<min(32, last.columns - column) { gradient[unit] *= weight }
      }
    }
  }

  /// After `computeLoss`: the sum of the losses of `rows`, and how many of them are right, added in row order.
  public func sums(_ rows: Range<Int>, accuracy: Bool) -> SliceSums {
    var sums = SliceSums(loss: 0, correct: 0, count: rows.count)
    for row in rows { sums.loss += Double(matrices.losses[row]) }
    guard accuracy else { return sums }
    let last = matrices.last
    switch objective.accuracyRule {
    case .largest:
      sums.correct = kernels.countLargest(last.output, classes: matrices.classes, rows: rows, columns: last.columns, units: last.units)
    case .threshold(let threshold):
      sums.correct = kernels.countThreshold(
        last.output, targets: matrices.targets, threshold: threshold, zero: objective.targetMap(0), one: objective.targetMap(1), rows: rows)
    }
    return sums
  }

  /// After `computeLoss`: adds what metrics count over `range` to `counts`, and sets `sums` to what they sum, in row order.
  public func tally(
    _ range: Range<Int>, _ source: ExampleSource, rows: UnsafePointer<UInt32>, counts: UnsafeMutablePointer<Int>, sums: UnsafeMutablePointer<Double>
  ) {
    let last = matrices.last
    let metricOutputs = matrices.metricOutputs
    if let metricOutputs {
      for column in stride(from: 0, to: metricOutputs.columns, by: 32) {
        let panel = metricOutputs.panel(at: column)
        panel.row(range.lowerBound).update(from: last.output.panel(at: column).row(range.lowerBound), count: range.count * panel.stride)
      }
      let copy = metricOutputs.from(range.lowerBound)
      let activation = objective.includesOutputActivation ? network.outputActivation : .sigmoid
      kernels.activate(activation, copy, keeping: copy, rows: range.count, columns: last.columns, units: last.units)
    }
    MetricRows(
      outputs: objective.includesOutputActivation ? metricOutputs! : last.output, probabilities: metricOutputs ?? last.output, width: network.outputs,
      form: objective.targetForm, classes: matrices.classes, source: source, rows: rows
    ).tally(range, objective.metrics, counts: counts, sums: sums)
  }

  /// The first of `rows` whose loss is NaN or infinite. To be asked while no worker runs.
  public func firstNonFiniteLoss(_ rows: Range<Int>) -> Int? { rows.first { !matrices.losses[$0].isFinite } }

  /// The first layer of which an output for `row` is NaN or infinite. To be asked while no worker runs.
  public func firstNonFiniteLayer(row: Int) -> String? {
    zip(matrices.stages, matrices.names).first { stage, _ in (0..<stage.units).contains { !stage.output[row, $0].isFinite } }?.1
  }

  /// After `forward`: the network's outputs for `rows`, row-major `[rows, outputs]`, its last activation applied.
  public func copyOutputs(_ rows: Range<Int>, to destination: UnsafeMutablePointer<Float>) {
    let last = matrices.last
    let output = last.output.from(rows.lowerBound)
    if objective.includesOutputActivation {
      kernels.activate(network.outputActivation, output, keeping: output, rows: rows.count, columns: last.columns, units: last.units)
    }
    let width = network.outputs
    for row in 0..<rows.count { for column in 0..<width { destination[row * width + column] = output[row, column] } }
  }

  /// After `computeLoss`: the losses of `rows`.
  public func copyLosses(_ rows: Range<Int>, to destination: UnsafeMutablePointer<Float>) {
    destination.update(from: matrices.losses + rows.lowerBound, count: rows.count)
  }

  private func setTargets(_ range: Range<Int>, _ source: ExampleSource, _ rows: UnsafePointer<UInt32>) {
    let width = network.outputs
    let (classes, targets) = (matrices.classes, matrices.targets)
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
