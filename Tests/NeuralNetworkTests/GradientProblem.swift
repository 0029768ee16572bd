import Interchange
import Kernels
import NeuralNetwork
import RunConfig
import TestSupport
import Testing

/// A network, a loss and some examples, set up twice: for a shard, and for `DoubleNetwork`.
struct GradientProblem {
  enum Targets: Sendable { case oneHot, number, vector }

  let network: Network
  let objective: Objective
  let reference: DoubleNetwork
  let loss: Loss
  let tensors: [NamedTensor]
  let width: Int
  let rows: Int
  let features: [Float]
  let classes: [Int32]
  let vectors: [Float]
  /// The targets as the loss sees them.
  let targets: [[Double]]

  init(inputs: Int, _ layers: [Dense], _ loss: Loss, _ form: Targets, rows: Int) throws {
    self.loss = loss
    self.rows = rows
    width = inputs
    let network = try Network(inputs: inputs, layers: layers.map(Layer.dense))
    let outputs = network.outputs
    // A linear output that the loss takes for a probability must be one: about one half.
    let last = network.layers[network.layers.count - 1].name
    let isProbability = loss != .meanSquaredError && !loss.fromLogits
    tensors = network.tensors(arena: [Float](repeating: 0, count: network.arenaCount)).enumerated().map { index, tensor in
      let range: ClosedRange<Float> =
        switch tensor.name {
        case "\(last).bias" where isProbability: 0.4...0.6
        case "\(last).kernel" where isProbability: -0.1...0.1
        default: -0.9...0.9
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
      loss: loss, network: network, encoding: form == .oneHot && !isSparse ? .oneHot : .classes, vectorWidth: form == .vector ? outputs : nil)
    reference = DoubleNetwork(inputs: inputs, layers, tensors: tensors.map(\.values))
    self.network = network
  }

  /// Runs a shard of each instruction set over rows in reverse order, and compares loss and gradients.
  func check(sliceRows: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let examples = features.map { Double($0) / 2 }.chunks(of: width)
    let expectedLoss = reference.loss(loss, examples, targets) * Double(rows)
    let expected = reference.gradient(loss, examples, targets).map { $0 * Double(rows) }
    // The sums of many rows are as exact as the largest of them.
    let tolerance = 1e-5 * max(1, expected.map(abs).max()!)
    for set in InstructionSet.supported {
      let (sums, arena) = try run(set, sliceRows: sliceRows)
      #expect(
        abs(sums.loss - expectedLoss) <= 1e-5 * max(1, expectedLoss), "\(set) loss \(sums.loss), expected \(expectedLoss)", sourceLocation: sourceLocation)
      let found = network.tensors(arena: arena)
      let wrong = zip(found.flatMap(\.values), expected).enumerated().filter { abs(Double($0.element.0) - $0.element.1) > tolerance }
      #expect(wrong.isEmpty, "\(set): \(wrong.count) of \(expected.count) differ, first \(wrong.first.map { "\($0)" } ?? "")", sourceLocation: sourceLocation)
      #expect(try network.arena(tensors: found) == arena, "\(set): padding stays zero", sourceLocation: sourceLocation)
    }
  }

  /// One shard's sums and gradient arena.
  private func run(_ set: InstructionSet, sliceRows: Int) throws -> (SliceSums, [Float]) {
    let rule = OptimizerRule(.sgd())
    let parameters = try ParameterArena(network: network, optimizer: rule)
    let whole = Stripe(0, of: 1, network: network)
    parameters.load(ModelState(weights: try network.arena(tensors: tensors)), stripe: whole)
    for segment in whole.segments { parameters.transpose(set.kernels, segment, first: 0, rows: segment.rows) }
    let shard = try Shard(kernels: set.kernels, parameters: parameters, objective: objective, gradientCount: 2)
    let order = (0..<UInt32(rows)).reversed().map { $0 }
    return features.withUnsafeBufferPointer { features in
      classes.withUnsafeBufferPointer { classes in
        vectors.withUnsafeBufferPointer { vectors in
          let source = ExampleSource(
            features: .floats(features.baseAddress!), width: width, scale: 2, classes: classes.baseAddress!, vectors: vectors.baseAddress!)
          shard.gather(source, rows: order, count: rows)
          shard.forward(count: rows)
          shard.computeLoss(source, rows: order, count: rows)
          shard.backward(count: rows, sliceRows: sliceRows, into: 1)
          let gradient = UnsafeBufferPointer(start: shard.gradient(1), count: network.arenaCount)
          return (shard.sums(first: 0, count: rows, accuracy: false), Array(gradient))
        }
      }
    }
  }
}
