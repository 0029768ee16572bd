import Datasets
import Failures
import Foundation
import NeuralNetwork
import RunConfig
import TestSupport
import Testing
import Training

/// The promise: a range test tells the loss of every step as the formulas have it, suggests the rate at which it falls fastest, and ends when it diverges; the
/// same bits on any number of workers.
@Suite struct RangeTestTests {
  private static func rates(_ count: Int) -> [Double] { (0..<count).map { 1e-5 * pow(10, 6 * Double($0) / Double(count - 1)) } }

  /// A loss that falls from 2 to 1 along a logistic curve, and then grows: its steepest place is known.
  @Test(arguments: [(100, 40), (100, 25), (100, 60), (400, 160)]) func theSteepestPlaceIsFound(_ count: Int, _ middle: Int) throws {
    let tenth = Double(count) / 10
    let losses = (0..<count).map { 1 + 1 / (1 + exp(Double($0 - middle) / (0.4 * tenth))) + exp((Double($0) - 9.2 * tenth) / (0.2 * tenth)) }
    let rates = Self.rates(count)
    let test = RangeTest(rates: rates, losses: losses, hasDiverged: true, share: 10 / Double(count))
    let found = try #require(rates.firstIndex { $0 == test.suggestion })
    #expect(abs(found - middle) <= count / 50, "\(found)")
    // The same under a seeded noise of a tenth of the fall, within a twentieth of the test.
    let noise = seededFloats(count, seed: 3, in: -0.05...0.05)
    let noisy = RangeTest(rates: rates, losses: zip(losses, noise).map { $0 + Double($1) }, hasDiverged: true, share: 10 / Double(count))
    let near = try #require(rates.firstIndex { $0 == noisy.suggestion })
    #expect(abs(near - middle) <= count / 20, "\(near)")
  }

  /// What falls behind the lowest point, where the loss jumps up and down, is none.
  @Test func whatJumpsAboutIsNoSuggestion() throws {
    let losses: [Double] = [10, 10, 9, 8, 7, 6, 5, 5, 18, 5.5, 18, 6, 20]
    let test = RangeTest(rates: Self.rates(13), losses: losses, hasDiverged: true, share: 1)
    #expect(test.lowest?.loss == 5 && test.points.firstIndex { $0.rate == test.suggestion } == 2)
    #expect(test.points.map(\.smoothed) == losses, "each alone")
    #expect(RangeTest(rates: Self.rates(3), losses: [1, 2, 3], hasDiverged: false, share: 1).suggestion == nil)
    #expect(RangeTest(rates: Self.rates(3), losses: [1, 1, 1], hasDiverged: false, share: 0.1).suggestion == nil)
    #expect(RangeTest(rates: [], losses: [], hasDiverged: true, share: 0.1).suggestion == nil)
  }

  @Test func bothSidesCountAlike() {
    var losses = [Double](repeating: 0, count: 41)
    losses[20] = 1
    let smoothed = RangeTest(rates: Self.rates(41), losses: losses, hasDiverged: false, share: 0.25).points.map(\.smoothed)
    for distance in 0...20 { #expect(smoothed[20 - distance] == smoothed[20 + distance]) }
    #expect(isClose(smoothed[19] / smoothed[20], 0.75, within: 0.01))
    let flat = RangeTest(rates: Self.rates(41), losses: .init(repeating: 3, count: 41), hasDiverged: false, share: 0.25)
    #expect(flat.points.allSatisfy { isClose($0.smoothed, 3, within: 1e-12) })
  }

  private func isClose(_ a: Double, _ b: Double, within share: Double) -> Bool { abs(a - b) <= share * abs(b) }

  /// A network of one weight, w, that is to answer 0 to 1: its loss is w², its gradient 2w, so that every loss follows from the rates.
  private static func single(_ rates: RangeTest.Rates, rows: Int = 24, workers: Int) throws -> RangeTest {
    let dataset = try Dataset(floats: Array(repeating: 1, count: rows), width: 1, values: Array(repeating: 0, count: rows))
    let network = try Network(inputs: 1, layers: [.dense(1, useBias: false)])
    let weights = try network.arena(tensors: [.init(name: "dense.kernel", shape: [1, 1], values: [1])])
    // Its own rate must not count.
    let compiled = CompiledNetwork(network: network, compile: CompileSection(optimizer: .sgd(learningRate: 77), loss: .meanSquaredError))
    return try RangeTest.run(compiled, weights: weights, training: dataset, rates: rates, batchSize: 8, seed: 1, crew: try crew(workers))
  }

  @Test(arguments: [1, 3]) func everyStepsLossIsTold(_ workers: Int) throws {
    let rates = RangeTest.Rates(from: 1e-3, to: 0.9, count: 20)
    // Three steps a pass, of which the last ones of the seventh are not taken.
    let test = try Self.single(rates, workers: workers)
    #expect(test.points.count == 20 && !test.hasDiverged)
    var weight = 1.0
    for (step, point) in test.points.enumerated() {
      let rate = 1e-3 * pow(900, Double(step) / 19)
      #expect(isClose(point.rate, rate, within: 1e-12))
      #expect(isClose(point.loss, weight * weight, within: 1e-4), "step \(step)")
      weight *= 1 - 2 * rate
    }
  }

  /// Beyond a rate of 1, w grows in size; the test ends long before its last step. Then again so fast that the loss is no number at once.
  @Test(arguments: [1, 3]) func itEndsWhenTheLossDiverges(_ workers: Int) throws {
    let test = try Self.single(.init(from: 1e-3, to: 100, count: 100), workers: workers)
    #expect(test.hasDiverged && test.points.count < 90 && test.points.count > 60)
    #expect(try #require(test.suggestion) < 1)
    let fast = try Self.single(.init(from: 1e30, to: 1e32, count: 10), workers: workers)
    #expect(fast.hasDiverged && fast.points.allSatisfy { $0.loss.isFinite && $0.smoothed.isFinite } && fast.suggestion == nil)
  }

  /// A loss may be below 0, and fall.
  @Test func aNegativeLossDoesNotDiverge() throws {
    let fit = SmallFit(layers: [.dense(1, activation: .exponential)], optimizer: .sgd(), loss: .poisson)
    let dataset = try Dataset(floats: Array(repeating: 1, count: 64), width: 1, values: Array(repeating: 9, count: 64))
    let compiled = try fit.compiled(dataset)
    let test = try RangeTest.run(
      compiled, weights: compiled.initialState(seed: 5).weights, training: dataset, rates: .init(from: 1e-4, to: 0.05, count: 50), batchSize: 8, seed: 1,
      crew: try crew(1))
    #expect(!test.hasDiverged && test.points.count == 50)
    #expect(try #require(test.points.last).loss < 0)
  }

  @Test(arguments: Optimizer.every) func theSameBitsOnAnyWorkers(_ optimizer: Optimizer) throws {
    let dataset = try SmallData.bytes(75, width: SmallData.leafyWidth)
    let compiled = try SmallFit(optimizer: optimizer).compiled(dataset)
    let weights = compiled.initialState(seed: 5).weights
    let tests = try [1, 2, 3, 5].map { workers in
      try RangeTest.run(
        compiled, weights: weights, training: dataset, rates: .init(from: 1e-5, to: 0.1, count: 10), batchSize: 32, seed: 5, crew: try crew(workers))
    }
    #expect(tests[0].points.count == 10)
    for test in tests { #expect(test == tests[0]) }
  }
}
