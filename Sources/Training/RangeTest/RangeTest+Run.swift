import Datasets
import Failures
import NeuralNetwork
import RunConfig

extension RangeTest {
  /// Trains `compiled` from `weights` with a learning rate that grows from step to step, in place of its own; its other options, such as a momentum, stay. What is
  /// learned is thrown away. The test takes as many passes over the data as its steps need; its losses are the same bits on any number of workers.
  ///
  /// - Parameters:
  ///   - compiled: the network, its loss and its metrics.
  ///   - weights: where to start, in arena layout.
  ///   - training: the rows to train on.
  ///   - rates: those that are tried, one a step.
  ///   - batchSize: rows of a step.
  ///   - shuffle: a new order of the rows each epoch.
  ///   - classWeight: what a row counts because of its class.
  ///   - crew: who computes.
  ///   - encoding: what becomes of class numbers on their way to the loss.
  ///   - seed: of the shuffles.
  /// - Throws: `Failure` when data, network and loss do not go together, or there is not enough memory.
  public static func run(
    _ compiled: CompiledNetwork, weights: [Float], training: Dataset, encoding: DataSection.Targets = .classes, rates: Rates = Rates(), batchSize: Int,
    shuffle: Bool = true, classWeight: ClassWeight? = nil, seed: UInt64, crew: Crew
  ) throws(Failure) -> RangeTest {
    var compile = compiled.compile
    let schedule = LearningRate.exponentialDecay(initial: rates.first, decaySteps: rates.count - 1, decayRate: rates.last / rates.first)
    compile.optimizer.learningRate = schedule
    let rising = CompiledNetwork(network: compiled.network, compile: compile)
    // An epoch has a step at least. A loss that is no number ends the test, and not with a failure.
    let options = FitSection(epochs: rates.count, batchSize: batchSize, shuffle: shuffle, terminateOnNaN: false, classWeight: classWeight)
    let fitting = try Fitting(
      rising, state: rising.freshState(weights: weights), training: training, validation: nil, encoding: encoding, options: options, seed: seed, crew: crew)
    var observer = StepLosses(most: rates.count, share: rates.smoothing)
    _ = try fitting.run(longest: 1, observer: &observer)
    return RangeTest(
      rates: observer.losses.indices.map { schedule.value(step: $0) }, losses: observer.losses, hasDiverged: observer.hasDiverged, share: rates.smoothing)
  }
}

extension RangeTest.Rates {
  /// Of the average over neighbouring steps: about a tenth of the test counts.
  fileprivate var smoothing: Double { min(1, 10 / Double(count)) }
}

/// Notes the loss of every step, and ends the fit when there are enough, or the loss diverges. Must hear of each step alone.
private struct StepLosses: FitObserver {
  /// Beyond so many times its lowest value the smoothed loss diverges, as in fastai and PyTorch Lightning.
  private static let limit = 4.0

  let most: Int
  let share: Double
  private(set) var losses: [Double] = []
  private(set) var hasDiverged = false
  /// Of the epoch, before the step.
  private var before = SliceSums()
  /// The average of the steps so far, as `RangeTest.smoothed` weights them.
  private var (sum, weight) = (0.0, 0.0)
  private var lowest = Double.infinity

  init(most: Int, share: Double) { (self.most, self.share) = (most, share) }

  mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) { before = SliceSums() }
  mutating func stepsDone(_ steps: Int) {}
  mutating func epochEnded(_ record: EpochRecord) {}

  mutating func paused(_ moment: FitMoment) -> Bool {
    let epoch = moment.progress.epoch
    // The pause behind an epoch.
    guard epoch.steps > 0 else { return true }
    let loss = (epoch.sums.loss - before.loss) / Double(epoch.sums.count - before.count)
    before = epoch.sums
    guard loss.isFinite else {
      hasDiverged = true
      return false
    }
    losses.append(loss)
    (sum, weight) = ((1 - share) * sum + loss, (1 - share) * weight + 1)
    lowest = min(lowest, sum / weight)
    // The distance, since a loss may be negative.
    hasDiverged = sum / weight - lowest > (Self.limit - 1) * abs(lowest)
    return !hasDiverged && losses.count < most
  }
}
