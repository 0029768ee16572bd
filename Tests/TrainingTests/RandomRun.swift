import Datasets
import Failures
import Foundation
import Kernels
import NeuralNetwork
import RandomStreams
import RunConfig
import TestSupport
import Training

/// A small run drawn at random: any network, loss, optimizer and batch that go together, on data of any size; and how it is to be disturbed.
struct RandomRun {
  var rows: Int
  var width: Int
  var hidden: [Dense]
  /// What stands before each of them, and before the last layer.
  var between: [[Layer]]
  /// What is done to images before all that; these have so many rows, or one where that does not go.
  var augmentations: [Augmentation]
  var imageRows: Int
  var optimizer: Optimizer
  var loss: Loss
  var encoding: DataSection.Targets
  var metrics: [Metric]
  var validates: Bool
  /// Whether rows count different amounts.
  var isWeighted: Bool
  var fit: FitSection
  var seed: UInt64
  /// Before and behind the interruption.
  var workers: [Int]
  var placements: [Placement]
  var sets: [InstructionSet]
  var balance: Balance
  /// After so many steps and epochs.
  var pausesUntilStop: Int

  static let classes = 4

  init(seed: UInt64) {
    var draw = CounterGenerator(seed: seed, stream: 99)
    func upTo(_ most: Int) -> Int { Int.random(in: 1...most, using: &draw) }
    func one<Element>(of elements: [Element]) -> Element { elements[Int.random(in: 0..<elements.count, using: &draw)] }
    self.seed = seed
    // Mostly small, for the edges: 1 row, batches larger than the data, last batches of 1 row.
    rows = one(of: [upTo(4), upTo(40), upTo(200)])
    width = one(of: [upTo(9), upTo(40), 100 + upTo(200)])
    hidden = (0..<Int.random(in: 0...2, using: &draw)).map { _ in
      Dense(
        one(of: [upTo(5), upTo(70)]), activation: one(of: Activation.every.filter { $0 != .softmax && $0 != .exponential }), useBias: upTo(4) > 1,
        kernelInitializer: one(of: Initializer.every), kernelRegularizer: one(of: [nil, nil, .l1(0.01), .l2(0.02)]),
        biasRegularizer: one(of: [nil, nil, nil, .l1L2(l1: 0.01, l2: 0.02)]), activityRegularizer: one(of: [nil, nil, nil, .l2(0.01)]),
        kernelConstraint: one(of: [nil, nil, nil, .maxNorm(maxValue: 1), .nonNeg, .unitNorm, .minMaxNorm(minValue: 0.1, maxValue: 1, rate: 0.5)]),
        biasConstraint: one(of: [nil, nil, nil, .maxNorm(maxValue: 0.1), .nonNeg]))
    }
    between = (0...hidden.count).map { place in
      let layers: [Layer] =
        place == 0
        ? [.dropout(Dropout(0.2)), .gaussianNoise(GaussianNoise(0.1)), .rescaling(Rescaling(0.5, offset: 0.1)), .normalization(Normalization())]
        : [
          .dropout(Dropout(0.3)), .gaussianNoise(GaussianNoise(0.1)), .batchNormalization(BatchNormalization()), .layerNormalization(LayerNormalization()),
          .activation(.tanh), .activityRegularization(ActivityRegularization(l1: 0.01, l2: 0.02)),
        ]
      return upTo(3) == 1 ? [one(of: layers)] : []
    }
    augmentations = (0..<max(0, upTo(6) - 3)).map { _ in one(of: Self.everyAugmentation) }
    imageRows = upTo(12)
    optimizer = one(of: Optimizer.every)
    (loss, encoding) = one(of: [
      (.sparseCategoricalCrossentropy(fromLogits: true), .classes), (.categoricalCrossentropy(fromLogits: false), .oneHot),
      (.binaryCrossentropy(fromLogits: true), .oneHot), (.meanSquaredError, .oneHot), (.binaryFocalCrossentropy(fromLogits: true), .oneHot),
      (.categoricalCrossentropy(fromLogits: true, labelSmoothing: 0.1), .oneHot), (.klDivergence, .oneHot), (.meanAbsoluteError, .oneHot), (.huber(), .oneHot),
      (.logCosh, .oneHot), (.poisson, .oneHot), (.hinge, .oneHot), (.squaredHinge, .oneHot), (.categoricalHinge, .oneHot),
    ])
    metrics = []
    validates = upTo(2) == 1
    isWeighted = upTo(3) == 1
    fit = FitSection(epochs: upTo(3), batchSize: one(of: [upTo(3), upTo(50), upTo(300)]), shuffle: upTo(4) > 1)
    // A class may have no rows at all, but those below the last that has some are known.
    fit.classWeight = one(of: [nil, nil, .balanced, [0: 0.25]] as [ClassWeight?])
    fit.stepsPerEpoch = upTo(3) == 1 ? upTo(6) : nil
    fit.validationSteps = upTo(3) == 1 ? upTo(3) : nil
    fit.initialEpoch = upTo(4) == 1 ? upTo(fit.epochs) - 1 : 0
    workers = [upTo(6), upTo(6)]
    placements = [one(of: [.cores, .threads, .none]), one(of: [.cores, .compact, .none])]
    // The portable kernels have no fused multiply-add, and so other bits.
    let fused = InstructionSet.supported.filter { $0 != .portable }
    sets = fused.isEmpty ? [.portable, .portable] : [one(of: fused), one(of: fused)]
    balance = one(of: [.even, .measured])
    pausesUntilStop = upTo(12)
    metrics = Metric.fitting(Dense(Self.classes, activation: outputActivation), loss).filter { _ in upTo(4) == 1 }
  }

  private static let everyAugmentation: [Augmentation] = [
    .translation(RandomTranslation(heightFactor: 0.2, widthFactor: .between(-0.1, 0.3))), .rotation(RandomRotation(0.1, fillMode: .constant)),
    .zoom(RandomZoom(heightFactor: 0.2)), .shear(RandomShear(xFactor: 0.2, fillMode: .wrap)), .elasticTransform(RandomElasticTransform()),
    .erasing(RandomErasing(valueRange: 0...1)),
  ]

  private var images: [Layer] {
    let rows = width % imageRows == 0 ? imageRows : 1
    return augmentations.isEmpty ? [] : [.reshape(Reshape([rows, width / rows]))] + augmentations.map(Layer.augmentation)
  }

  private var outputActivation: Activation {
    switch loss {
    case .categoricalCrossentropy(fromLogits: false, _), .klDivergence: .softmax
    // Above 0, as a rate must be.
    case .poisson: .softplus
    default: .linear
    }
  }

  var configuration: RunConfiguration {
    RunConfiguration(
      name: "case-\(seed)", seed: seed,
      data: DataSection(
        source: .idx(path: "data"), targets: encoding, validation: validates ? .test : .none,
        sampleWeight: isWeighted ? "weights" : nil),
      model: ModelSection(
        layers: images + zip(between, hidden + [Dense(Self.classes, activation: outputActivation)]).flatMap { $0 + [.dense($1)] }),
      compile: CompileSection(optimizer: optimizer, loss: loss, metrics: metrics), fit: fit,
      engine: EngineSection(workers: .exactly(workers[0]), placement: placements[0], balance: balance))
  }

  var labels: [UInt8] { seededBytes(rows, seed: seed &+ 1).map { $0 % UInt8(Self.classes) } }
  /// Blank runs among them, as in digits.
  var pixels: [UInt8] {
    let ink = seededBytes(rows * (width + 7) / 8 + rows, seed: seed &+ 2)
    return seededBytes(rows * width, seed: seed &+ 3).enumerated().map { ink[$0 / 8] < 100 ? $1 : 0 }
  }

  var weights: [Float] { seededFloats(rows, seed: seed &+ 4, in: 0...2) }

  struct Bits: Equatable {
    var state: ModelState
    var figures: [[UInt64]]
  }

  /// The run on one worker, with nothing to disturb it; or on several, interrupted, and gone on with on others.
  func bits(isDisturbed: Bool) throws -> Bits {
    var dataset = try Dataset(bytes: pixels, width: width, labels: labels.map(Int.init))
    if isWeighted { dataset = try dataset.withSampleWeights(weights) }
    let configuration = configuration
    let compiled = CompiledNetwork(network: try Network(inputs: width, layers: configuration.model.layers), compile: configuration.compile)
    func fitting(_ state: ModelState, part: Int) throws -> Fitting {
      var engine = configuration.engine
      if isDisturbed { (engine.workers, engine.placement) = (.exactly(workers[part]), placements[part]) } else { engine.workers = .exactly(1) }
      let set = isDisturbed ? sets[part] : sets[0]
      return try Fitting(
        compiled, state: state, training: dataset, validation: validates ? dataset : nil, encoding: encoding, options: fit, seed: seed,
        crew: try Crew(engine, environment: ["LOCKSTEP_ISA": set.rawValue]))
    }
    var stopper = Stopper(pausesLeft: isDisturbed ? pausesUntilStop : -1)
    let first = try fitting(compiled.initialState(seed: seed), part: 0)
    var progress = try first.run(longest: isDisturbed ? 1 : nil, observer: &stopper)
    var state = first.state
    if let stopped = stopper.state {
      var observer = SilentObserver()
      let second = try fitting(stopped, part: 1)
      progress = try second.run(from: progress, observer: &observer)
      state = second.state
    }
    return Bits(state: state, figures: progress.records.map { $0.figures.map(\.value.bitPattern) })
  }

  /// The smallest run for which `fails` still says so: each part is made simpler as long as that does not mend it.
  func shrunk(while fails: (RandomRun) -> Bool) -> RandomRun {
    var run = self
    var goesOn = true
    while goesOn {
      goesOn = false
      for simpler in run.simpler where !goesOn && fails(simpler) {
        run = simpler
        goesOn = true
      }
    }
    return run
  }

  private var simpler: [RandomRun] {
    var runs: [RandomRun] = []
    func add(_ change: (inout RandomRun) -> Void) {
      var run = self
      change(&run)
      runs.append(run)
    }
    for number in augmentations.indices { add { $0.augmentations.remove(at: number) } }
    for number in between.indices where !between[number].isEmpty { add { $0.between[number] = [] } }
    for number in hidden.indices {
      add {
        $0.hidden.remove(at: number)
        // What stands before the first stays there.
        $0.between.remove(at: number + 1)
      }
    }
    for number in hidden.indices where hidden[number].units > 1 { add { $0.hidden[number].units /= 2 } }
    if rows > 1 { add { $0.rows /= 2 } }
    if rows > 1 { add { $0.rows -= 1 } }
    if width > 1 { add { $0.width /= 2 } }
    if fit.epochs > fit.initialEpoch + 1 { add { $0.fit.epochs -= 1 } }
    if fit.initialEpoch > 0 { add { $0.fit.initialEpoch = 0 } }
    if fit.stepsPerEpoch != nil { add { $0.fit.stepsPerEpoch = nil } }
    if fit.validationSteps != nil { add { $0.fit.validationSteps = nil } }
    if fit.classWeight != nil { add { $0.fit.classWeight = nil } }
    if isWeighted { add { $0.isWeighted = false } }
    if fit.batchSize > 1 { add { $0.fit.batchSize /= 2 } }
    if fit.shuffle { add { $0.fit.shuffle = false } }
    for number in metrics.indices { add { $0.metrics.remove(at: number) } }
    if validates { add { $0.validates = false } }
    if balance != .even { add { $0.balance = .even } }
    if pausesUntilStop > 1 { add { $0.pausesUntilStop -= 1 } }
    for part in 0..<2 {
      if workers[part] > 1 { add { $0.workers[part] -= 1 } }
      if placements[part] != .none { add { $0.placements[part] = .none } }
    }
    return runs
  }

  /// Writes the run as a config file with its data beside it, for `lockstep train`; returns the folder.
  func write() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lockstep-case-\(seed)")
    let data = folder.appendingPathComponent("data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try Data(configuration.resolvedJSON().utf8).write(to: folder.appendingPathComponent("config.json"))
    if isWeighted { try Data(idx([rows], weights)).write(to: folder.appendingPathComponent("weights")) }
    for part in validates ? ["train", "t10k"] : ["train"] {
      try Data(idx([rows, 1, width], pixels)).write(to: data.appendingPathComponent("\(part)-images-idx3-ubyte"))
      try Data(idx([rows], labels)).write(to: data.appendingPathComponent("\(part)-labels-idx1-ubyte"))
    }
    return folder
  }
}
