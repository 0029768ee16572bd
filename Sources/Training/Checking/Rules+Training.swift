import RunConfig

extension Rules {
  /// Far beyond what anybody trains with: a hundred times what is usual, or a thousandth of it and less.
  @Sendable static func unusualLearningRate(_ run: CheckedRun) -> [Finding] {
    let optimizer = run.compiled.compile.optimizer
    let rate = optimizer.learningRate.highest
    let usual = optimizer.usualRates
    let place = "compile.optimizer.learning_rate"
    let words = "usual for \(optimizer.name) is \(digits(usual.lowerBound)) to \(digits(usual.upperBound))"
    if rate > 10 * usual.upperBound {
      return [
        Finding(
          at: place, "a learning rate of \(digits(rate)) is very high", because: "\(words); beyond that the loss jumps about or grows",
          advice: "try \(digits(usual.upperBound)), or ask lockstep find-lr")
      ]
    }
    guard rate < usual.lowerBound / 1000 else { return [] }
    return [
      Finding(
        at: place, "a learning rate of \(digits(rate)) is very low", because: "\(words); so small steps hardly change a weight",
        advice: "try \(digits(usual.lowerBound)), or ask lockstep find-lr")
    ]
  }

  @Sendable static func oneStepAnEpoch(_ run: CheckedRun) -> [Finding] {
    guard run.batchSize > run.training.rows else { return [] }
    return [
      Finding(
        at: "fit.batch_size", "a batch of \(run.batchSize) rows, and \(run.training.rows) to train on", because: "an epoch is then one step over all of them",
        advice: "use a smaller batch, or as many rows as there are to say that it is meant")
    ]
  }

  /// Of workers that were asked for by number; what is chosen automatically depends on the machine, and costs nothing.
  @Sendable static func idleWorkers(_ run: CheckedRun) -> [Finding] {
    let slices = BatchPlan.slices(min(run.batchSize, run.training.rows))
    guard let workers = run.workers, workers > slices else { return [] }
    return [
      Finding(
        at: "engine.workers", "\(workers) workers, and work for \(slices)",
        because: "rows are divided by eights, so that behind the first layer a batch of \(run.batchSize) rows has \(slices) parts",
        advice: "ask for \(slices), or \"auto\"; the result is the same")
    ]
  }

  /// From five hidden sigmoids in a row on, a network of this kind hardly begins to learn.
  @Sendable static func fadingSigmoids(_ run: CheckedRun) -> [Finding] {
    let isNormalized = run.layers.contains { layer in
      switch layer {
      case .batchNormalization, .layerNormalization: true
      default: false
      }
    }
    let hidden = run.activations.dropLast().filter { $0.activation == .sigmoid }
    guard hidden.count >= 5, !isNormalized, !run.hasInitialWeights else { return [] }
    return [
      Finding(
        at: "model.layers", "\(hidden.count) hidden layers of sigmoids",
        because: "a sigmoid passes on a quarter of a gradient at most, so that next to nothing reaches the first of them",
        advice: "use relu or tanh, fewer layers, or batch_normalization between them")
    ]
  }

  @Sendable static func unitsThatStayAlike(_ run: CheckedRun) -> [Finding] {
    let dense = run.denseLayers
    let isRandom = run.layers.contains { layer in
      switch layer {
      case .dropout, .gaussianNoise: true
      default: false
      }
    }
    guard dense.count > 1, !run.hasInitialWeights, !isRandom, dense.dropLast().contains(where: { $0.units > 1 }) else { return [] }
    guard dense.allSatisfy({ $0.kernelInitializer.isConstant }) else { return [] }
    return [
      Finding(
        at: "model.layers", "all kernels begin with equal numbers",
        because: "the units of a hidden layer then get equal gradients, and stay copies of each other", advice: "leave the kernel_initializer at glorot_uniform"
      )
    ]
  }
}

extension Initializer {
  fileprivate var isConstant: Bool {
    switch self {
    case .zeros, .ones, .constant: true
    default: false
    }
  }
}

extension Optimizer {
  /// What people train with, from the least to the most.
  fileprivate var usualRates: ClosedRange<Double> {
    switch algorithm {
    case .sgd: 0.001...1
    case .adagrad: 0.001...1
    case .adadelta: 0.001...10
    case .lion: 0.00001...0.001
    case .adam, .adamw, .nadam, .adamax, .rmsprop: 0.0001...0.03
    }
  }
}

extension LearningRate {
  /// The highest rate of a schedule, or nearly so.
  fileprivate var highest: Double {
    switch self {
    case .constant(let rate): rate
    case .exponentialDecay(let initial, _, _, _), .cosineDecayRestarts(let initial, _, _, _, _), .inverseTimeDecay(let initial, _, _, _): initial
    case .polynomialDecay(let initial, _, let end, _, _): max(initial, end)
    case .piecewiseConstantDecay(_, let values): values.max() ?? 0
    case .cosineDecay(let initial, _, _, let target, _): max(initial, target ?? 0)
    }
  }
}
