import Failures
import KernelTemplates

/// One worker's buffers and its part of a step: gather rows, forward, loss, backward. All memory is taken at the start; a pass allocates
/// nothing.
///
/// `@unchecked Sendable`: only its own worker touches it while workers run; between the barriers of a reduction other workers read its
/// gradient buffers and add to them, each in its own stripe (see `Training/Reducer.swift`).
public final class Shard: @unchecked Sendable {
  /// Most rows in one pass: 128 rows of digits and their activations stay in a second-level cache of 1 MB. A multiple of 8.
  public static let mostRows = 128

  private let kernels: any KernelSet.Type
  private let objective: Objective
  private let outputs: Int
  /// What the first layer reads.
  private var inputs: InputBlocks
  private let stages: [Stage]
  private let targets: Matrix
  private let classes: UnsafeMutablePointer<Int32>
  private let losses: UnsafeMutablePointer<Float>
  private let scratch: UnsafeMutablePointer<Float>
  /// Keeps the memory behind every pointer above.
  private let memory: AlignedBuffer
  private let gradientMemory: AlignedBuffer
  private let gradientStride: Int
  /// The weights that the stages' pointers lead into.
  private let parameters: ParameterArena

  /// A layer with the buffers it reads and writes.
  private struct Stage {
    let layer: DenseLayout
    let output: Matrix
    /// The gradient with respect to `output`; before the activation's derivative is applied, and after.
    let delta: Matrix
    let weights: Matrix
    let transposed: Matrix
    /// What `forward` applies: linear where the loss holds the output's activation.
    let activation: ActivationKernel
  }

  /// Buffers for passes of up to `mostRows` rows and `gradientCount` partial gradients. Call it on the worker's own thread, so that the
  /// memory is near.
  ///
  /// - Throws: `Failure` when there is not enough memory.
  public init(
    kernels: any KernelSet.Type, parameters: ParameterArena, objective: Objective, gradientCount: Int
  ) throws(Failure) {
    let network = parameters.network
    let rows = Self.mostRows
    let panelRows = Matrix.spacedRows(rows)
    let last = network.layers.count - 1
    let targetColumns = paddedToVector(network.outputs)
    var plan = BufferPlan()
    let lists = InputBlocks.lists(rows: rows, inputs: network.layers[0].rows)
    let valueStart = plan.take(lists * InputBlocks.listValues)
    let numberStart = plan.take(lists * InputBlocks.listNumbers)
    let countStart = plan.take(lists)
    let presenceStart = plan.take(InputBlocks.presenceBytes(rows: rows, inputs: network.layers[0].rows) / 4)
    let cornerStart = plan.take(InputBlocks.scratchBytes / 4)
    let outputStarts = network.layers.map { plan.take(panelRows * $0.outputColumns) }
    let deltaStarts = network.layers.map { plan.take(panelRows * $0.outputColumns) }
    let targetStart = plan.take(panelRows * targetColumns)
    let classStart = plan.take(rows)
    let lossStart = plan.take(rows)
    let scratchStart = plan.take(weightGradientScratch)
    let memory = try AlignedBuffer(count: plan.count)
    let base = memory.base

    self.kernels = kernels
    self.objective = objective
    outputs = network.outputs
    inputs = InputBlocks(
      values: base + valueStart,
      numbers: UnsafeMutableRawPointer(base + numberStart).bindMemory(to: UInt32.self, capacity: lists * InputBlocks.listNumbers),
      counts: UnsafeMutableRawPointer(base + countStart).bindMemory(to: UInt32.self, capacity: lists),
      presence: UnsafeMutableRawPointer(base + presenceStart).bindMemory(
        to: UInt8.self, capacity: InputBlocks.presenceBytes(rows: rows, inputs: network.layers[0].rows)),
      scratch: UnsafeMutableRawPointer(base + cornerStart).bindMemory(to: UInt8.self, capacity: InputBlocks.scratchBytes),
      rows: rows, inputs: network.layers[0].rows)
    stages = network.layers.enumerated().map { index, layer in
      Stage(
        layer: layer,
        output: Matrix(base + outputStarts[index], rows: panelRows, columns: layer.outputColumns),
        delta: Matrix(base + deltaStarts[index], rows: panelRows, columns: layer.outputColumns),
        weights: layer.matrix(parameters.weights.base),
        transposed: layer.transposedMatrix(parameters.transposed.base),
        activation: index == last && objective.includesOutputActivation ? .linear : layer.activation)
    }
    targets = Matrix(base + targetStart, rows: panelRows, columns: targetColumns)
    classes = UnsafeMutableRawPointer(base + classStart).bindMemory(to: Int32.self, capacity: rows)
    losses = base + lossStart
    scratch = base + scratchStart
    self.memory = memory
    gradientStride = network.arenaCount
    gradientMemory = try AlignedBuffer(count: gradientCount * network.arenaCount)
    self.parameters = parameters
  }

  /// Writes to every page, so that all of them lie in the memory of the calling worker.
  public func touch() {
    memory.touch()
    gradientMemory.touch()
  }

  /// Bytes of the gathered inputs, the activations and what else a pass fills.
  public var passBytes: Int { memory.count * MemoryLayout<Float>.stride }
  /// Bytes of the partial gradients.
  public var gradientBytes: Int { gradientMemory.count * MemoryLayout<Float>.stride }

  /// Partial gradient number `index`, in arena layout.
  public func gradient(_ index: Int) -> UnsafeMutablePointer<Float> { gradientMemory.base + index * gradientStride }

  /// Gathers `count` examples.
  ///
  /// - Parameter ahead: rows[ahead ..< ahead + count] will be gathered next, and are asked for from memory in good time; 0 for none.
  public func gather(_ source: ExampleSource, rows: UnsafePointer<UInt32>, count: Int, ahead: Int = 0) {
    precondition(count <= Self.mostRows && ahead >= 0, "a pass of \(count) rows, of at most \(Self.mostRows), \(ahead) ahead")
    // Of many rows, a label is as far away as the pixels.
    if ahead > 0 { for index in 0..<count { prefetchLine(source.classes + Int(rows[ahead + index])) } }
    switch source.features {
    case .bytes(let bytes):
      inputs.upcoming = ahead > 0 ? UpcomingRows(bytes, width: source.width, rows: rows + ahead, count: count) : UpcomingRows()
      kernels.gatherBytes(bytes, width: source.width, rows: rows, count: count, scale: source.scale, into: inputs)
    case .floats(let floats):
      inputs.upcoming = ahead > 0 ? UpcomingRows(floats, width: source.width, rows: rows + ahead, count: count) : UpcomingRows()
      kernels.gatherFloats(floats, width: source.width, rows: rows, count: count, scale: source.scale, into: inputs)
    }
  }

  /// After `gather` of `count` examples: the network's outputs, logits where the loss holds the output's activation.
  public func forward(count: Int) {
    for (number, stage) in stages.enumerated() {
      if number == 0 {
        kernels.multiplyBlocks(inputs, stage.weights, into: stage.output, rows: count)
      } else {
        kernels.multiply(stages[number - 1].output, stage.weights, into: stage.output, rows: count)
      }
      kernels.activate(stage.activation, stage.output, rows: count, columns: stage.layer.columns, units: stage.layer.units)
    }
  }

  /// After `forward`: the loss of each row, and its gradient with respect to the last layer's output.
  public func computeLoss(_ source: ExampleSource, rows: UnsafePointer<UInt32>, count: Int) {
    gatherTargets(source, rows, count)
    let last = stages[stages.count - 1]
    kernels.loss(
      objective.loss, outputs: last.output, targets: targets, gradient: last.delta, rows: count, columns: last.layer.columns, units: last.layer.units,
      losses: losses)
  }

  /// After `computeLoss`: the sum of the losses of rows `first ..< first + count` of the pass, and how many of them are right, added in row
  /// order.
  public func sums(first: Int, count: Int, accuracy: Bool) -> SliceSums {
    var sums = SliceSums(loss: 0, correct: 0, count: count)
    for row in first..<first + count { sums.loss += Double(losses[row]) }
    guard accuracy else { return sums }
    let last = stages[stages.count - 1]
    let rows = first..<first + count
    switch objective.accuracyRule {
    case .largest:
      sums.correct = kernels.countLargest(last.output, classes: classes, rows: rows, columns: last.layer.columns, units: last.layer.units)
    case .threshold(let threshold):
      sums.correct = kernels.countThreshold(last.output, targets: targets, threshold: threshold, rows: rows)
    }
    return sums
  }

  /// After `computeLoss`: the gradient of every parameter, summed over the pass in slices of `sliceRows` (a multiple of 8, at most 64), into partial gradient
  /// `index`, or added to what is there.
  public func backward(count: Int, sliceRows: Int, into index: Int, adds: Bool = false) {
    precondition((8...64).contains(sliceRows) && sliceRows % 8 == 0, "slices of \(sliceRows) rows, not of 1 to 8 blocks of 8")
    let gradient = gradient(index)
    for number in (0..<stages.count).reversed() {
      let stage = stages[number]
      kernels.activationGradient(
        stage.activation, outputs: stage.output, stage.delta, rows: count, columns: stage.layer.columns, units: stage.layer.units)
      let into = stage.layer.matrix(gradient)
      guard number > 0 else {
        kernels.weightGradientBlocks(
          inputs, stage.delta, into: into, adds: adds, rows: count, sliceRows: sliceRows, scratch: scratch)
        break
      }
      kernels.weightGradient(
        stages[number - 1].output, stage.delta, into: into, adds: adds, rows: count, sliceRows: sliceRows, scratch: scratch)
      kernels.multiply(
        stage.delta, stage.transposed, into: stages[number - 1].delta, rows: count)
    }
  }

  /// Adds partial gradient `from` to `into`.
  public func merge(_ from: Int, into: Int) {
    kernels.add(gradient(from), into: gradient(into), count: gradientStride)
  }

  /// After `forward`: the network's outputs, row-major `[count, outputs]`, its last activation applied.
  public func copyOutputs(count: Int, to destination: UnsafeMutablePointer<Float>) {
    let last = stages[stages.count - 1]
    if objective.includesOutputActivation {
      kernels.activate(last.layer.activation, last.output, rows: count, columns: last.layer.columns, units: last.layer.units)
    }
    for row in 0..<count { for column in 0..<outputs { destination[row * outputs + column] = last.output[row, column] } }
  }

  private func gatherTargets(_ source: ExampleSource, _ rows: UnsafePointer<UInt32>, _ count: Int) {
    for index in 0..<count {
      let row = Int(rows[index])
      let number = source.classes[row]
      classes[index] = number
      switch objective.targetForm {
      case .number: targets[index, 0] = Float(number)
      case .oneHot:
        for column in 0..<outputs { targets[index, column] = 0 }
        targets[index, Int(number)] = 1
      case .vector: for column in 0..<outputs { targets[index, column] = source.vectors![row * outputs + column] }
      }
    }
  }
}

/// Sums over one slice of a batch, or over many.
public struct SliceSums: Equatable, Sendable {
  /// The losses' sum.
  public var loss: Double
  /// Right answers.
  public var correct: Int
  /// Rows.
  public var count: Int

  public init(loss: Double = 0, correct: Int = 0, count: Int = 0) {
    self.loss = loss
    self.correct = correct
    self.count = count
  }

  /// Adds the next slice.
  public static func += (sums: inout SliceSums, next: SliceSums) {
    sums.loss += next.loss
    sums.correct += next.correct
    sums.count += next.count
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
