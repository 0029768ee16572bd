import Foundation
import NeuralNetwork
import RunConfig
import Testing

/// The promise: schedules are the formulas' values to 1e-14, without the C library, and so the same bits on every machine.
@Suite struct ExactFunctionTests {
  private static func expectClose(_ found: Double, _ expected: Double, _ label: String) {
    #expect(abs(found - expected) <= 1e-14 * max(abs(expected), 1e-300), "\(label): \(found), expected \(expected)")
  }

  @Test(arguments: [0, 1, 2, 7, 99, 100, 101, 5000, 123_456]) func powers(_ step: Int) {
    for rate in [0.01, 0.5, 0.96, 0.999_999, 1, 1.5] {
      let schedule = LearningRate.exponentialDecay(initial: 1, decaySteps: 1000, decayRate: rate)
      Self.expectClose(schedule.value(step: step), pow(rate, Double(step) / 1000), "\(rate) after \(step)")
      let whole = LearningRate.exponentialDecay(initial: 1, decaySteps: 1000, decayRate: rate, staircase: true)
      Self.expectClose(whole.value(step: step), pow(rate, Double(step / 1000)), "\(rate) after \(step), in stairs")
    }
  }

  @Test(arguments: [0, 1, 3, 250, 499, 500, 501, 999]) func cosines(_ step: Int) {
    let found = LearningRate.cosineDecay(initial: 1, decaySteps: 1000).value(step: step)
    #expect(abs(found - 0.5 * (1 + cos(Double.pi * Double(step) / 1000))) <= 1e-15)
  }

  @Test func theEndsAreExact() {
    #expect(LearningRate.cosineDecay(initial: 0.5, decaySteps: 10).value(step: 0) == 0.5)
    #expect(LearningRate.cosineDecay(initial: 0.5, decaySteps: 10, alpha: 0.25).value(step: 10) == 0.125)
    #expect(LearningRate.polynomialDecay(initial: 0.5, decaySteps: 10, end: 0.125, power: 0.3).value(step: 11) == 0.125)
    #expect(LearningRate.constant(0.1).value(step: 1_000_000) == 0.1)
  }
}
