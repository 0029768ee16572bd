import Foundation
import Training

/// An examination as text or JSON.
struct ExaminationReport {
  let examination: Examination
  let policy: ThresholdPolicy?
  /// What the class numbers stand for, where the config picked classes.
  let labels: [Int]?

  private func label(_ number: Int) -> Int { EvaluationReport.label(number, labels) }

  private static func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "-" }

  /// For people: what is known, one part below the other.
  func text(of what: String) -> String {
    let evaluation = examination.evaluation
    return EvaluationReport.line(evaluation, of: what) + interval + EvaluationReport.confusion(evaluation, labels: labels) + classes + calibration + mistakes
      + thresholds
  }

  private var interval: String {
    guard let interval = examination.interval else { return "" }
    return "\(examination.intervalFigure), 95% confidence interval: \(Self.number(interval.low)) to \(Self.number(interval.high))"
      + " (bootstrap, \(interval.resamples) resamples)\n"
  }

  private var classes: String {
    guard let report = examination.classes else { return "" }
    var table = ColumnTable("class", "precision", "recall", "f1", "rows")
    func add(_ name: String, _ scores: ClassReport.Scores) {
      table.add(name, Self.number(scores.precision), Self.number(scores.recall), Self.number(scores.f1), "\(scores.support)")
    }
    for (number, scores) in report.classes.enumerated() { add("\(label(number))", scores) }
    add("macro", report.macro)
    add("weighted", report.weighted)
    return "each class\n" + table.text
  }

  private var calibration: String {
    guard let calibration = examination.calibration else { return "" }
    var table = ColumnTable("sure by", "rows", "mean", "right")
    for (number, bin) in calibration.bins.enumerated() where bin.rows > 0 {
      let (from, to) = (Double(number) / Double(calibration.bins.count), Double(number + 1) / Double(calibration.bins.count))
      table.add(String(format: "%.2f to %.2f", from, to), "\(bin.rows)", Self.number(bin.confidence), Self.number(bin.accuracy))
    }
    return "expected calibration error: \(Self.number(calibration.error))\n" + table.text
  }

  private var mistakes: String {
    guard !examination.mistakes.isEmpty else { return "" }
    var table = ColumnTable("row", "source row", "truth", "answer", "sure by")
    for mistake in examination.mistakes {
      table.add(
        "\(mistake.row)", "\(mistake.sourceRow)", "\(label(mistake.truth))", "\(label(mistake.answer))", Self.number(Double(mistake.confidence)))
    }
    return "most confident mistakes\n" + table.text
  }

  private var thresholds: String {
    guard let policy else { return "" }
    let title =
      switch policy {
      case .precision(let wanted): "thresholds for a precision of \(wanted)"
      case .recall(let wanted): "thresholds for a recall of \(wanted)"
      }
    var table = ColumnTable("class", "yes from", "precision", "recall")
    for (output, choice) in examination.thresholds.enumerated() {
      let score = choice.map { "\($0.threshold)" } ?? "none"
      table.add("\(label(yes(output)))", score, Self.number(choice?.precision), Self.number(choice?.recall))
    }
    return "\(title)\n\(table.text)"
  }

  /// The class that yes means at an output: a single one says yes to class 1.
  private func yes(_ output: Int) -> Int { examination.thresholds.count == 1 ? 1 : output }

  /// `EvaluationReport.json`, and a key for each part.
  var json: [String: Any] {
    var object = EvaluationReport.json(examination.evaluation)
    if let interval = examination.interval {
      object["interval"] = [
        "figure": examination.intervalFigure, "level": ConfidenceInterval.level, "low": Self.json(interval.low), "high": Self.json(interval.high),
        "resamples": interval.resamples,
      ]
    }
    if let report = examination.classes {
      object["classes"] = report.classes.enumerated().map { number, scores in Self.json(scores).merging(["class": label(number)]) { $1 } }
      object["averages"] = ["macro": Self.json(report.macro), "weighted": Self.json(report.weighted)]
    }
    if let calibration = examination.calibration {
      object["calibration"] = [
        "error": Self.json(calibration.error),
        "bins": calibration.bins.map { ["rows": $0.rows, "confidence": Self.json($0.confidence), "accuracy": Self.json($0.accuracy)] as [String: Any] },
      ]
    }
    if examination.evaluation.confusion != nil {
      object["mistakes"] = examination.mistakes.map { mistake in
        [
          "row": mistake.row, "source_row": mistake.sourceRow, "truth": label(mistake.truth), "answer": label(mistake.answer),
          "confidence": Self.json(Double(mistake.confidence)),
        ] as [String: Any]
      }
    }
    if policy != nil {
      object["thresholds"] = examination.thresholds.enumerated().map { output, choice in
        [
          "class": label(yes(output)), "threshold": Self.json(choice.map { Double($0.threshold) }), "precision": Self.json(choice?.precision),
          "recall": Self.json(choice?.recall),
        ] as [String: Any]
      }
    }
    return object
  }

  private static func json(_ scores: ClassReport.Scores) -> [String: Any] {
    ["precision": scores.precision, "recall": scores.recall, "f1": scores.f1, "support": scores.support]
  }

  /// Numbers that are not finite, or not there, are null.
  private static func json(_ value: Double?) -> Any { value.flatMap { $0.isFinite ? $0 as Any : nil } ?? NSNull() }
}
