import Foundation
import RunConfig

extension Rules {
  @Sendable static func softmaxOfOne(_ run: CheckedRun) -> [Finding] {
    run.activations.filter { $0.activation == .softmax && $0.units == 1 }.map {
      Finding(
        .error, at: $0.place, "a softmax over one unit always gives 1", because: "it divides e^z by itself, so its gradient is 0 and nothing is learned",
        advice: "use sigmoid for a yes or no, linear for a number, or a unit for each class")
    }
  }

  /// Independent answers from outputs that are not.
  @Sendable static func competingYesAndNo(_ run: CheckedRun) -> [Finding] {
    guard run.loss.question == .yesOrNo, run.loss.ownActivation == .sigmoid, run.outputActivation == .softmax, run.outputs > 1 else { return [] }
    return [
      Finding(
        at: run.outputPlace, "softmax before \(run.loss.name)",
        because: "the loss asks each of the \(run.outputs) outputs for a yes or no of its own, and a softmax lets them add up to 1 only",
        advice: "for one class of many use sparse_categorical_crossentropy (data.targets \"classes\"); for labels that do not exclude each other use sigmoid")
    ]
  }

  /// Keras and Lockstep divide such outputs by their sum, which hardly anybody means.
  @Sendable static func sharesFromSigmoids(_ run: CheckedRun) -> [Finding] {
    guard run.loss.ownActivation == .softmax, !run.loss.fromLogits, run.outputActivation == .sigmoid else { return [] }
    return [
      Finding(
        at: run.outputPlace, "sigmoid before \(run.loss.name)",
        because:
          "the loss wants probabilities that add up to 1, and divides these by their sum, whatever it is; all outputs at 0.5 or all at 0.01 are the same to it",
        advice: "use softmax, or linear with from_logits: true")
    ]
  }

  /// Logits go as far as the loss wants them to.
  @Sendable static func logitsWithLimits(_ run: CheckedRun) -> [Finding] {
    let range = run.outputActivation.range
    guard run.loss.fromLogits, range.lowerBound.isFinite || range.upperBound.isFinite else { return [] }
    let reason: String
    if run.loss.ownActivation == .sigmoid {
      let probabilities = [range.lowerBound, range.upperBound].map { 1 / (1 + exp(-$0)) }
      reason = "of logits \(words(range)) the loss makes probabilities from \(digits(probabilities[0])) to \(digits(probabilities[1])) only"
    } else if range.upperBound.isFinite {
      let most = 1 / (1 + Double(run.outputs - 1) * exp(range.lowerBound - range.upperBound))
      reason = "of logits \(words(range)) the loss makes probabilities of \(digits(most)) at most, however much is learned"
    } else {
      reason = "logits are to fall below 0 as freely as they rise, and these go \(words(range))"
    }
    return [
      Finding(
        at: run.outputPlace, "\(run.outputActivation.name) before a loss with from_logits", because: reason,
        advice: "make the last activation linear"
          + (run.outputActivation == .sigmoid || run.outputActivation == .softmax ? ", or set from_logits to false" : ""))
    ]
  }

  @Sendable static func saturatingSquares(_ run: CheckedRun) -> [Finding] {
    guard run.outputActivation == .softmax, run.loss.question == .quantity, run.outputs > 1 else { return [] }
    return [
      Finding(
        at: run.outputPlace, "softmax before \(run.loss.name)",
        because: "where the network is sure and wrong the softmax is flat, so that the gradient is near 0 just when there is most to learn",
        advice: "use categorical_crossentropy, whose gradient undoes that")
    ]
  }

  /// A regression whose outputs cannot be what they should.
  @Sendable static func unreachableTargets(_ run: CheckedRun) -> [Finding] {
    guard run.loss.question == .quantity, run.loss != .poisson, run.outputActivation != .softmax else { return [] }
    let (range, targets) = (run.outputActivation.range, run.encoding == .oneHot ? 0...1 : run.training.targets)
    if targets.lowerBound < range.lowerBound - 1e-6 || targets.upperBound > range.upperBound + 1e-6 {
      return [
        Finding(
          at: run.outputPlace, "\(run.outputActivation.name) on the output of a regression",
          because: "it gives numbers \(words(range)), and the targets go from \(digits(targets.lowerBound)) to \(digits(targets.upperBound))",
          advice: "make the last activation linear, or bring the targets into that range")
      ]
    }
    guard run.outputActivation == .relu else { return [] }
    return [
      Finding(
        at: run.outputPlace, "relu on the output of a regression",
        because: "a unit that gives 0 for every row has no gradient, and stays so for good", advice: "make the last activation linear, or softplus")
    ]
  }

  @Sendable static func logarithmsOfNothing(_ run: CheckedRun) -> [Finding] {
    let range = run.outputActivation.range
    if run.loss == .poisson, range.lowerBound < 0 || run.outputActivation == .relu {
      return [
        Finding(
          at: run.outputPlace, "\(run.outputActivation.name) before poisson",
          because: "the loss takes the logarithm of the output, which must stay above 0, and this goes \(words(range))",
          advice: "make the last activation exponential or softplus")
      ]
    }
    guard run.loss == .klDivergence, range != 0...1 else { return [] }
    return [
      Finding(
        at: run.outputPlace, "\(run.outputActivation.name) before kl_divergence",
        because: "the loss compares probabilities, and cuts what is not from 0 to 1, where no gradient is left", advice: "make the last activation softmax")
    ]
  }

  @Sendable static func sidesOutOfReach(_ run: CheckedRun) -> [Finding] {
    guard run.loss.question == .side, run.outputActivation.range.lowerBound > -1 else { return [] }
    return [
      Finding(
        at: run.outputPlace, "\(run.outputActivation.name) before \(run.loss.name)",
        because: "the loss wants outputs of -1 or less on one side, and these go \(words(run.outputActivation.range))",
        advice: "make the last activation linear or tanh")
    ]
  }

  @Sendable static func lastOutputsAtRandom(_ run: CheckedRun) -> [Finding] {
    guard let last = run.layers.lastDense?.index else { return [] }
    return run.layers.indices.dropFirst(last + 1).compactMap { index in
      switch run.layers[index] {
      case .dropout, .gaussianNoise:
        Finding(
          at: "model.layers[\(index)]", "\(run.layers[index].name) behind the last dense layer",
          because: "it changes the answers themselves at random while the network learns from them", advice: "put it before the last dense layer")
      default: nil
      }
    }
  }

  @Sendable static func accuracyOfNumbers(_ run: CheckedRun) -> [Finding] {
    guard run.encoding == .value, let index = run.compiled.compile.metrics.firstIndex(of: .accuracy) else { return [] }
    return [
      Finding(
        at: "compile.metrics[\(index)]", "accuracy of real numbers", because: "it asks whether output and target lie on the same side of 0.5",
        advice: "use mean_absolute_error or r2_score")
    ]
  }

  private static func words(_ range: ClosedRange<Double>) -> String {
    switch (range.lowerBound.isFinite, range.upperBound.isFinite) {
    case (true, true): "from \(digits(range.lowerBound)) to \(digits(range.upperBound))"
    case (true, false): "from \(digits(range.lowerBound)) up"
    case (false, _): "below 0"
    }
  }

  static func digits(_ number: Double) -> String { String(format: "%.3g", number) }
}
