import Foundation
import NeuralNetwork
import RunConfig
import Training

/// An explanation as text; `ExplainReport+JSON.swift` has it as JSON.
struct ExplainReport {
  let explanation: Explanation
  /// "validation" or "training".
  let part: String
  let configuration: RunConfiguration
  /// Whether blocks may be drawn.
  let blocks: Bool

  private static let margin = 10

  var text: String { title + picture + inputs + explanation.layers.map(layer).joined() + "\n" + answers + "\n" + loss + "\n" + back }

  func label(_ number: Int) -> Int { EvaluationReport.label(number, configuration.data.classes) }

  private func entry(_ head: String, _ text: String) -> String { Paragraph.text(Paragraph.left(head, Self.margin - 1) + " ", text) }

  private var title: String {
    let what = explanation.truth.map { ", class \(label($0))" } ?? ""
    return Ink.output.heading("row \(explanation.row) of the \(part) data (row \(explanation.sourceRow) of the source)\(what)") + "\n"
  }

  private var picture: String {
    guard let picture = DigitPicture(explanation.features) else { return "\n" }
    return "\n" + picture.lines(blocks: blocks).map { $0 + "\n" }.joined() + "\n"
  }

  // MARK: The way forward

  private var inputs: String {
    let (raw, inputs) = (explanation.features, explanation.trace.inputs)
    let prepared = configuration.model.layers.prefix { if case .dense = $0 { false } else { true } }.filter { $0 != .flatten }
    let words = prepared.isEmpty ? "" : ", then " + prepared.map(\.name).joined(separator: ", then ")
    return entry(
      "inputs",
      "\(raw.count) numbers \(Self.range(raw)) divided by \(Self.digits(configuration.data.scale))\(words): \(Self.range(inputs)), \(inputs.count { $0 != 0 }) of them not 0"
    )
      + Self.note(configuration.model.layers).map { entry("", $0) }.joined()
  }

  /// What judging leaves out.
  private static func note(_ layers: [Layer]) -> [String] {
    let isRandom = layers.contains {
      switch $0 {
      case .dropout, .gaussianNoise, .augmentation: true
      default: false
      }
    }
    let isBatch = layers.contains { if case .batchNormalization = $0 { true } else { false } }
    return (isRandom ? ["What is drawn at random is for training only; here such layers do nothing."] : [])
      + (isBatch ? ["Batch normalisation takes its running mean and variance, as for every row that is judged."] : [])
  }

  private func layer(_ layer: Explanation.Layer) -> String {
    let stage = layer.stage
    let why = stage.activation == .relu ? "are 0" : "are flat (slope below a 20th of the steepest)"
    let flat = layer.flat > 0 ? "; \(layer.flat) of \(stage.outputs.count) \(why)" : ""
    let activation = stage.activation == .linear ? "" : ", a = \(stage.activation.name)(z) = \(stage.activation.formula)"
    let outputs = stage.activation == .linear ? "" : ", a \(Self.range(stage.outputs))"
    switch stage.kind {
    case .dense:
      return entry(
        stage.name, "\(stage.inputs.count) → \(stage.outputs.count): z = x·W + b\(activation); here z is \(Self.range(stage.sums))\(outputs)\(flat)")
        + (layer.loudest.map { entry("", unit($0, stage)) } ?? "")
    case .activation:
      return entry("", "then a = \(stage.activation.name)(z) = \(stage.activation.formula): a \(Self.range(stage.outputs))\(flat)")
    case .rescaling(let scale, let offset):
      return entry("rescaling", "x·\(Self.digits(Double(scale))) + \(Self.digits(Double(offset))): \(Self.range(stage.outputs))")
    case .activityPenalty(let l1, let l2):
      return entry("", "\(Self.digits(Double(l1)))·Σ|x| + \(Self.digits(Double(l2)))·Σx² = \(Self.digits(stage.penalty)) is added to the loss")
    case .normalization: return entry(stage.name, "γ·(x - mean) / deviation + β: \(Self.range(stage.outputs))")
    }
  }

  /// How the loudest unit's sum comes about.
  private func unit(_ unit: Explanation.Unit, _ stage: RowTrace.Stage) -> String {
    let products = unit.products.map { "\(Self.digits(Double($0.value)))·\(Self.factor(Double($0.weight))) (input \($0.input))" }.joined(separator: ", ")
    let sum = Double(stage.sums[unit.number])
    let check = abs(sum - unit.sum) <= 1e-4 * max(1, abs(sum)) ? "" : " (added up in Double: \(Self.digits(unit.sum)))"
    let count = "\(unit.productCount) product\(unit.productCount == 1 ? "" : "s")"
    return "loudest is unit \(unit.number): z = \(Self.digits(sum))\(check) = b \(Self.digits(Double(unit.bias))) + \(count), the largest \(products)"
  }

  // MARK: The answer

  private var answers: String {
    let verdict =
      switch (explanation.answer, explanation.truth) {
      case (let answer?, let truth?):
        answer == truth
          ? Ink.output.good("the answer is \(label(answer)), which is right") + "\n"
          : Ink.output.bad("the answer is \(label(answer)), and \(label(truth)) would be right") + "\n"
      default: ""
      }
    let targets = explanation.trace.targets
    guard let probabilities = explanation.probabilities else {
      let rows = zip(explanation.trace.outputs, targets).enumerated().map { ["\($0)", Self.digits(Double($1.0)), Self.digits(Double($1.1))] }
      return Paragraph.table([["output", "answer", "right"]] + rows, left: [], indent: "  ") + verdict
    }
    // A single output is the probability of class 1.
    let shares = probabilities.count == 1 ? [1 - probabilities[0], probabilities[0]] : probabilities
    let right = probabilities.count == 1 ? [targets[0] < 0.5, targets[0] >= 0.5] : targets.map { $0 >= 0.5 }
    let shown = shares.indices.filter { shares.count <= 20 || right[$0] || shares[$0] >= 0.01 }
    let names = Dictionary(uniqueKeysWithValues: shown.map { ($0, "\(label($0))") })
    let width = names.values.map(\.count).max() ?? 1
    let lines = shown.map { number in
      let bar = String(repeating: blocks ? "█" : "#", count: Int((shares[number] * 40).rounded()))
      let line = "  \(Paragraph.right(names[number] ?? "", width))  \(String(format: "%.4f", shares[number]))  \(Paragraph.left(bar, 40))"
      return right[number] ? line + "  ← right\n" : String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }
    let head =
      configuration.compile.loss.fromLogits
      ? "probabilities, the \(configuration.compile.loss.ownActivation?.name ?? "") of the logits\n" : "probabilities\n"
    return head + lines.joined() + verdict
  }

  private var loss: String {
    let words = explanation.loss
    let penalty = explanation.trace.activityPenalty
    let total = Double(explanation.trace.loss) - penalty
    let shown = words.terms.prefix(3).map { term in
      words.outputs > 1 && words.joining == .mean ? "\(term.words) = \(Self.digits(term.value)) of output \(term.output ?? 0)" : term.words
    }
    let formula = words.outputs == 1 ? words.formula.replacingOccurrences(of: "the mean over the outputs of ", with: "") : words.formula
    let rest = words.terms.count > 3 ? ", and \(words.terms.count - 3) more" : ""
    var sum =
      words.joining == .mean && words.outputs > 1
      ? shown.joined(separator: ", ") + rest + "; together, divided by \(words.outputs):" : shown.joined(separator: " + ") + rest + " ="
    if words.terms.isEmpty { sum = "nothing is lost:" }
    let check = abs(words.value - total) <= 1e-4 * max(1, abs(total)) ? "" : " (the formula in Double: \(Self.digits(words.value)))"
    return entry("loss", "\(configuration.compile.loss.name): \(formula)") + entry("", "\(sum) \(Self.digits(total))\(check)")
      + (penalty > 0 ? entry("", "with the penalties of activities: \(Self.digits(total + penalty))") : "")
  }

  // MARK: The way back

  private var back: String {
    var rows = [["gradient of the loss", "norm", "largest", "not 0"]]
    func add(_ name: String, _ gradient: Explanation.Gradient) {
      rows.append([name, Self.digits(gradient.norm), Self.digits(Double(gradient.largest)), "\(gradient.nonzero) of \(gradient.count)"])
    }
    for layer in explanation.layers.reversed() {
      if case .dense = layer.stage.kind { add("by z of \(layer.name)", Explanation.Gradient(tensor: "z", layer.stage.gradient)) }
      for gradient in layer.gradients { add("by \(gradient.tensor)", gradient) }
    }
    return Paragraph.table(rows, left: [0]) + step
  }

  private var step: String {
    guard let after = explanation.lossAfterStep else { return "" }
    let optimizer = explanation.optimizer
    let rate = if case .constant(let rate) = optimizer.learningRate { " at a learning rate of \(Self.digits(rate))" } else { "" }
    return Paragraph.text(
      "",
      "a first step of \(optimizer.name)\(rate), over this row alone, takes its loss from \(Self.digits(Double(explanation.trace.loss))) to \(Self.digits(Double(after)))"
    )
  }

  // MARK: Numbers

  /// "from -1.5 to 2".
  private static func range(_ values: [Float]) -> String {
    guard let low = values.min(), let high = values.max() else { return "nothing" }
    if values.count == 1 { return digits(Double(low)) }
    return low == high ? "all \(digits(Double(low)))" : "from \(digits(Double(low))) to \(digits(Double(high)))"
  }

  private static func digits(_ number: Double) -> String { String(format: "%.4g", number) }

  private static func factor(_ number: Double) -> String { number < 0 ? "(\(digits(number)))" : digits(number) }
}
