import Foundation
import NeuralNetwork
import RunConfig
import Testing

/// The promise: what a step multiplies by follows Keras's formulas, computed in Double and rounded once, with the same bits on every machine.
@Suite struct OptimizerRuleTests {
  @Test(arguments: [1, 2, 10, 1000, 100_000])
  func adamsRateIsCorrectedForItsBias(_ step: Int) {
    for (beta1, beta2) in [(0.9, 0.999), (0.8, 0.99), (0.0, 0.5), (0.99, 0.9999)] {
      let rule = OptimizerRule(.adam(learningRate: 0.001, beta1: beta1, beta2: beta2, epsilon: 1e-7))
      let t = Double(step)
      let alpha = 0.001 * (1 - pow(beta2, t)).squareRoot() / (1 - pow(beta1, t))
      let found = rule.move(batch: step, weight: 1).factors!.rate
      #expect(abs(found - Float(alpha)) <= Float(alpha).ulp, "\(beta1) \(beta2): \(found), expected \(alpha)")
    }
  }

  /// Powers of a half are exact in Double, and so is a power by squaring.
  @Test(arguments: [1, 2, 3, 5, 10, 23, 31, 32, 33, 52])
  func powersAreExact(_ step: Int) {
    let rule = OptimizerRule(.adam(learningRate: 1, beta1: 0.5, beta2: 0.5, epsilon: 1e-7))
    let rest = 1 - scalbn(1.0, -step)
    #expect(rule.move(batch: step, weight: 1).factors!.rate == Float(rest.squareRoot() / rest))
  }

  /// By squaring, in this order: what a resumed run and another machine must get too.
  @Test func ratesArePinned() {
    let rule = OptimizerRule(.adam())
    let bits = [1, 2, 10, 1000, 100_000].map { rule.move(batch: $0, weight: 1).factors!.rate.bitPattern }
    #expect(bits == [0x39A5_CB5F, 0x3976_BF5A, 0x3920_A161, 0x3A50_7358, 0x3A83_126F])
  }

  @Test func everyOtherFactorIsTheOptionItself() {
    let adam = OptimizerRule(.adam(learningRate: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-5)).move(batch: 3, weight: 32).factors!
    #expect(adam.gradientScale == 1 / 32 && adam.firstMomentShare == Float(1 - 0.9) && adam.secondMomentShare == Float(1 - 0.999) && adam.epsilon == 1e-5)
    let rmsprop = OptimizerRule(.rmsprop(learningRate: 0.25, rho: 0.8, epsilon: 1e-6)).move(batch: 3, weight: 7).factors!
    #expect(rmsprop.gradientScale == 1 / 7 && rmsprop.rate == 0.25 && rmsprop.secondMomentShare == Float(1 - 0.8) && rmsprop.epsilon == 1e-6)
    let sgd = OptimizerRule(.sgd(learningRate: 0.1, momentum: 0.9, nesterov: true)).move(batch: 3, weight: 1).factors!
    #expect(sgd.gradientScale == 1 && sgd.rate == 0.1 && sgd.momentum == 0.9)
  }

  @Test func momentsAreKeptWhereTheyAreNeeded() {
    let optimizers: [(Optimizer, Int)] = [
      (.sgd(), 0), (.sgd(momentum: 0.9), 1), (.sgd(momentum: 0.9, nesterov: true), 1), (.rmsprop(), 1), (.rmsprop(momentum: 0.5), 2),
      (.rmsprop(centered: true), 2), (.rmsprop(momentum: 0.5, centered: true), 3), (.adam(), 2), (.adam(amsgrad: true), 3), (.adamw(), 2), (.nadam(), 2),
      (.adamax(), 2), (.adagrad(), 1), (.adadelta(), 2), (.lion(), 1),
    ]
    for (optimizer, count) in optimizers { #expect(OptimizerRule(optimizer).momentCount == count, "\(optimizer)") }
  }
}
