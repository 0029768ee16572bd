import Datasets
import Failures
import KernelTemplates
import NeuralNetwork
import RunConfig

/// What a network makes of one row, and what a fit would learn from it. All numbers are the engine's own; what is told of them, such as norms, is added up in
/// Double.
public struct Explanation: Equatable, Sendable {
  /// Counted in the data set, from 0.
  public let row: Int
  /// The row's number in the files or arrays that the data came from, from 0.
  public let sourceRow: Int
  /// The inputs as they are in the file.
  public let features: [Float]
  /// The right answer's class; nil where answers are not classes.
  public let truth: Int?
  /// The class that the network answers; nil where answers are not classes.
  public let answer: Int?
  /// Every number on the way forward and back.
  public let trace: RowTrace
  /// The same layer by layer, with what stands out.
  public let layers: [Layer]
  /// What the outputs say as probabilities; nil where they are none.
  public let probabilities: [Float]?
  /// The loss as its formula.
  public let loss: LossInWords
  /// The row's loss after one step of the optimizer over this row alone, from the start; nil where batch statistics would make that meaningless.
  public let lossAfterStep: Float?
  /// What took the step of `lossAfterStep`.
  public let optimizer: Optimizer

  /// A dense layer, or what follows one.
  public struct Layer: Equatable, Sendable {
    /// Keras's name; of one without parameters, that of the dense layer it follows.
    public let name: String
    /// Its numbers.
    public let stage: RowTrace.Stage
    /// Of a dense layer the unit whose output is largest, and how its sum comes about; nil for others.
    public let loudest: Unit?
    /// Units whose activation is so flat here that hardly a gradient passes: `Activation.slopingRange` says where.
    public let flat: Int
    /// The gradient of each tensor.
    public let gradients: [Gradient]
  }

  /// z of one unit as its products.
  public struct Unit: Equatable, Sendable {
    /// From 0.
    public let number: Int
    /// Its bias; 0 where there is none.
    public let bias: Float
    /// Products that are not 0.
    public let productCount: Int
    /// The largest products, by size, at most three.
    public let products: [Product]
    /// Σ x·w + b, added up in Double.
    public let sum: Double

    /// An input times its weight.
    public struct Product: Equatable, Sendable {
      /// The input's number, from 0.
      public let input: Int
      /// The input.
      public let value: Float
      /// The weight.
      public let weight: Float
    }
  }

  /// ∂loss/∂tensor.
  public struct Gradient: Equatable, Sendable {
    /// Its name: `dense.kernel`.
    public let tensor: String
    /// √ Σ of the squares.
    public let norm: Double
    /// The largest by size.
    public let largest: Float
    /// Numbers that are not 0, and all.
    public let nonzero: Int
    /// All numbers of the tensor.
    public let count: Int
  }
}

extension Explanation {
  /// Explains row `row` of `dataset`, as a row that counts 1.
  ///
  /// - Parameters:
  ///   - compiled: the network, its loss and its metrics.
  ///   - weights: in arena layout.
  ///   - dataset: the rows.
  ///   - crew: who computes.
  ///   - encoding: what becomes of class numbers on their way to the loss.
  ///   - row: counted in `dataset.rows`, from 0.
  ///   - seed: of the run, for what random layers draw in the step that is tried.
  /// - Throws: `Failure` when there is no such row, or data, network and loss do not go together.
  public static func of(
    _ compiled: CompiledNetwork, weights: [Float], dataset: Dataset, encoding: DataSection.Targets = .classes, row: Int, seed: UInt64, crew: Crew
  ) throws(Failure) -> Explanation {
    guard dataset.rows.indices.contains(row) else {
      throw Failure(.badData, at: "row \(row)", "there is no such row; expected 0 to \(dataset.count - 1)")
    }
    let objective = try compiled.objective(for: dataset, encoding: encoding)
    let examples = try Examples(dataset, compiled, objective, name: "data")
    let sourceRow = dataset.rows[row]
    let trace = try RowTrace(compiled, objective, weights: weights, examples.source.unweighted, row: sourceRow, kernels: crew.instructionSet.kernels)
    let (network, loss) = (compiled.network, compiled.compile.loss)
    let isClass = dataset.truths(loss)
    let after = try lossAfterStep(compiled, objective, weights, examples, row: sourceRow, seed: seed, crew)
    return Explanation(
      row: row, sourceRow: Int(sourceRow), features: dataset.store.row(Int(sourceRow)), truth: isClass.map { Int($0(Int(sourceRow))) },
      answer: isClass.map { _ in Training.answers(trace.outputs, width: network.outputs, threshold: compiled.threshold)[0] }, trace: trace,
      layers: layers(network, weights, trace), probabilities: probabilities(trace, loss, network), loss: LossInWords(loss, trace), lossAfterStep: after,
      optimizer: compiled.compile.optimizer)
  }

  private static func probabilities(_ trace: RowTrace, _ loss: Loss, _ network: Network) -> [Float]? {
    if loss.fromLogits { return Training.probabilities(trace.outputs, width: network.outputs, loss: loss) }
    return [.sigmoid, .softmax].contains(network.description.outputActivation) ? trace.outputs : nil
  }

  private static func lossAfterStep(
    _ compiled: CompiledNetwork, _ objective: Objective, _ weights: [Float], _ examples: Examples, row: UInt32, seed: UInt64, _ crew: Crew
  ) throws(Failure) -> Float? {
    guard !compiled.network.usesBatchStatistics else { return nil }
    // One that does not wait for other batches.
    var compile = compiled.compile
    compile.optimizer.gradientAccumulationSteps = nil
    let compiled = CompiledNetwork(network: compiled.network, compile: compile)
    let engine = try Engine(
      pool: crew.pool, kernels: crew.instructionSet.kernels, network: compiled.network, objective: objective, optimizer: compiled.rule,
      state: compiled.freshState(weights: weights), trainingRows: 1, batchSize: 1, countsAccuracy: false, seed: seed, terminatesOnNaN: false)
    try engine.train(examples.source.unweighted, order: [row]) { _ throws(Failure) in true }
    let losses = try engine.losses(examples.source, rows: [row])
    return withExtendedLifetime(examples) { losses[0] }
  }

  /// The layers, without what was put between two activations to keep them apart.
  private static func layers(_ network: Network, _ weights: [Float], _ trace: RowTrace) -> [Layer] {
    let gradients = network.tensors(arena: trace.parameterGradient, trained: true)
    return trace.stages.filter { $0.kind != .rescaling(scale: 1, offset: 0) }.map { stage in
      var loudest: Unit?
      if case .dense(let number) = stage.kind { loudest = Unit(network.layers[number], weights, stage) }
      let hasTensors = if case .dense = stage.kind { true } else if case .normalization = stage.kind { true } else { false }
      return Layer(
        name: stage.name, stage: stage, loudest: loudest, flat: stage.flatUnits,
        gradients: hasTensors ? gradients.filter { $0.name.hasPrefix(stage.name + ".") }.map { Gradient(tensor: $0.name, $0.values) } : [])
    }
  }
}

extension Explanation.Unit {
  fileprivate init(_ layout: DenseLayout, _ weights: [Float], _ stage: RowTrace.Stage) {
    let number = stage.outputs.indices.max { stage.outputs[$0] < stage.outputs[$1] } ?? 0
    let products = stage.inputs.indices.map { Product(input: $0, value: stage.inputs[$0], weight: weights[layout.index(row: $0, unit: number)]) }
      .filter { $0.value * $0.weight != 0 }
    self.number = number
    bias = layout.useBias ? weights[layout.index(row: layout.inputs, unit: number)] : 0
    productCount = products.count
    self.products = Array(products.sorted { abs($0.value * $0.weight) > abs($1.value * $1.weight) }.prefix(3))
    sum = products.reduce(Double(bias)) { $0 + Double($1.value) * Double($1.weight) }
  }
}

extension Explanation.Gradient {
  /// What there is to tell of the gradient `values`.
  public init(tensor: String, _ values: [Float]) {
    self.tensor = tensor
    norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    largest = values.max { abs($0) < abs($1) } ?? 0
    nonzero = values.count { $0 != 0 }
    count = values.count
  }
}

extension RowTrace.Stage {
  fileprivate var flatUnits: Int {
    guard let (low, high) = activation.slopingRange else { return 0 }
    return outputs.count { $0 <= low || $0 >= high }
  }
}

extension RowTrace {
  /// Traces a row through a network with these weights.
  ///
  /// - Throws: `Failure` when there is not enough memory.
  init(
    _ compiled: CompiledNetwork, _ objective: Objective, weights: [Float], _ source: ExampleSource, row: UInt32, kernels: any KernelSet.Type
  ) throws(Failure) {
    let network = compiled.network
    let parameters = try ParameterArena(network: network, optimizer: OptimizerRule(.sgd()))
    let state = ModelState(weights: weights)
    let leaves = InputLeaves(network.layers[0])
    let whole = Stripe(runs: 0..<leaves.runs, share: 0..<1, network: network)
    parameters.loadUntrained(state)
    parameters.load(state, stripe: whole)
    for segment in whole.segments { parameters.transpose(kernels, segment, rows: segment.rows) }
    let buffers = try BatchBuffers(kernels: kernels, parameters: parameters, objective: objective, rows: 1, chunks: 1, workers: 1, seed: nil)
    self = buffers.trace(row, source, BatchPlan.alone(rows: 1, leaves: leaves))
  }
}
