import Datasets
import Failures
import Interchange
import NeuralNetwork
import RandomStreams
import Reference
import RunConfig

/// The engine's gradients of a batch, held against differences of the loss of a network in Double, which shares no code with it.
public struct GradientCheck: Equatable, Sendable {
  /// An error above this share of the layer's largest gradient is one of the formulas: Float's rounding leaves some millionths, a wrong formula a hundredth and
  /// more.
  public static let tolerance = 1e-3
  /// Smaller errors than this are always Float's rounding: it tells probabilities near 1 apart by 6·10⁻⁸.
  public static let leastError = 1e-7

  /// A tensor of Keras's.
  public struct Tensor: Equatable, Sendable {
    /// Its name: `dense.kernel`.
    public let name: String
    /// Its elements.
    public let count: Int
    /// The numbers that were looked at.
    public let checked: Int
    /// Of these, where the loss has a kink, as at a relu's 0: there the slopes on either side differ, and the gradient must lie between them.
    public let kinks: Int
    /// The largest slope in the layer, by size.
    public let largest: Double
    /// By how much the engine's gradient is off, at most.
    public let error: Double
    /// Where that is: the place in the tensor, row-major, and what the engine and the reference say.
    public let worst: Place
    /// Whether the error is one of rounding.
    public let passes: Bool

    /// An element, and what was found there.
    public struct Place: Equatable, Sendable {
      /// Its number in the tensor, row-major from 0.
      public let element: Int
      /// The engine's.
      public let gradient: Double
      /// The difference of the loss by that of the weight, in double precision.
      public let slope: Double
    }

    /// The error as a share of the layer's largest slope; 0 where all is 0.
    public var relativeError: Double { error == 0 ? 0 : error / max(largest, .leastNormalMagnitude) }
  }

  /// Rows of the batch.
  public let rows: Int
  /// The mean loss of the batch, by the engine and by the reference.
  public let loss: Double
  /// The same loss by the reference, in double precision.
  public let referenceLoss: Double
  /// Every tensor that is trained.
  public let tensors: [Tensor]
  /// Threads of the engine.
  public let workers: Int

  /// Whether the losses agree to a hundred-thousandth.
  public var lossesAgree: Bool { abs(loss - referenceLoss) <= 1e-5 * max(1, abs(referenceLoss)) }

  /// Whether the losses agree, and every tensor passes.
  public var passes: Bool { lossesAgree && tensors.allSatisfy(\.passes) }

  /// - Throws: `Failure` (internal error) that names the worst tensor, when the gradients are not those of the loss.
  public func verify() throws(Failure) {
    guard lossesAgree else {
      throw Failure(.internalError, at: "loss", "the engine says \(loss), the reference \(referenceLoss); please report this with the config")
    }
    guard let worst = tensors.filter({ !$0.passes }).max(by: { $0.relativeError < $1.relativeError }) else { return }
    throw Failure(
      .internalError, at: "\(worst.name)[\(worst.worst.element)]",
      "the gradient is \(worst.worst.gradient), and the loss's slope \(worst.worst.slope); please report this with the config")
  }
}

extension GradientCheck {
  /// Checks the gradients of the mean loss over some rows, as the first step of a training over just these would compute them: with the same workers, kernels and
  /// draws of random layers.
  ///
  /// - Parameters:
  ///   - compiled: the network, its loss and its metrics.
  ///   - weights: in arena layout.
  ///   - dataset: the rows.
  ///   - crew: who computes.
  ///   - rows: store rows; at least one.
  ///   - encoding: what becomes of class numbers on their way to the loss.
  ///   - samples: numbers of each tensor that are looked at; all where there are no more.
  ///   - seed: draws the samples, and is the run's for random layers.
  /// - Throws: `Failure` when data, network and loss do not go together, or from a worker.
  public static func run(
    _ compiled: CompiledNetwork, weights: [Float], dataset: Dataset, encoding: DataSection.Targets = .classes, rows: [UInt32], samples: Int, seed: UInt64,
    crew: Crew
  ) throws(Failure) -> GradientCheck {
    guard !rows.isEmpty, samples > 0 else { throw Failure(.badData, at: "gradients", "expected at least one row and one sample") }
    let compiled = try compiled.withoutAugmentation()
    let network = compiled.network
    let objective = try compiled.objective(for: dataset, encoding: encoding)
    let examples = try Examples(dataset, compiled, objective, name: "training data")
    // Plain descent, which leaves the gradient as it is, and has no moments.
    let engine = try Engine(
      pool: crew.pool, kernels: crew.instructionSet.kernels, network: network, objective: objective, optimizer: OptimizerRule(.sgd()),
      state: ModelState(weights: weights), trainingRows: rows.count, batchSize: rows.count, countsAccuracy: false, seed: seed, balance: crew.balance,
      terminatesOnNaN: false)
    var sums = SliceSums()
    // What rows count is a factor of each row's gradient, which says nothing of the formulas.
    try engine.train(examples.source.unweighted, order: rows) { progress throws(Failure) in
      sums = progress.sums
      return true
    }
    let gradients = withExtendedLifetime(examples) { network.tensors(arena: engine.gradient, trained: true) }

    let reference = DoubleNetwork(network, weights: weights, seed: seed, targetsAreBinary: objective.targetMap != .identity)
    let batch = rows.map { row in dataset.store.row(Int(row)).map { Double($0) / dataset.scale } }
    let targets = rows.map { dataset.target(of: Int($0), objective.targetForm, outputs: network.outputs) }
    let places = sampledPlaces(gradients.map(\.values.count), samples: samples, seed: seed)
    let starts = gradients.reduce(into: [0]) { $0.append($0.last! + $1.values.count) }
    var slopes = reference.slopes(compiled.compile.loss, batch, targets, at: zip(places, starts).flatMap { places, start in places.map { start + $0 } })[...]
    let slopesOfTensors = places.map { places in
      defer { slopes = slopes.dropFirst(places.count) }
      return Array(slopes.prefix(places.count))
    }
    return GradientCheck(
      rows: rows.count, loss: sums.loss / Double(rows.count), referenceLoss: reference.loss(compiled.compile.loss, batch, targets),
      tensors: compare(gradients, at: places, with: slopesOfTensors, rows: rows.count), workers: crew.pool.count)
  }

  /// For each tensor the places in it that are looked at, rising.
  private static func sampledPlaces(_ counts: [Int], samples: Int, seed: UInt64) -> [[Int]] {
    counts.enumerated().map { tensor, count in
      guard count > samples else { return Array(0..<count) }
      var generator = CounterGenerator(seed: seed, stream: Stream.gradientSample(tensor: tensor))
      var chosen: Set<Int> = []
      while chosen.count < samples { chosen.insert(Int(generator.next() % UInt64(count))) }
      return chosen.sorted()
    }
  }

  /// Holds gradients, summed over `rows` rows, against slopes of their mean at some places of each tensor.
  package static func compare(_ gradients: [NamedTensor], at places: [[Int]], with slopes: [[DoubleNetwork.Slope]], rows: Int) -> [Tensor] {
    /// The layer that a tensor belongs to.
    func layer(_ tensor: NamedTensor) -> Substring { tensor.name.prefix { $0 != "." } }
    var largest: [Substring: Double] = [:]
    for (tensor, slopes) in zip(gradients, slopes) { largest[layer(tensor)] = max(largest[layer(tensor)] ?? 0, slopes.map { abs($0.middle) }.max() ?? 0) }
    return zip(gradients, zip(places, slopes)).map { tensor, looked in
      let scale = largest[layer(tensor)] ?? 0
      let allowed = max(tolerance * scale, leastError)
      var (error, kinks) = (-1.0, 0)
      var worst = Tensor.Place(element: 0, gradient: 0, slope: 0)
      for (place, slope) in zip(looked.0, looked.1) {
        let gradient = Double(tensor.values[place]) / Double(rows)
        let isKink = abs(slope.ahead - slope.behind) > allowed
        if isKink { kinks += 1 }
        let distance = isKink ? slope.distance(of: gradient) : abs(gradient - slope.middle)
        guard error < .infinity, !(distance <= error) else { continue }
        // What is no number is as far off as can be.
        error = distance.isNaN ? .infinity : distance
        worst = Tensor.Place(element: place, gradient: gradient, slope: slope.middle)
      }
      return Tensor(
        name: tensor.name, count: tensor.values.count, checked: looked.0.count, kinks: kinks, largest: scale, error: max(error, 0), worst: worst,
        passes: error <= allowed)
    }
  }
}

extension CompiledNetwork {
  /// The same for images as they are: what is drawn to change them has no parameters, and gradients of other images no other formulas.
  fileprivate func withoutAugmentation() throws(Failure) -> CompiledNetwork {
    let layers = network.description.filter { if case .augmentation = $0 { false } else { true } }
    guard layers.count < network.description.count else { return self }
    return CompiledNetwork(network: try Network(inputs: network.inputs, layers: layers), compile: compile)
  }
}

extension DoubleNetwork.Slope {
  /// How far `gradient` lies from what is between the two slopes.
  fileprivate func distance(of gradient: Double) -> Double {
    gradient.isNaN ? .infinity : max(min(ahead, behind) - gradient, gradient - max(ahead, behind), 0)
  }
}

extension DoubleNetwork {
  /// The network with these weights.
  fileprivate init(_ network: Network, weights: [Float], seed: UInt64, targetsAreBinary: Bool) {
    self.init(inputs: network.inputs, network.description, tensors: network.tensors(arena: weights, trained: true).map(\.values))
    self.seed = seed
    self.targetsAreBinary = targetsAreBinary
    if let layout = network.inputNormalization {
      func row(_ row: Int) -> [Double] { (0..<layout.units).map { Double(weights[layout.index(row: row, unit: $0)]) } }
      inputMoments = (row(0), row(1))
    }
  }
}

extension Dataset {
  /// The target of a store row as the loss of `outputs` outputs takes it, before smoothing.
  fileprivate func target(of row: Int, _ form: Objective.TargetForm, outputs: Int) -> [Double] {
    switch (targets, form) {
    case (.classes(let labels), .oneHot): (0..<outputs).map { $0 == Int(labels[row]) ? 1 : 0 }
    case (.classes(let labels), _): [Double(labels[row])]
    case (.vectors(let values, let width), _): values[row * width..<(row + 1) * width].map(Double.init)
    }
  }
}
