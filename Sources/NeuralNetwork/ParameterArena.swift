import Failures
import Kernels
import KernelTemplates
import RunConfig

/// The shared numbers of a network in training: weights, their transposed copies, the optimizer's moments, and the gradient; one aligned buffer each.
///
/// `@unchecked Sendable`: between a step's two barriers workers read the weights and nobody writes them; after the second each worker writes its own
/// stripe, which nobody else reads before the next step's first barrier. What is read before that one, the first layer's weights, a worker reads from
/// its own stripe, or the step ends with a barrier (`BatchPlan.endsWithBarrier`), as it does where workers without a first barrier read all weights. The coordinator touches them only while no worker runs.
public final class ParameterArena: @unchecked Sendable {
  public let network: Network
  let weights: AlignedBuffer
  let transposed: AlignedBuffer
  /// The optimizer's moments, one arena behind the other.
  let moments: AlignedBuffer
  /// The batch's summed gradient.
  let gradient: AlignedBuffer
  /// For each 16 floats of the gradient the sum of their squares, where norms are clipped. Each worker writes those of its stripe behind a step's second barrier;
  /// all read all of them behind the third, which only such steps have; and nobody writes again before the next step's second.
  private let squares: AlignedBuffer
  private let momentCount: Int

  /// Empty arenas; `load` fills them.
  ///
  /// - Throws: `Failure` when there is not enough memory.
  public init(network: Network, optimizer: OptimizerRule) throws(Failure) {
    self.network = network
    weights = try AlignedBuffer(count: network.arenaCount)
    transposed = try AlignedBuffer(count: network.transposedCount)
    moments = try AlignedBuffer(count: optimizer.momentCount * network.arenaCount)
    momentCount = optimizer.momentCount
    squares = try AlignedBuffer(count: optimizer.normLimit == nil ? 0 : network.arenaCount / 16)
    gradient = try AlignedBuffer(count: network.arenaCount)
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

  /// Copies the rows of `stripe` in from `state`. Each worker loads its own stripe, so its pages lie in its own memory.
  public func load(_ state: ModelState, stripe: Stripe) {
    for segment in stripe.segments {
      copy(state.weights, to: weights.base, segment)
      for number in 0..<momentCount { copy(state.moments[number], to: moment(number), segment) }
    }
  }

  /// An arena of moments. There may be none of that number; then nobody reads or writes there.
  @inline(__always) private func moment(_ number: Int) -> UnsafeMutablePointer<Float> { moments.base + (number < momentCount ? number * weights.count : 0) }

  private func copy(_ values: [Float], to arena: UnsafeMutablePointer<Float>, _ segment: Stripe.Segment) {
    values.withUnsafeBufferPointer { arena.advanced(by: segment.offset).update(from: $0.baseAddress! + segment.offset, count: segment.count) }
  }

  /// Writes the transposed kernel of `rows` of the segment's layer; the first layer needs none, since nothing lies before it, and a normalisation has no kernel.
  @inline(__always)
  public func transpose(_ kernels: any KernelSet.Type, _ segment: Stripe.Segment, rows: Range<Int>) {
    guard segment.block > 0, segment.block < network.layers.count else { return }
    let layer = network.layers[segment.block]
    kernels.transpose(
      layer.matrix(weights.base), into: layer.transposedMatrix(transposed.base), panel: segment.panel, firstRow: rows.lowerBound,
      endRow: min(rows.upperBound, layer.inputs))
  }

  /// Updates `count` weights at `offset` from their summed gradient. Returns whether all new weights are finite.
  @inline(__always)
  public func update(_ kernels: any KernelSet.Type, _ rule: OptimizerRule, offset: Int, count: Int, _ factors: StepFactors) -> Bool {
    let arenas = UpdateArenas(
      weights: weights.base + offset, first: moment(0) + offset, second: moment(1) + offset, third: moment(2) + offset, gradient: gradient.base + offset)
    return kernels.update(rule.kernel, arenas, count: count, factors)
  }

  /// The squares of the segment's gradient, for `squaredNorms`.
  public func sumSquares(_ kernels: any KernelSet.Type, _ segment: Stripe.Segment) {
    kernels.sumSquares(gradient.base + segment.offset, into: squares.base + segment.offset / 16, count: segment.count)
  }

  /// After `sumSquares` of everything: the norm of the summed gradient of a variable, these rows of `block`, squared. Added in one order, whoever asks.
  public func squaredNorm(_ block: ParameterBlock, _ rows: Range<Int>) -> Double {
    var sum = 0.0
    for panel in 0..<block.panels {
      let width = min(32, block.columns - 32 * panel) / 16
      let first = block.index(row: 0, unit: 32 * panel) / 16
      for place in first + rows.lowerBound * width..<first + rows.upperBound * width { sum += Double(squares.base[place]) }
    }
    return sum
  }

  /// The first layer of which a gradient is NaN or infinite, or else a weight. To be asked while no worker runs.
  public var firstNonFinite: (layer: String, gradientIsFinite: Bool)? {
    let names = network.layers.map(\.name) + network.normalizations.map(\.name)
    func first(in arena: UnsafeMutablePointer<Float>) -> String? {
      zip(names, network.blocks).first { _, block in
        block.variables.joined().contains { row in (0..<block.units).contains { !arena[block.index(row: row, unit: $0)].isFinite } }
      }?.0
    }
    if let layer = first(in: gradient.base) { return (layer, false) }
    return first(in: weights.base).map { ($0, true) }
  }

  /// The last batch's gradient, summed over its rows.
  package var gradientCopy: [Float] { gradient.array }

  public var weightBytes: Int { weights.count * MemoryLayout<Float>.stride }
  /// Without the first layer's, which is never written, so the system never gives it memory.
  public var transposedBytes: Int {
    (transposed.count - network.layers[0].units * network.layers[0].transposedColumns) * MemoryLayout<Float>.stride
  }
  public var gradientBytes: Int { (gradient.count + squares.count) * MemoryLayout<Float>.stride }
  public var momentBytes: Int { moments.count * MemoryLayout<Float>.stride }

  /// The weights and moments as a value, after `step` steps.
  public func state(step: Int) -> ModelState {
    let moments = (0..<momentCount).map { Array(UnsafeBufferPointer(start: moment($0), count: weights.count)) }
    return ModelState(weights: weights.array, moments: moments, step: step)
  }
}

extension AlignedBuffer {
  /// A copy of the numbers.
  var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

/// What training changes: the weights, the optimizer's moments, and how many steps were taken. Arena layout, padding included.
public struct ModelState: Equatable, Sendable {
  public var weights: [Float]
  /// As many arenas as the optimizer keeps.
  public var moments: [[Float]]
  public var step: Int

  public init(weights: [Float], moments: [[Float]] = [], step: Int = 0) {
    self.weights = weights
    self.moments = moments
    self.step = step
  }

  /// `weights` of `network` before the first step of `optimizer`.
  public init(weights: [Float], network: Network, optimizer: OptimizerRule) {
    var moments = Array(repeating: [Float](repeating: 0, count: weights.count), count: optimizer.momentCount)
    if optimizer.initialMoment != 0 {
      // Padding stays zero.
      for block in network.blocks {
        for row in block.variables.joined() { for unit in 0..<block.units { moments[0][block.index(row: row, unit: unit)] = optimizer.initialMoment } }
      }
    }
    self.init(weights: weights, moments: moments)
  }
}
