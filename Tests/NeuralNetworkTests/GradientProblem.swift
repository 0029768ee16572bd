import Interchange
import Kernels
import NeuralNetwork
import Reference
import RunConfig
import TestSupport
import Testing

/// A network, a loss and some examples, set up twice: for the buffers of a batch, and for `DoubleNetwork`.
struct GradientProblem {
  enum Targets: Sendable { case oneHot, number, vector }

  let network: Network
  let objective: Objective
  let reference: DoubleNetwork
  let loss: Loss
  let tensors: [NamedTensor]
  private let seed: UInt64 = 77
  private let step = 3
  let width: Int
  let rows: Int
  let features: [Float]
  let classes: [Int32]
  let vectors: [Float]
  /// The targets as the loss sees them.
  let targets: [[Double]]

  init(inputs: Int, _ layers: [Layer], _ loss: Loss, _ form: Targets, rows: Int) throws {
    self.loss = loss
    self.rows = rows
    width = inputs
    let network = try Network(inputs: inputs, layers: layers)
    let outputs = network.outputs
    // An output that the loss takes for a probability must be one: about one half.
    let last = network.layers[network.layers.count - 1].name
    let isProbability = (loss.givesProbabilities || loss == .poisson) && !loss.fromLogits
    tensors = network.tensors(arena: [Float](repeating: 0, count: network.arenaCount)).enumerated().map { index, tensor in
      let range: ClosedRange<Float> =
        switch tensor.name {
        case "\(last).bias" where isProbability: layers.outputActivation.sumsNearOneHalf
        case "\(last).kernel" where isProbability: -0.1...0.1
        // A tower of exponentials grows beyond all numbers.
        default: layers.count > 2 && layers.dropLast().allSatisfy(\.isExponential) ? -0.05...0.05 : -0.9...0.9
        }
      return NamedTensor(name: tensor.name, shape: tensor.shape, values: seededFloats(tensor.values.count, seed: 100 + UInt64(index), in: range))
    }
    features = seededFloats(rows * inputs, seed: 1)
    classes = seededBytes(rows, seed: 2).map { Int32($0) % Int32(max(outputs, 2)) }
    vectors = seededFloats(rows * outputs, seed: 3, in: 0...1)
    targets =
      switch form {
      case .oneHot: classes.map { number in (0..<outputs).map { $0 == number ? 1 : 0 } }
      case .number: classes.map { [Double($0)] }
      case .vector: vectors.map(Double.init).chunks(of: outputs)
      }
    let isSparse = loss.name == "sparse_categorical_crossentropy"
    objective = try Objective(
      loss: loss, network: network, encoding: form == .oneHot && !isSparse ? .oneHot : .classes, vectorWidth: form == .vector ? outputs : nil,
      areBinary: form != .vector)
    let trained = network.tensors(arena: try network.arena(tensors: tensors), trained: true).map(\.values)
    var reference = DoubleNetwork(inputs: inputs, layers, tensors: trained)
    (reference.seed, reference.step) = (seed, step)
    self.reference = reference
    self.network = network
  }

  /// Runs the kernels of each instruction set over rows in reverse order, and compares loss and gradients.
  func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
    // In the batch's order, which random layers draw by.
    let examples = Array(features.map { Double($0) / 2 }.chunks(of: width).reversed())
    let targets = Array(targets.reversed())
    let expectedLoss = reference.loss(loss, examples, targets) * Double(rows)
    let expected = reference.gradient(loss, examples, targets).map { $0 * Double(rows) }
    // The sums of many rows are as exact as the largest of them.
    let tolerance = 1e-5 * max(1, expected.map(abs).max()!)
    for set in InstructionSet.supported {
      let (sums, arena) = try run(set)
      #expect(
        abs(sums.loss - expectedLoss) <= 1e-5 * max(1, expectedLoss), "\(set) loss \(sums.loss), expected \(expectedLoss)", sourceLocation: sourceLocation)
      let found = network.tensors(arena: arena, trained: true)
      let wrong = zip(found.flatMap(\.values), expected).enumerated().filter { abs(Double($0.element.0) - $0.element.1) > tolerance }
      #expect(wrong.isEmpty, "\(set): \(wrong.count) of \(expected.count) differ, first \(wrong.first.map { "\($0)" } ?? "")", sourceLocation: sourceLocation)
      #expect(try network.arena(tensors: found, trained: true) == arena, "\(set): padding stays zero", sourceLocation: sourceLocation)
    }
  }

  /// The sums and the gradient arena, computed by two workers in turn: each takes half of the inputs if they have leaves,
  /// a part of the rows, and half of the other parameters.
  private func run(_ set: InstructionSet) throws -> (SliceSums, [Float]) {
    let parameters = try ParameterArena(network: network, optimizer: OptimizerRule(.sgd()))
    let leaves = InputLeaves(network.layers[0])
    let halves = leaves.count > 1
    let runs = halves ? [0..<leaves.runs / 2, leaves.runs / 2..<leaves.runs] : [0..<leaves.runs, 0..<0]
    let stripes = [Stripe(runs: runs[0], share: 0..<0.5, network: network), Stripe(runs: runs[1], share: 0.5..<1, network: network)]
    let start = ModelState(weights: try network.arena(tensors: tensors))
    parameters.loadUntrained(start)
    for stripe in stripes {
      parameters.load(start, stripe: stripe)
      parameters.loadMoments(start, stripe: stripe)
      for segment in stripe.segments { parameters.transpose(set.kernels, segment, rows: segment.rows) }
    }
    let buffers = try BatchBuffers(kernels: set.kernels, parameters: parameters, objective: objective, rows: rows, chunks: 2, workers: 2, seed: seed)
    let position = BatchPosition(step: step, firstRow: 0, rows: rows)
    // Sums are taken slice by slice where there are normalisations.
    let middle = network.normalizations.isEmpty ? rows / 2 : rows / 2 / BatchBuffers.sliceRows * BatchBuffers.sliceRows
    let chunks = [Shard.Chunk(list: 0, rows: 0..<middle), Shard.Chunk(list: 1, rows: middle..<rows)]
    let shards = runs.enumerated().map { worker, runs in
      Shard(
        chunks: chunks, runs: runs, leaves: runs.isEmpty ? [] : [Shard.Leaf(runs: runs, place: 0, merges: 0)],
        parts: runs.isEmpty ? [] : [halves ? worker + 1 : 0], rows: chunks[worker].rows,
        additions: halves ? [Shard.Addition(left: 1, right: 2, into: 0)] : [])
    }
    let order = (0..<UInt32(rows)).reversed().map { $0 }
    return features.withUnsafeBufferPointer { features in
      classes.withUnsafeBufferPointer { classes in
        vectors.withUnsafeBufferPointer { vectors in
          let source = ExampleSource(
            features: .floats(features.baseAddress!), width: width, scale: Float(2 / network.inputScale), classes: classes.baseAddress!,
            vectors: vectors.baseAddress!)
          for (worker, shard) in shards.enumerated() {
            for chunk in shard.chunks {
              buffers.gather(shard, chunk, source, rows: order, following: UnsafeBufferPointer(start: nil, count: 0), position, worker: worker)
              buffers.multiplyInputs(shard, chunk, worker: worker)
            }
          }
          for pass in 0..<buffers.passes {
            for (worker, shard) in shards.enumerated() { buffers.forward(shard, shard.rows, pass: pass, position, worker: worker) }
          }
          for shard in shards { buffers.computeLoss(shard.rows, source, rows: order) }
          for pass in (0..<buffers.passes).reversed() {
            for (worker, shard) in shards.enumerated() { buffers.backward(shard.rows, pass: pass, position, worker: worker) }
          }
          for segment in stripes.flatMap(\.segments) {
            for chunk in chunks where !chunk.rows.isEmpty { buffers.weightGradient(segment, rows: segment.rows, chunk, adds: chunk.rows.lowerBound > 0) }
          }
          return (buffers.sums(0..<rows, accuracy: false), parameters.gradientCopy)
        }
      }
    }
  }
}

extension Layer {
  fileprivate var isExponential: Bool { if case .dense(let dense) = self { dense.activation == .exponential } else { false } }
}

extension Activation {
  /// Sums of which it makes about one half, where it is no linear one about as much.
  fileprivate var sumsNearOneHalf: ClosedRange<Float> {
    switch self {
    case .exponential: -0.8 ... -0.6
    case .softplus: -0.6 ... -0.3
    default: 0.4...0.6
    }
  }
}
