import Datasets
import Foundation
import Kernels
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: diagnostics tell what was computed, the same on any workers and after any interruption, and change nothing.
@Suite(.serialized) struct DiagnosticsTests {
  private static let options = FitSection(epochs: 3, batchSize: 32, diagnostics: true)

  private static func diagnostics(_ fit: SmallFit, _ dataset: Dataset, workers: Int) throws -> [EpochDiagnostics] {
    var observer = SilentObserver()
    return try fit.fitting(dataset, workers: workers).run(observer: &observer).records.compactMap(\.diagnostics)
  }

  /// With plain SGD a step is the gradient times the rate, whatever is added to the gradient, accumulated or limited.
  @Test(arguments: [
    Optimizer.sgd(learningRate: 0.1), .sgd(learningRate: 0.1).accumulatingGradients(steps: 3), .sgd(learningRate: 0.1, clipping: .clipvalue(0.001)),
  ])
  func normsAreThoseOfTheStep(_ optimizer: Optimizer) throws {
    let layers: [Layer] = [
      .dense(Dense(9, activation: .sigmoid, kernelRegularizer: .l2(0.1))), .layerNormalization(LayerNormalization()), .dense(4, activation: .relu), .dense(4),
    ]
    // 96 rows: the watched step, the third, is that of three batches.
    let dataset = try SmallData.floats(96)
    let fit = SmallFit(layers: layers, optimizer: optimizer, options: FitSection(epochs: 1, batchSize: 32, shuffle: false, diagnostics: true))
    let fitting = try fit.fitting(dataset, workers: 2)
    var stopper = Stopper(pausesLeft: 2)
    _ = try fitting.run(longest: 1, observer: &stopper)
    let before = try #require(stopper.state?.weights)
    let found = try #require(try Self.diagnostics(fit, dataset, workers: 2).first)
    #expect(found.step == 3)
    #expect(found.norms.map(\.layer) == ["dense", "dense_1", "dense_2", "layer_normalization"])
    let network = try Network(inputs: dataset.width, layers: layers)
    let tensors = network.tensors(arena: before)
    for norms in found.norms {
      let numbers = tensors.filter { $0.name.hasPrefix(norms.layer + ".") }.flatMap(\.values)
      let expected = numbers.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(norms.weightNorm - expected) <= 1e-6 * expected)
      #expect(norms.gradientNorm > 0 && abs(norms.updateNorm - 0.1 * norms.gradientNorm) <= 1e-4 * norms.updateNorm, "\(norms)")
      #expect(norms.updateRatio == norms.updateNorm / norms.weightNorm)
    }
  }

  /// Against what `predict` gives, the last activation being in the outputs.
  @Test(arguments: [Activation.tanh, .sigmoid, .relu, .linear, .hardSigmoid]) func activitiesAreThoseOfTheOutputs(_ activation: Activation) throws {
    let dataset = try SmallData.floats(300)
    let fit = SmallFit(
      layers: [.dense(Dense(4, activation: activation, kernelInitializer: .randomNormal(stddev: 3)))], optimizer: .sgd(learningRate: 1e-6),
      loss: .meanSquaredError, metrics: [], encoding: .oneHot, options: FitSection(epochs: 1, diagnostics: true))
    let found = try #require(try Self.diagnostics(fit, dataset, workers: 3).first?.activities.first)
    let compiled = try fit.compiled(dataset)
    var observer = SilentObserver()
    let fitting = try fit.fitting(dataset, workers: 1)
    let state = fitting.result(try fitting.run(observer: &observer))
    #expect(found.rows == 64 && found.units == 4 && found.activation == activation.name)
    let outputs = Array(try predict(compiled, state: state, store: dataset.store, scale: dataset.scale, crew: try crew(1)).prefix(4 * 64))
    var histogram = [Int](repeating: 0, count: 20)
    for output in outputs {
      histogram[min(19, max(0, Int((((Double(output) - found.lowest) / (found.highest - found.lowest)) * 20).rounded(.down))))] += 1
    }
    #expect(zip(histogram, found.histogram).allSatisfy { abs($0 - $1) <= 1 } && found.histogram.reduce(0, +) == 4 * 64)
    let isFlat: ((Float) -> Bool)? =
      switch activation {
      case .tanh: { 1 - $0 * $0 < 0.05 }
      case .sigmoid: { $0 * (1 - $0) < 0.0125 }
      case .relu: { $0 == 0 }
      case .hardSigmoid: { $0 == 0 || $0 == 1 }
      default: nil
      }
    let share = isFlat.map { isFlat in Double(outputs.count { isFlat($0) }) / Double(outputs.count) }
    #expect(found.flatShare == share)
    if let share { #expect(share > 0.02 && share < 0.98, "there is something to tell") }
  }

  /// A relu that never fires, and a sigmoid at its end.
  @Test func deadUnitsAreFound() throws {
    let layers: [Layer] = [
      .dense(Dense(5, activation: .relu, biasInitializer: .constant(value: -100))),
      .dense(Dense(6, activation: .sigmoid, biasInitializer: .constant(value: 50))),
      .batchNormalization(BatchNormalization()), .activation(.relu), .dense(4),
    ]
    let found = try #require(try Self.diagnostics(SmallFit(layers: layers, options: Self.options), try SmallData.floats(80), workers: 2).last).activities
    #expect(found.map(\.layer) == ["dense", "dense_1", "dense_2"])
    #expect(found.map(\.activation) == ["relu", "relu", "linear"], "the last activation of each is looked at")
    #expect(found[0].flatUnits == 5 && found[0].flatShare == 1)
    #expect(found[2].flatUnits == nil && found[2].flatShare == nil)
  }

  @Test func nothingElseChanges() throws {
    let dataset = try SmallData.bytes(150)
    for set in InstructionSet.supported {
      let quiet = SmallFit(options: FitSection(epochs: 3, batchSize: 32), set: set)
      let fit = SmallFit(options: Self.options, set: set)
      let (expected, one) = (try quiet.run(dataset, workers: 1), try Self.diagnostics(fit, dataset, workers: 1))
      #expect(one.count == 3)
      for workers in [1, 2, 5] {
        #expect(try fit.run(dataset, workers: workers) == expected)
        #expect(try Self.diagnostics(fit, dataset, workers: workers) == one, "\(workers) workers")
      }
    }
  }

  /// Behind every step, the watched one and the one behind it among them.
  @Test func stoppedAnywhere() throws {
    let dataset = try SmallData.floats(75)
    let fit = SmallFit(options: Self.options)
    let expected = try Self.diagnostics(fit, dataset, workers: 1)
    for pauses in 1...12 {
      var stopper = Stopper(pausesLeft: pauses)
      let first = try fit.fitting(dataset, workers: 2)
      let progress = try first.run(longest: 1, observer: &stopper)
      guard let state = stopper.state else { break }
      let compiled = try fit.compiled(dataset)
      let second = try Fitting(
        compiled, state: state, training: dataset, validation: dataset, options: fit.options, seed: 5, crew: try crew(3, fit.set))
      var observer = SilentObserver()
      #expect(try second.run(from: progress, observer: &observer).records.compactMap(\.diagnostics) == expected, "\(pauses) pauses")
    }
  }
}
