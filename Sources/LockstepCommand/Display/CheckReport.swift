import Foundation
import Lockstep
import NeuralNetwork
import RunConfig
import Training

/// A checkup as text or JSON.
struct CheckReport {
  let name: String
  let checkup: Checkup
  /// What class numbers stand for, where the config picked classes.
  let labels: [Int]?

  var text: String { layers + "\n" + facts + "\n" + findings }

  private var layers: String {
    let rows = zip(checkup.layers, checkup.summaries).map { layer, summary in [summary.name, layer.words, "\(summary.outputs)", "\(summary.parameters)"] }
    let others = checkup.otherParameters > 0 ? ", and \(checkup.otherParameters) numbers that no gradient changes" : ""
    return "\(Ink.output.heading("\(name):")) \(checkup.inputs) inputs\n"
      + Paragraph.table([["layer", "what it does", "outputs", "parameters"]] + rows, left: [0, 1])
      + "\(checkup.parameters) parameters\(others)\n"
  }

  private var facts: String {
    func fact(_ head: String, _ text: String?) -> String { text.map { Paragraph.text(Paragraph.left(head, 9), $0) } ?? "" }
    let rows = "\(checkup.training.rows) to train on" + (checkup.validation.map { ", \($0.rows) more to validate" } ?? ", none to validate")
    let steps = "\(checkup.stepsPerEpoch) of \(min(checkup.batchSize, checkup.training.rows)) rows an epoch, \(checkup.stepsPerEpoch * checkup.epochs) in all"
    return fact("answers", answers) + fact("loss", checkup.loss.name + (checkup.lossByGuessing.map { String(format: "; by guessing it is %.4f", $0) } ?? ""))
      + fact("rows", rows) + fact("classes", classes) + fact("inputs", inputs) + fact("steps", steps)
      + fact("memory", "\(Amount.bytes(checkup.memory.total)) for weights, moments, gradients and activations; \(Amount.bytes(checkup.dataBytes)) of inputs")
  }

  private var answers: String {
    let count = checkup.summaries.last?.outputs ?? 0
    guard checkup.loss.fromLogits, let own = checkup.loss.ownActivation else {
      let activation = checkup.outputActivation == .linear ? "" : ", each \(checkup.outputActivation.name)"
      return checkup.outputActivation == .softmax ? "\(count) probabilities, a softmax" : "\(count) number\(count == 1 ? "" : "s")\(activation)"
    }
    return "\(count) logit\(count == 1 ? "" : "s"), of which the loss takes the \(own.name)"
  }

  private var classes: String? {
    guard let counts = checkup.training.rowsPerClass else { return nil }
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    let names = counts.indices.map { "\(EvaluationReport.label($0, labels))" }
    let which = counts.count > 12 ? "\(counts.count) classes" : names.joined(separator: ", ")
    return (least == most ? "\(most) rows" : "\(least) to \(most) rows") + " to train on of each of \(which)"
  }

  private var inputs: String {
    guard let range = checkup.training.inputs else { return "mean 0 and variance 1 as the first dense layer sees them" }
    let looked = checkup.training.sampledRows < checkup.training.rows ? " in \(checkup.training.sampledRows) rows that were looked at" : ""
    return String(format: "%.4g to %.4g", range.lowerBound, range.upperBound) + " as the first dense layer sees them\(looked)"
  }

  private var findings: String {
    guard !checkup.findings.isEmpty else { return Ink.output.good("nothing to warn of") + "\n" }
    return checkup.findings.map { finding in
      Paragraph.text("\(finding.severity.rawValue): ", "\(finding.place): \(finding.problem)", ink: ink(finding.severity))
        + Paragraph.text("  why: ", finding.reason)
        + Paragraph.text("  do:  ", finding.advice)
    }.joined(separator: "\n")
  }

  private func ink(_ severity: Finding.Severity) -> (String) -> String {
    switch severity {
    case .error: Ink.output.bad
    case .warning: Ink.output.doubtful
    }
  }

  var json: [String: Any] {
    [
      "inputs": checkup.inputs, "parameters": checkup.parameters, "other_parameters": checkup.otherParameters, "loss": checkup.loss.name,
      "loss_by_guessing": checkup.lossByGuessing.map { $0 as Any } ?? NSNull(), "rows": checkup.training.rows,
      "validation_rows": checkup.validation.map { $0.rows as Any } ?? NSNull(), "rows_per_class": checkup.training.rowsPerClass.map { $0 as Any } ?? NSNull(),
      "input_range": checkup.training.inputs.map { [$0.lowerBound, $0.upperBound] as Any } ?? NSNull(), "batch_size": checkup.batchSize,
      "steps_per_epoch": checkup.stepsPerEpoch, "epochs": checkup.epochs, "memory_bytes": checkup.memory.total, "data_bytes": checkup.dataBytes,
      "layers": zip(checkup.layers, checkup.summaries).map { layer, summary in
        ["name": summary.name, "type": layer.name, "does": layer.words, "outputs": summary.outputs, "parameters": summary.parameters] as [String: Any]
      },
      "findings": checkup.findings.map {
        ["severity": $0.severity.rawValue, "place": $0.place, "problem": $0.problem, "reason": $0.reason, "advice": $0.advice]
      },
    ]
  }
}
