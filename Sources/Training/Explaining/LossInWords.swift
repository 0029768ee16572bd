import Foundation
import NeuralNetwork
import RunConfig

/// A row's loss as its formula, with the numbers put in, in Double. The engine's own loss stands beside it, and must be the same to Float's digits.
public struct LossInWords: Equatable, Sendable {
  /// What one output adds, or the whole of a loss that looks at all of them at once.
  public struct Term: Equatable, Sendable {
    /// Nil for the whole.
    public let output: Int?
    /// The formula with the output's numbers: "-ln 0.9312".
    public let words: String
    /// What the formula comes to.
    public let value: Double
  }

  /// How the terms become the loss.
  public enum Joining: Sendable {
    /// The loss is the mean of the terms.
    case mean
    /// The loss is their sum.
    case sum
  }

  /// "-Σ y·ln p".
  public let formula: String
  /// Those that add something, the largest first.
  public let terms: [Term]
  /// Outputs, by which a mean is divided.
  public let outputs: Int
  /// How `terms` become the loss.
  public let joining: Joining

  /// The loss by the formula.
  public var value: Double {
    let sum = terms.reduce(0) { $0 + $1.value }
    return joining == .mean ? sum / Double(outputs) : sum
  }

  init(_ loss: Loss, _ trace: RowTrace) {
    let outputs = trace.outputs.map(Double.init)
    let targets = trace.targets.map(Double.init)
    // Where the loss holds the activation, it is computed from what that is applied to.
    let last = trace.stages[trace.stages.count - 1]
    let logits = loss.fromLogits ? outputs : last.outputGradient == nil ? last.sums.map(Double.init) : nil
    self.outputs = outputs.count
    let each: (Int) -> (String, Double)
    switch loss {
    case .binaryCrossentropy:
      (formula, joining) = ("the mean over the outputs of -y·ln p - (1 - y)·ln(1 - p)", .mean)
      each = { Self.binary(targets[$0], fromLogits: logits?[$0], outputs[$0]) }
    case .binaryFocalCrossentropy(_, let gamma, let alpha, let isBalanced, _):
      let weighing = isBalanced ? "w·" : ""
      (formula, joining) = ("the mean over the outputs of \(weighing)(1 - q)^\(digits(gamma)) · (-y·ln p - (1 - y)·ln(1 - p)), q being p or 1 - p", .mean)
      each = { output in
        let y = targets[output]
        let p = logits.map { logistic($0[output]) } ?? outputs[output]
        let (words, crossentropy) = Self.binary(y, fromLogits: logits?[output], outputs[output])
        let rest = y * (1 - p) + (1 - y) * p
        let weight = isBalanced ? y * alpha + (1 - y) * (1 - alpha) : 1
        let factor = isBalanced ? "\(digits(weight)) · " : ""
        return ("\(factor)\(digits(rest))^\(digits(gamma)) · (\(words))", weight * pow(rest, gamma) * crossentropy)
      }
    case .categoricalCrossentropy, .sparseCategoricalCrossentropy:
      (formula, joining) = ("-Σ y·ln p", .sum)
      let total = outputs.reduce(0, +)
      let logarithms = logits.map(Self.logarithmsOfSoftmax) ?? outputs.map { log(clipped($0 / total)) }
      each = { ("\(Self.weight(targets[$0]))-ln \(digits(exp(logarithms[$0])))", -targets[$0] * logarithms[$0]) }
    case .klDivergence:
      (formula, joining) = ("Σ y·ln(y / p)", .sum)
      each = {
        let (y, p) = (min(max(targets[$0], 1e-7), 1), min(max(outputs[$0], 1e-7), 1))
        return ("\(digits(y))·ln(\(digits(y)) / \(digits(p)))", y * log(y / p))
      }
    case .meanSquaredError:
      (formula, joining) = ("the mean over the outputs of (y - p)²", .mean)
      each = { ("(\(Self.difference(targets[$0], outputs[$0])))²", (targets[$0] - outputs[$0]) * (targets[$0] - outputs[$0])) }
    case .meanAbsoluteError:
      (formula, joining) = ("the mean over the outputs of |y - p|", .mean)
      each = { ("|\(Self.difference(targets[$0], outputs[$0]))|", abs(targets[$0] - outputs[$0])) }
    case .huber(let delta):
      (formula, joining) = (
        "the mean over the outputs of e²/2 up to \(digits(delta)), \(digits(delta))·(e - \(digits(delta / 2))) beyond, for e = |y - p|", .mean
      )
      each = {
        let error = abs(targets[$0] - outputs[$0])
        let isNear = error <= delta
        return (
          isNear ? "\(digits(error))²/2" : "\(digits(delta))·(\(digits(error)) - \(digits(delta / 2)))",
          isNear ? error * error / 2 : delta * (error - delta / 2)
        )
      }
    case .logCosh:
      (formula, joining) = ("the mean over the outputs of ln cosh(y - p)", .mean)
      each = {
        let error = abs(targets[$0] - outputs[$0])
        return ("ln cosh(\(Self.difference(targets[$0], outputs[$0])))", error + log1p(exp(-2 * error)) - log(2))
      }
    case .poisson:
      (formula, joining) = ("the mean over the outputs of p - y·ln p", .mean)
      each = { ("\(digits(outputs[$0])) - \(digits(targets[$0]))·ln \(digits(outputs[$0]))", outputs[$0] - targets[$0] * log(outputs[$0] + 1e-7)) }
    case .hinge:
      (formula, joining) = ("the mean over the outputs of 1 - y·p where that is above 0, y being -1 or 1", .mean)
      each = { ("1 - \(Self.product(targets[$0], outputs[$0]))", max(1 - targets[$0] * outputs[$0], 0)) }
    case .squaredHinge:
      (formula, joining) = ("the mean over the outputs of (1 - y·p)² where 1 - y·p is above 0, y being -1 or 1", .mean)
      each = {
        let margin = max(1 - targets[$0] * outputs[$0], 0)
        return ("(1 - \(Self.product(targets[$0], outputs[$0])))²", margin * margin)
      }
    case .categoricalHinge:
      let right = zip(targets, outputs).reduce(0) { $0 + $1.0 * $1.1 }
      let wrong = zip(targets, outputs).map { (1 - $0) * $1 }.max() ?? 0
      let value = max(wrong - right + 1, 0)
      (formula, joining) = ("the largest wrong output, less the right one, and 1 more, where that is above 0", .sum)
      terms = [Term(output: nil, words: "\(digits(wrong)) - \(Self.parenthesized(right)) + 1", value: value)]
      return
    }
    // What adds nothing need not be told.
    terms = outputs.indices.map { output in
      let (words, value) = each(output)
      return Term(output: output, words: words, value: value)
    }.filter { $0.value != 0 }.sorted { ($1.value, $0.output!) < ($0.value, $1.output!) }
  }

  /// -y·ln p - (1 - y)·ln(1 - p), from logits where there are some: there 1 - p loses no digits.
  private static func binary(_ y: Double, fromLogits z: Double?, _ output: Double) -> (String, Double) {
    let p = z.map(logistic) ?? clipped(output)
    let value = z.map { max($0, 0) - $0 * y + log1p(exp(-abs($0))) } ?? -y * log(p) - (1 - y) * log(1 - p)
    if y == 1 { return ("-ln \(digits(p))", value) }
    // What is left of 1 where p is nearly that.
    if y == 0 { return (p > 0.999 ? "-ln \(digits(z.map { logistic(-$0) } ?? 1 - p))" : "-ln(1 - \(digits(p)))", value) }
    return ("-\(digits(y))·ln \(digits(p)) - \(digits(1 - y))·ln(1 - \(digits(p)))", value)
  }

  private static func logarithmsOfSoftmax(_ logits: [Double]) -> [Double] {
    let top = logits.max() ?? 0
    let rest = log(logits.reduce(0) { $0 + exp($1 - top) })
    return logits.map { $0 - top - rest }
  }

  private static func weight(_ y: Double) -> String { y == 1 ? "" : "\(digits(y))·" }
  private static func difference(_ y: Double, _ p: Double) -> String { "\(digits(y)) - \(parenthesized(p))" }
  private static func product(_ y: Double, _ p: Double) -> String { y == 1 ? parenthesized(p) : "\(parenthesized(y))·\(parenthesized(p))" }
  private static func parenthesized(_ number: Double) -> String { number < 0 ? "(\(digits(number)))" : digits(number) }
}

/// Four digits.
private func digits(_ number: Double) -> String { String(format: "%.4g", number) }

private func logistic(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

/// As Keras keeps probabilities from 0 and 1.
private func clipped(_ p: Double) -> Double { min(max(p, 1e-7), 1 - 1e-7) }
