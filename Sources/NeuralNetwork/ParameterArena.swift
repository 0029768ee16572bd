import Failures
import Kernels
import KernelTemplates
import RunConfig

/// The shared numbers of a network in training: weights, their transposed copies, the optimizer's moments, and the gradient; one aligned buffer each.
///
/// `@unchecked Sendable`: between a step's two barriers workers read the weights and nobody writes them; after the second each worker writes its own
/// stripe, which nobody else reads before the next step's first barrier. What is read before that one, the first layer's weights, a worker reads from
/// its own stripe, or the step ends with a barrier (`BatchPlan.endsWithBarrier`), as it does where workers without a first barrier read all weights, and where
/// constraints have whole panels changed by one worker, whosever stripes they lie in, behind a barrier of their own. Where several
/// processes train together, a step's first worker sends gradients and squares and takes in the other processes' weights and squares, part by part: from the barrier
/// behind which a part's gradients, or weights, are ready until the one behind which the first worker has waited for their end nobody touches that part; the others
/// go on with other parts. The coordinator touches them only while no worker runs.
public final class ParameterArena: @unchecked Sendable {
  /// Whose parameters they are.
  public let network: Network
  let weights: AlignedBuffer
  let transposed: AlignedBuffer
  /// The optimizer's moments, one arena behind the other.
  let moments: AlignedBuffer
  /// The batch's summed gradient, and behind it as many arenas as its sum takes on the way.
  let gradient: AlignedBuffer
  /// For each 16 floats of the gradient the sum of their squares, where norms are clipped. Each worker writes those of its stripe behind a step's second barrier;
  /// all read all of them behind the third, which only such steps have; and nobody writes again before the next step's second.
  private let squares: AlignedBuffer
  /// For each 16 floats of the weights what they add to the loss, where regularisers do: one set for steps of even number and one for the others. Each worker
  /// writes those of its stripe before a step's second barrier, while no weight changes; the first worker reads all of them behind it, and nobody writes that
  /// set again before the second barrier of the next step.
  private let penalties: AlignedBuffer
  /// The weights before a step that is watched; empty where none is. Each worker writes those of its stripe behind that step's last barrier before the update, and
  /// the coordinator reads them while no worker runs.
  let kept: AlignedBuffer
  private let momentCount: Int
  /// The numbers of the arenas of moments that are not the optimizer's own.
  private let accumulator: Int?
  private let average: Int?

  /// Empty arenas; `load` fills them.
  ///
  /// - Parameters:
  ///   - network: whose numbers they are.
  ///   - optimizer: how many moments there are.
  ///   - gradientArenas: that the gradient is summed in.
  ///   - keepsWeights: whether there is room for the weights before a step, for `keep` and `norms`.
  /// - Throws: `Failure` when there is not enough memory.
  public init(network: Network, optimizer: OptimizerRule, gradientArenas: Int = 1, keepsWeights: Bool = false) throws(Failure) {
    self.network = network
    weights = try AlignedBuffer(count: network.arenaCount)
    transposed = try AlignedBuffer(count: network.transposedCount)
    moments = try AlignedBuffer(count: optimizer.momentCount * network.arenaCount)
    momentCount = optimizer.momentCount
    squares = try AlignedBuffer(count: optimizer.normLimit == nil ? 0 : network.arenaCount / 16)
    gradient = try AlignedBuffer(count: gradientArenas * network.arenaCount)
    kept = try AlignedBuffer(count: keepsWeights ? network.arenaCount : 0)
    penalties = try AlignedBuffer(count: network.penalizesWeights ? 2 * (network.arenaCount / 16) : 0)
    (accumulator, average) = (optimizer.accumulator, optimizer.average)
  }

  /// Copies in what no stripe holds, since no optimizer changes it: running means and variances, factors that are not learned.
  public func loadUntrained(_ state: ModelState) {
    for layout in network.normalizations + [network.inputNormalization].compactMap(\.self) {
      let trained = layout.kind == .inputs ? 0..<0 : layout.block.trainedRows
      for row in 0..<layout.arenaRows where !trained.contains(row) {
        for unit in 0..<layout.units {
          let index = layout.index(row: row, unit: unit)
          weights.base[index] = state.weights[index]
        }
      }
    }
  }

  /// Copies the weights of `stripe` in from `state`. Each worker loads its own stripe, so its pages lie in its own memory.
  public func load(_ state: ModelState, stripe: Stripe) { for segment in stripe.segments { copy(state.weights, to: weights.base, segment) } }

  /// The same of moments, by the worker that updates them. What nobody loads, or updates, takes no memory.
  public func loadMoments(_ state: ModelState, stripe: Stripe) {
    precondition(
      state.moments.count >= momentCount, "\(state.moments.count) arenas of moments of \(momentCount): the state of a rank that is not the first has none")
    for segment in stripe.segments { for number in 0..<momentCount { copy(state.moments[number], to: moment(number), segment) } }
  }

  /// An arena of moments. There may be none of that number; then nobody reads or writes there.
  @inline(__always) private func moment(_ number: Int) -> UnsafeMutablePointer<Float> { moments.base + (number < momentCount ? number * weights.count : 0) }

  private func copy(_ values: [Float], to arena: UnsafeMutablePointer<Float>, _ segment: Stripe.Segment) {
    values.withUnsafeBufferPointer { arena.advanced(by: segment.offset).update(from: $0.baseAddress! + segment.offset, count: segment.count) }
  }

  /// Writes the transposed kernel of `rows` of the segment's layer; the first layer needs none, since nothing lies before it, and a normalisation has no kernel.
  @inline(__always)
  public func transpose(_ kernels: any KernelSet.Type, _ segment: Stripe.Segment, rows: Range<Int>) {
    transpose(kernels, layer: segment.block, panel: segment.panel, rows: rows)
  }

  private func transpose(_ kernels: any KernelSet.Type, layer number: Int, panel: Int, rows: Range<Int>) {
    guard number > 0, number < network.layers.count else { return }
    let layer = network.layers[number]
    kernels.transpose(
      layer.matrix(weights.base), into: layer.transposedMatrix(transposed.base), panel: panel, firstRow: rows.lowerBound,
      endRow: min(rows.upperBound, layer.inputs))
  }

  /// Adds some rows of a segment of an arena of gradients to the arena before it.
  @inline(__always)
  public func addGradient(_ kernels: any KernelSet.Type, _ segment: Stripe.Segment, rows: Range<Int>, of arena: Int) {
    let right = Panel(gradient.base + (arena * network.arenaCount + segment.offset(of: rows)), stride: segment.width)
    let left = right.moved(by: -network.arenaCount)
    kernels.add(left, right, into: left, rows: rows.count, columns: segment.width)
  }

  /// Adds to the batch's gradient, for some rows of a segment, what regularisers ask for and what earlier batches left. Returns whether all is finite.
  @inline(__always)
  public func completeGradient(_ kernels: any KernelSet.Type, _ segment: Stripe.Segment, rows: Range<Int>, _ move: StepMove) -> Bool {
    if network.penalizesWeights {
      for variable in network.blocks[segment.block].variables {
        guard let penalty = variable.penalty, case let rows = rows.clamped(to: variable.rows), !rows.isEmpty else { continue }
        let offset = segment.offset(of: rows)
        kernels.penalize(
          weights.base + offset, gradient: gradient.base + offset, l1: penalty.l1, l2: penalty.l2, scale: Float(move.weight), count: rows.count * segment.width)
      }
    }
    guard let accumulation = move.accumulation, let accumulator else { return true }
    let offset = segment.offset(of: rows)
    return kernels.accumulate(
      gradient.base + offset, scale: Float(1 / move.weight), into: moment(accumulator) + offset, ends: accumulation.ends, count: rows.count * segment.width)
  }

  /// After `completeGradient`: updates the weights of some rows of a segment, their average, and their transposed copies. Returns whether all new weights are
  /// finite.
  @inline(__always)
  public func update(
    _ kernels: any KernelSet.Type, _ rule: OptimizerRule, _ segment: Stripe.Segment, rows: Range<Int>, _ move: StepMove, _ factors: StepFactors?
  ) -> Bool {
    let (offset, count) = (segment.offset(of: rows), rows.count * segment.width)
    var isFinite = true
    if let factors {
      let arenas = UpdateArenas(
        weights: weights.base + offset, first: moment(0) + offset, second: moment(1) + offset, third: moment(2) + offset, gradient: gradient.base + offset)
      isFinite = kernels.update(rule.kernel, arenas, count: count, factors)
    }
    if let averaging = move.average, let average {
      kernels.average(
        weights.base + offset, into: moment(average) + offset, momentum: averaging.momentum, share: averaging.share, overwrites: averaging.overwrites,
        count: count)
    }
    if move.changesWeights { transpose(kernels, segment, rows: rows) }
    return isFinite
  }

  /// Puts the variables of every `count`th panel, from number `first` on, back into their constraints. To be called behind the barrier after the update: a
  /// panel is changed as a whole, whosever stripes it lies in.
  public func constrain(_ kernels: any KernelSet.Type, first: Int, of count: Int) {
    var number = 0
    for (index, block) in network.blocks.enumerated() {
      let matrix = Matrix(weights.base + block.offset, rows: block.arenaRows, columns: block.columns)
      for variable in block.variables {
        guard let constraint = variable.constraint.map(ConstraintKernel.init) else { continue }
        // A bias has one norm, a kernel one a unit.
        guard variable.isKernel else {
          if number % count == first { kernels.constrainRow(constraint, matrix.from(variable.rows.lowerBound), columns: block.columns) }
          number += 1
          continue
        }
        for panel in 0..<block.panels {
          if number % count == first {
            kernels.constrainColumns(constraint, matrix.from(variable.rows.lowerBound).panel(at: 32 * panel), rows: variable.rows.count)
            transpose(kernels, layer: index, panel: panel, rows: variable.rows)
          }
          number += 1
        }
      }
    }
  }

  /// What the segment's weights add to the loss in step `step`, for `penalty(step:)`.
  public func sumPenalties(_ kernels: any KernelSet.Type, _ segment: Stripe.Segment, step: Int) {
    for variable in network.blocks[segment.block].variables {
      guard let penalty = variable.penalty, case let rows = segment.rows.clamped(to: variable.rows), !rows.isEmpty else { continue }
      let offset = segment.offset(of: rows)
      kernels.penalties(
        weights.base + offset, l1: penalty.l1, l2: penalty.l2, into: penalties(step: step) + offset / 16, count: rows.count * segment.width)
    }
  }

  /// After `sumPenalties` of everything: what the weights add to the loss. Added in one order, whoever asks.
  public func penalty(step: Int) -> Double {
    var sum = 0.0
    for block in network.blocks {
      for variable in block.variables where variable.penalty != nil { sum += total(of: penalties(step: step), block, variable.rows) }
    }
    return sum
  }

  /// What the weights add to the loss as they are now. To be asked while no worker runs.
  public func penalty(_ kernels: any KernelSet.Type) -> Double {
    guard network.penalizesWeights else { return 0 }
    let whole = Stripe(runs: 0..<InputRuns.runs(network.layers[0].rows), share: 0..<1, network: network)
    for segment in whole.segments { sumPenalties(kernels, segment, step: 0) }
    return penalty(step: 0)
  }

  private func penalties(step: Int) -> UnsafeMutablePointer<Float> { penalties.base + step % 2 * (network.arenaCount / 16) }

  /// The squares of the segment's gradient, for `squaredNorms`.
  public func sumSquares(_ kernels: any KernelSet.Type, _ segment: Stripe.Segment) {
    kernels.sumSquares(gradient.base + segment.offset, into: squares.base + segment.offset / 16, count: segment.count)
  }

  /// After `sumSquares` of everything: the norm of the summed gradient of a variable, these rows of `block`, squared. Added in one order, whoever asks.
  public func squaredNorm(_ block: ParameterBlock, _ rows: Range<Int>) -> Double { total(of: squares.base, block, rows) }

  /// Of sums over 16 floats each.
  private func total(of sums: UnsafePointer<Float>, _ block: ParameterBlock, _ rows: Range<Int>) -> Double {
    var sum = 0.0
    for panel in 0..<block.panels {
      let width = min(32, block.columns - 32 * panel) / 16
      let first = block.index(row: 0, unit: 32 * panel) / 16
      for place in first + rows.lowerBound * width..<first + rows.upperBound * width { sum += Double(sums[place]) }
    }
    return sum
  }

  /// The first layer of which a gradient is NaN or infinite, or else a weight. To be asked while no worker runs.
  public var firstNonFinite: (layer: String, gradientIsFinite: Bool)? {
    let names = network.layers.map(\.name) + network.normalizations.map(\.name)
    func first(in arena: UnsafeMutablePointer<Float>) -> String? {
      zip(names, network.blocks).first { _, block in
        block.variables.map(\.rows).joined().contains { row in (0..<block.units).contains { !arena[block.index(row: row, unit: $0)].isFinite } }
      }?.0
    }
    if let layer = first(in: gradient.base) { return (layer, false) }
    return first(in: weights.base).map { ($0, true) }
  }

  // For an exchange with other processes, whose caller says which barriers stand around it.

  /// An arena that gradients are summed in.
  package func gradients(_ arena: Int) -> UnsafeMutablePointer<Float> { gradient.base + arena * network.arenaCount }
  package var weightBase: UnsafeMutablePointer<Float> { weights.base }
  package var squareSums: UnsafeMutablePointer<Float> { squares.base }
  package var momentArenas: Int { momentCount }
  package func momentBase(_ number: Int) -> UnsafeMutablePointer<Float> { moment(number) }

  /// Makes the batch's gradient of a segment these numbers.
  package func setGradient(_ segment: Stripe.Segment, to values: UnsafePointer<Float>) {
    (gradient.base + segment.offset).update(from: values, count: segment.count)
  }

  /// The last batch's gradient, summed over its rows.
  package var weightCopy: [Float] { weights.array }
  package var gradientCopy: [Float] { Array(UnsafeBufferPointer(start: gradient.base, count: network.arenaCount)) }

  /// Bytes of the weights, padding included.
  public var weightBytes: Int { weights.count * MemoryLayout<Float>.stride }
  /// Without the first layer's, which is never written, so the system never gives it memory.
  public var transposedBytes: Int {
    (transposed.count - network.layers[0].units * network.layers[0].transposedColumns) * MemoryLayout<Float>.stride
  }
  /// Bytes of the gradient and of what is summed or kept beside it.
  public var gradientBytes: Int { (gradient.count + squares.count + penalties.count + kept.count) * MemoryLayout<Float>.stride }
  /// Bytes of all moments, also of those that only other processes update.
  public var momentBytes: Int { moments.count * MemoryLayout<Float>.stride }

  /// The weights and moments as a value, after `step` steps.
  public func state(step: Int) -> ModelState {
    ModelState(weights: weights.array, moments: (0..<momentCount).map(momentCopy), step: step)
  }

  /// One of the arenas of moments as a value.
  package func momentCopy(_ number: Int) -> [Float] { Array(UnsafeBufferPointer(start: moment(number), count: weights.count)) }
}

extension AlignedBuffer {
  /// A copy of the numbers.
  var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

/// What training changes: the weights, the optimizer's moments, and how many steps were taken. Arena layout, padding included.
public struct ModelState: Equatable, Sendable {
  /// The weights; `Network.tensors` finds each tensor in them.
  public var weights: [Float]
  /// As many arenas as the optimizer keeps; none in a state that a rank which is not the first was given.
  public var moments: [[Float]]
  /// Steps that were taken.
  public var step: Int

  /// - Parameters:
  ///   - weights: in arena layout.
  ///   - moments: as many arenas as the optimizer keeps.
  ///   - step: steps that were taken.
  public init(weights: [Float], moments: [[Float]] = [], step: Int = 0) {
    self.weights = weights
    self.moments = moments
    self.step = step
  }

  /// Makes every number that `network` trains that of another arena.
  public mutating func setWeights(of network: Network, to arena: [Float]) {
    for block in network.blocks {
      for row in block.variables.map(\.rows).joined() {
        for unit in 0..<block.units {
          let index = block.index(row: row, unit: unit)
          weights[index] = arena[index]
        }
      }
    }
  }

  /// `weights` of `network` before the first step of `optimizer`.
  public init(weights: [Float], network: Network, optimizer: OptimizerRule) {
    var moments = Array(repeating: [Float](repeating: 0, count: weights.count), count: optimizer.momentCount)
    if optimizer.initialMoment != 0 {
      // Padding stays zero.
      for block in network.blocks {
        for row in block.variables.map(\.rows).joined() {
          for unit in 0..<block.units { moments[0][block.index(row: row, unit: unit)] = optimizer.initialMoment }
        }
      }
    }
    self.init(weights: weights, moments: moments)
  }
}
