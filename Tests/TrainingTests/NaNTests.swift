import Datasets
import Failures
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: a loss, gradient or weight that is NaN or infinite ends the fit at the step in which it comes up, on every number of workers, with a line that
/// says where it was and what to try; and nobody hangs.
@Suite struct NaNTests {
  /// Runs a fit that must fail, and returns the message.
  private static func failure(_ fit: SmallFit, _ dataset: Dataset, workers: Int, state: ModelState? = nil) throws -> Failure {
    let compiled = try fit.compiled(dataset)
    let fitting = try Fitting(
      compiled, state: state ?? compiled.initialState(seed: 5), training: dataset, validation: nil, options: fit.options, seed: 5,
      crew: try crew(workers, fit.set))
    var observer = SilentObserver()
    return try #require(throws: Failure.self) { try fitting.run(observer: &observer) }
  }

  /// A network of one weight, w, that is to answer 0 to 1: its loss is w², its gradient 2w.
  private static let single: SmallFit = {
    var fit = SmallFit(layers: [.dense(1, useBias: false)], optimizer: .sgd(learningRate: 1), loss: .meanSquaredError)
    fit.options = FitSection(epochs: 3, batchSize: 8, shuffle: false)
    return fit
  }()

  private static func ones(_ rows: Int) throws -> Dataset {
    try Dataset(floats: Array(repeating: 1, count: rows), width: 1, values: Array(repeating: 0, count: rows))
  }

  private static func start(_ weight: Float) throws -> ModelState {
    let network = try Network(inputs: 1, layers: single.layers)
    return ModelState(weights: try network.arena(tensors: [.init(name: "dense.kernel", shape: [1, 1], values: [weight])]))
  }

  /// The batches are of 8 rows: with more than one worker all but one have nothing to do in the layers behind the first.
  @Test(arguments: [1, 2, 5]) func aWeightOverflows(_ workers: Int) throws {
    var fit = Self.single
    fit.optimizer = .sgd(learningRate: 1e20)
    let failure = try Self.failure(fit, try Self.ones(24), workers: workers, state: try Self.start(1e19))
    #expect(failure.kind == .badData)
    #expect(failure.place == "epoch 1: step 1")
    #expect(
      failure.message
        == "a weight of layer dense has become NaN or infinite, from the batch's 8 rows; likely cause: a learning rate of 1e+20 is too high for this network; try a tenth of it"
    )
  }

  /// The gradient, 2w, is summed over 8 rows, and only that sum is infinite.
  @Test(arguments: [1, 2, 5]) func aGradientOverflows(_ workers: Int) throws {
    var fit = Self.single
    fit.loss = .meanSquaredError
    fit.optimizer = .sgd(learningRate: 1e-30)
    // 8 · 2 · 1.5e19 · 1.5e19 of an input as large as the output.
    let dataset = try Dataset(floats: Array(repeating: 1.5e19, count: 24), width: 1, values: Array(repeating: 0, count: 24))
    let failure = try Self.failure(fit, dataset, workers: workers, state: try Self.start(1))
    #expect(failure.place == "epoch 1: step 1")
    #expect(
      failure.message.hasPrefix("a gradient of layer dense is NaN or infinite, from the batch's 8 rows; likely cause: inputs as large as 1.5e+19;"),
      "\(failure)")
  }

  /// Step by step the weight is multiplied by 1 - 2 · 1e6, until its square is more than a float holds: after w = 1, 2e6, 4e12, 8e18 comes 1.6e25.
  @Test(arguments: [1, 2, 5]) func aLossOverflows(_ workers: Int) throws {
    var fit = Self.single
    fit.optimizer = .sgd(learningRate: 1e6)
    let failure = try Self.failure(fit, try Self.ones(24), workers: workers, state: try Self.start(1))
    #expect(failure.place == "epoch 2: step 2", "three steps an epoch")
    #expect(
      failure.message
        == "the loss of row 8 of the data is NaN or infinite, and all layers' outputs are finite (worker \(workers - 1), rows 0 to 7 of the batch); likely cause: a learning rate of 1000000.0 is too high for this network; try a tenth of it"
    )
  }

  /// The worker and its rows, and the layer.
  @Test(arguments: [1, 3]) func theRowAndItsWorkerAreNamed(_ workers: Int) throws {
    var fit = SmallFit(layers: [.dense(64, activation: .relu), .dense(5, activation: .relu), .dense(4)], optimizer: .sgd(learningRate: 0.01))
    fit.options = FitSection(epochs: 2, batchSize: 48, shuffle: false)
    var inputs = seededFloats(96 * SmallData.width, seed: 13, in: 0...1)
    // Row 70 alone is so large that its sums overflow: it is row 22 of the second batch.
    for column in 0..<SmallData.width { inputs[70 * SmallData.width + column] = 3.3e38 }
    let dataset = try Dataset(floats: inputs, width: SmallData.width, labels: SmallData.labels(96))
    let failure = try Self.failure(fit, dataset, workers: workers)
    #expect(failure.place == "epoch 1: step 2")
    let rows = workers == 1 ? "worker 0, rows 0 to 47" : "worker 1, rows 16 to 31"
    #expect(failure.message.hasPrefix("the loss of row 70 of the data is NaN or infinite, and the outputs of layer dense are"), "\(failure)")
    #expect(failure.message.contains("are NaN or infinite (\(rows) of the batch); likely cause: inputs as large as 3.3e+38;"), "\(failure)")
  }

  /// Of a batch of more rows than are in memory at once, the second part.
  @Test func aBatchOfSeveralSections() throws {
    var fit = SmallFit(layers: [.dense(4)], optimizer: .sgd(learningRate: 0.01))
    fit.options = FitSection(epochs: 1, batchSize: 1500, shuffle: false)
    var inputs = seededFloats(1500 * SmallData.width, seed: 13, in: 0...1)
    for column in 0..<SmallData.width { inputs[1100 * SmallData.width + column] = 3.3e38 * (column % 2 == 0 ? 1 : -1) }
    let dataset = try Dataset(floats: inputs, width: SmallData.width, labels: SmallData.labels(1500))
    for workers in [1, 2] {
      let failure = try Self.failure(fit, dataset, workers: workers)
      #expect(failure.message.hasPrefix("the loss of row 1100 of the data is NaN or infinite"), "\(failure)")
      #expect(failure.message.contains("rows 1024 to \(workers == 1 ? 1499 : 1263) of the batch"), "\(failure)")
    }
  }

  @Test func itCanBeTurnedOff() throws {
    var fit = Self.single
    fit.optimizer = .sgd(learningRate: 1e6)
    fit.options.terminateOnNaN = false
    fit.validates = false
    let result = try fit.run(try Self.ones(24), workers: 2)
    #expect(result.figures.count == 3)
    #expect(result.state.weights.contains { !$0.isFinite })
  }

  /// Gradients that are all finite, but not the sum of their squares: scaled by a limit to it, they would all be 0, in silence.
  @Test(arguments: [1, 3]) func aNormBeyondAllNumbers(_ workers: Int) throws {
    var fit = SmallFit(layers: [.dense(1, useBias: false)], optimizer: .sgd(learningRate: 0.1, clipping: .globalClipnorm(1)), loss: .meanAbsoluteError)
    fit.encoding = .value
    let dataset = try Dataset(floats: Array(repeating: 1e25, count: 12), width: 3, values: [0, 0, 0, 0])
    let failure = try Self.failure(fit, dataset, workers: workers)
    #expect(failure.place == "epoch 1: step 1")
    #expect(failure.message.hasPrefix("the norm of the gradients is infinite, from the batch's 4 rows; likely cause: inputs as large as"), "\(failure)")
  }
}
