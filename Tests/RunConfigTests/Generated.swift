import RunConfig
import TestSupport

/// Seeded random values for property tests (SplitMix64).
struct Generated: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// Any JSON value whose numbers are written as they are read.
  mutating func value(depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
    case 0: .null
    case 1: .bool(Bool.random(using: &self))
    case 2: .integer(Int128(Int64(bitPattern: next()) >> Int64.random(in: 0..<64, using: &self)))
    // A fraction of a half: a whole Double would be written, and read back, as an integer.
    case 3: .number(Double(Int32(truncatingIfNeeded: next())) + 0.5)
    case 4: .string(text())
    case 5: .array((0..<Int.random(in: 0..<4, using: &self)).map { _ in value(depth: depth - 1) })
    default: .object(Dictionary((0..<Int.random(in: 0..<4, using: &self)).map { ("\($0)" + text(), value(depth: depth - 1)) }) { first, _ in first })
    }
  }

  /// Any characters but NUL.
  mutating func text() -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<8, using: &self) {
      let limit: UInt32 = Bool.random(using: &self) ? 0x7F : 0x10FFFF
      if let scalar = Unicode.Scalar(UInt32.random(in: 1...limit, using: &self)) { text.append(scalar) }
    }
    return String(text)
  }

  /// A number an optimizer accepts, anywhere on the scale.
  mutating func positive() -> Double {
    Double.random(in: 1...10, using: &self) * [1e-9, 1e-4, 0.1, 1, 1e6].randomElement(using: &self)!
  }

  /// A decay factor.
  mutating func decay() -> Double { Double.random(in: 0...0.9999, using: &self) }

  /// Any configuration that is accepted.
  mutating func configuration() -> RunConfiguration {
    var layers = (0..<Int.random(in: 0..<4, using: &self)).map { _ in Layer.dense(dense(Int.random(in: 1...5000, using: &self))) }
    let loss: Loss
    var last = dense(Int.random(in: 10...20, using: &self))
    var targets = DataSection.Targets.classes
    let fromLogits = Bool.random(using: &self)
    last.activation = fromLogits ? .linear : .softmax
    let smoothing = decay()
    switch Int.random(in: 0..<8, using: &self) {
    case 0: loss = .sparseCategoricalCrossentropy(fromLogits: fromLogits)
    case 1: (loss, targets, last.units) = (.categoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: smoothing), .oneHot, 10)
    case 2: (loss, targets, last.units) = (.binaryCrossentropy(fromLogits: fromLogits, labelSmoothing: smoothing), .oneHot, 10)
    case 3: (loss, targets, last.units) = (.huber(delta: positive()), .value, 1)
    case 4: (loss, targets, last.units) = ([.hinge, .squaredHinge, .categoricalHinge, .klDivergence].randomElement(using: &self)!, .oneHot, 10)
    case 5: (loss, targets, last.units) = ([.meanAbsoluteError, .logCosh, .poisson].randomElement(using: &self)!, .oneHot, 10)
    case 6:
      loss = .binaryFocalCrossentropy(
        fromLogits: fromLogits, gamma: positive(), alpha: decay(), applyClassBalancing: Bool.random(using: &self), labelSmoothing: smoothing)
      (targets, last.units) = (.oneHot, 10)
    default: (loss, targets, last.units) = (.meanSquaredError, .value, 1)
    }
    layers = layers.flatMap { [$0] + (0..<Int.random(in: 0..<3, using: &self)).map { _ in follower() } }
    if Bool.random(using: &self) { layers.insert(preparation(), at: 0) }
    layers.append(.dense(last))
    let fitting: [Metric] = targets == .value ? [.accuracy, .meanAbsoluteError, .r2Score()] : Metric.fitting(last, loss)
    let metrics = fitting.filter { _ in Int.random(in: 0..<4, using: &self) == 0 }
    let initialEpoch = Bool.random(using: &self) ? Int.random(in: 0..<100, using: &self) : 0
    return RunConfiguration(
      name: "run-\(next())", seed: next(), data: data(targets),
      model: ModelSection(layers: layers, initialWeights: Bool.random(using: &self) ? "w" + text() : nil),
      compile: CompileSection(optimizer: optimizer(), loss: loss, metrics: metrics),
      fit: FitSection(
        epochs: Int.random(in: initialEpoch + 1...Int(Int32.max), using: &self), batchSize: Int.random(in: 1...100_000, using: &self),
        shuffle: Bool.random(using: &self),
        terminateOnNaN: Bool.random(using: &self), classWeight: classWeight(), initialEpoch: initialEpoch,
        stepsPerEpoch: Bool.random(using: &self) ? Int.random(in: 1...1000, using: &self) : nil,
        validationSteps: Bool.random(using: &self) ? Int.random(in: 1...1000, using: &self) : nil, validationFreq: Int.random(in: 1...9, using: &self),
        callbacks: callbacks(metrics.figureNames(outputs: last.units).first?.last ?? "loss"),
        checkpoint: CheckpointSection(
          everyEpochs: Bool.random(using: &self) ? Int.random(in: 1...1000, using: &self) : nil,
          everySeconds: Bool.random(using: &self) ? Double.random(in: 0.1...1e5, using: &self) : nil, keep: Int.random(in: 1...1000, using: &self),
          monitor: Bool.random(using: &self) ? metrics.figureNames(outputs: last.units).first?.last ?? "loss" : nil)),
      engine: engine())
  }

  private mutating func callbacks(_ monitor: String) -> [Callback] {
    let mode = MonitorMode.allCases.randomElement(using: &self)!
    let stopping = Callback.earlyStopping(
      monitor: monitor, minDelta: decay(), patience: Int.random(in: 0...9, using: &self), mode: mode,
      baseline: Bool.random(using: &self) ? -positive() : nil, restoreBestWeights: Bool.random(using: &self),
      startFromEpoch: Int.random(in: 0...9, using: &self))
    let logger = Callback.csvLogger(
      filename: "log" + text(), separator: [",", ";", "\t", "é"].randomElement(using: &self)!, append: Bool.random(using: &self))
    let board = Callback.tensorBoard(logDir: "logs" + text(), histogramFreq: Int.random(in: 0...9, using: &self))
    return [stopping, logger, board].filter { _ in Bool.random(using: &self) }
  }

  private mutating func classWeight() -> ClassWeight? {
    let factors = (0..<Int.random(in: 1...4, using: &self)).map { _ in (Int.random(in: 0...65_535, using: &self), Double.random(in: 0...9, using: &self)) }
    let weights: [ClassWeight?] = [nil, .balanced, .factors(Dictionary(factors) { first, _ in first })]
    return weights.randomElement(using: &self)!
  }

  private mutating func vectorInitializer() -> Initializer { Initializer.every.filter { !$0.needsMatrix }.randomElement(using: &self)! }

  private mutating func regularizer() -> Regularizer? { [nil, .l1(), .l2(positive()), .l1L2(l1: positive(), l2: decay())].randomElement(using: &self)! }

  private mutating func constraint() -> Constraint? {
    [nil, .maxNorm(maxValue: positive()), .nonNeg, .unitNorm, .minMaxNorm(minValue: decay(), maxValue: 1, rate: decay())].randomElement(using: &self)!
  }

  private mutating func follower() -> Layer {
    let (center, scale) = (Bool.random(using: &self), Bool.random(using: &self))
    let layers: [Layer] = [
      .activation(Activation.every.randomElement(using: &self)!), .dropout(Dropout(decay())), .gaussianNoise(GaussianNoise(positive())), .flatten,
      .rescaling(Rescaling(-positive(), offset: positive())),
      .batchNormalization(
        BatchNormalization(
          momentum: decay(), epsilon: positive(), center: center, scale: scale, betaInitializer: vectorInitializer(), gammaInitializer: vectorInitializer(),
          movingMeanInitializer: vectorInitializer(), movingVarianceInitializer: vectorInitializer(), betaRegularizer: regularizer(),
          gammaRegularizer: regularizer(), betaConstraint: constraint(), gammaConstraint: constraint())),
      .layerNormalization(
        LayerNormalization(
          epsilon: positive(), center: center, scale: scale, betaInitializer: vectorInitializer(), gammaInitializer: vectorInitializer(),
          betaRegularizer: regularizer(), gammaRegularizer: regularizer(), betaConstraint: constraint(), gammaConstraint: constraint())),
      .activityRegularization(ActivityRegularization(l1: positive(), l2: decay())),
    ]
    return layers.randomElement(using: &self)!
  }

  private mutating func preparation() -> Layer {
    let numbers = (0..<Int.random(in: 1...3, using: &self)).map { _ in positive() }
    let layers: [Layer] = [
      .normalization(Normalization()), .normalization(Normalization(axis: .none)), .normalization(Normalization(mean: numbers, variance: numbers)),
      .rescaling(Rescaling(positive())), .flatten, .reshape(Reshape([Int.random(in: 1...99, using: &self), 7])), .reshape(Reshape([3, 5, 1])),
      .augmentation(augmentation()),
    ]
    return layers.randomElement(using: &self)!
  }

  private mutating func augmentation() -> Augmentation {
    let (mode, value) = (FillMode.allCases.randomElement(using: &self)!, positive())
    let factors: [Factor] = [.number(decay()), .between(decay(), decay()), .between(0, 1)]
    func factor() -> Factor { factors.randomElement(using: &self)! }
    let flag = Bool.random(using: &self)
    let layers: [Augmentation] = [
      .translation(RandomTranslation(heightFactor: factor(), widthFactor: .between(-1, 0.5), fillMode: mode, fillValue: value)),
      .rotation(RandomRotation(factor(), fillMode: mode, fillValue: -value)),
      .zoom(RandomZoom(heightFactor: factor(), widthFactor: flag ? factor() : nil, fillMode: mode, fillValue: value)),
      .shear(RandomShear(xFactor: factor(), yFactor: factor(), fillMode: mode, fillValue: value)),
      .elasticTransform(RandomElasticTransform(factor: factor(), scale: factor(), fillMode: mode, fillValue: value, valueRange: -value...value)),
      .erasing(RandomErasing(factor: factor(), scale: factor(), fillValue: flag ? value : nil, valueRange: 0...value)),
    ]
    return layers.randomElement(using: &self)!
  }

  private mutating func dense(_ units: Int) -> Dense {
    Dense(
      units, activation: Activation.every.randomElement(using: &self)!, useBias: Bool.random(using: &self),
      kernelInitializer: Initializer.every.randomElement(using: &self)!,
      biasInitializer: vectorInitializer(), kernelRegularizer: regularizer(), biasRegularizer: regularizer(), activityRegularizer: regularizer(),
      kernelConstraint: constraint(), biasConstraint: constraint())
  }

  private mutating func data(_ targets: DataSection.Targets) -> DataSection {
    let source = source()
    let canTest =
      switch source {
      case .idx, .npy, .npz: true
      case .csv(let file), .tsv(let file): file.testPath != nil
      case .libsvm(let file): file.testPath != nil
      case .png(_, let testPath): testPath != nil
      case .bundled: false
      }
    let validations: [DataSection.Validation] = [
      .none, .fraction(Double.random(in: 0.001...0.999, using: &self), stratified: Bool.random(using: &self)), canTest ? .test : .none,
    ]
    // Ten classes, so that the count agrees with the last layer's units.
    let classes = Bool.random(using: &self) ? Array((0..<300).shuffled(using: &self).prefix(10)) : nil
    let validation = validations.randomElement(using: &self)!
    return DataSection(
      source: source, classes: classes, targets: targets, scale: positive(), validation: validation,
      sampleWeight: Bool.random(using: &self) ? "w" + text() : nil,
      validationSampleWeight: validation == .test && Bool.random(using: &self) ? "v" + text() : nil)
  }

  private mutating func source() -> DataSection.Source {
    let (path, testPath) = ("/" + text(), Bool.random(using: &self) ? "/" + text() : nil)
    let column: DataSection.TextSource.LabelColumn = Bool.random(using: &self) ? .number(Int.random(in: -9...9, using: &self)) : .name("n" + text())
    let file = DataSection.TextSource(path: path, testPath: testPath, labelColumn: column, header: [true, false, nil].randomElement(using: &self)!)
    let arrays = DataSection.ArraySource(path: path, images: "i" + text(), labels: "l" + text(), testImages: "t" + text(), testLabels: "u" + text())
    let features = Bool.random(using: &self) ? Int.random(in: 1...1000, using: &self) : nil
    let sources: [DataSection.Source] = [
      .bundled, .idx(path: path), .csv(file), .tsv(file), .npy(arrays), .npz(arrays),
      .libsvm(DataSection.SparseSource(path: path, testPath: testPath, features: features)), .png(path: path, testPath: testPath),
    ]
    return sources.randomElement(using: &self)!
  }

  private mutating func optimizer() -> Optimizer {
    let flag = Bool.random(using: &self)
    let (beta1, beta2, epsilon) = (decay(), decay(), positive())
    let algorithms: [Optimizer.Algorithm] = [
      .sgd(momentum: 0.001 + decay() / 2, nesterov: flag), .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: flag),
      .adamw(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: flag), .nadam(beta1: beta1, beta2: beta2, epsilon: epsilon),
      .adamax(beta1: beta1, beta2: beta2, epsilon: epsilon), .rmsprop(rho: decay(), momentum: decay(), epsilon: epsilon, centered: flag),
      .adagrad(initialAccumulatorValue: positive(), epsilon: epsilon), .adadelta(rho: decay(), epsilon: epsilon), .lion(beta1: beta1, beta2: beta2),
    ]
    let clippings: [Optimizer.Clipping] = [.none, .clipvalue(positive()), .clipnorm(positive()), .globalClipnorm(positive())]
    return Optimizer(
      algorithms.randomElement(using: &self)!, learningRate: learningRate(), weightDecay: Bool.random(using: &self) ? positive() : nil,
      clipping: clippings.randomElement(using: &self)!)
  }

  private mutating func learningRate() -> LearningRate {
    let flag = Bool.random(using: &self)
    let steps = Int.random(in: 1...100_000, using: &self)
    let rates: [LearningRate] = [
      .constant(positive()), .exponentialDecay(initial: positive(), decaySteps: steps, decayRate: positive(), staircase: flag),
      .polynomialDecay(initial: positive(), decaySteps: steps, end: positive(), power: 0.5 + decay(), cycle: flag),
      .piecewiseConstantDecay(boundaries: [steps, 2 * steps], values: [positive(), positive(), positive()]),
      .cosineDecay(initial: positive(), decaySteps: steps, alpha: decay(), warmupTarget: flag ? positive() : nil, warmupSteps: flag ? steps : 0),
      .cosineDecayRestarts(initial: positive(), firstDecaySteps: steps, tMul: 1.01 + decay(), mMul: positive(), alpha: decay()),
      .inverseTimeDecay(initial: positive(), decaySteps: steps, decayRate: positive(), staircase: flag),
    ]
    return rates.randomElement(using: &self)!
  }

  private mutating func engine() -> EngineSection {
    let placements: [Placement] = [.cores, .compact, .threads, .none, .cpus(Array((0..<500).shuffled(using: &self).prefix(8)))]
    let workers: [WorkerCount] = [.auto, .exactly(Int.random(in: 1...8, using: &self))]
    return EngineSection(
      workers: workers.randomElement(using: &self)!, placement: placements.randomElement(using: &self)!,
      balance: Balance.allCases.randomElement(using: &self)!)
  }
}
