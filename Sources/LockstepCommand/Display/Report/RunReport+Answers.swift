import Foundation
import Reports
import RunConfig
import Training

extension RunReport {
  /// What the run answers, what it learned, where its time went, and what it was.
  ///
  /// - Parameter head: begins a part of that name.
  func addParts(of run: ReportedRun, to page: inout ReportPage, head: (inout ReportPage, String) -> Void) {
    let examination = run.examination
    var blocks: [String] = []
    if let confusion = examination.evaluation.confusion, confusion.count <= 50 {
      blocks.append(ConfusionTable(labels: confusion.indices.map(run.label), counts: confusion).html)
    }
    if let report = examination.classes { blocks.append(Self.classes(report, run).html) }
    if let calibration = examination.calibration {
      let bins = calibration.bins.map { ReliabilityDiagram.Bin(rows: $0.rows, confidence: $0.confidence ?? 0, accuracy: $0.accuracy ?? 0) }
      blocks.append(ReliabilityDiagram(bins: bins, error: calibration.error).html)
    }
    if !blocks.isEmpty {
      head(&page, "Answers")
      page.beside(blocks)
    }
    addMistakes(of: run, to: &page, head: head)
    addWeights(of: run, to: &page, head: head)
    addDiagnostics(of: run, to: &page, head: head)
    addTime(of: run, to: &page, head: head)
    addMachine(of: run, to: &page, head: head)
    addModel(of: run, to: &page, head: head)
    head(&page, "Config")
    page.paragraph("Every key with its value, defaults included. Given to lockstep train it trains the same weights again.")
    page.listing("config.json", run.configuration.resolvedJSON())
  }

  private static func classes(_ report: ClassReport, _ run: ReportedRun) -> ReportTable {
    func row(_ name: String, _ scores: ClassReport.Scores) -> [String] {
      [name] + [scores.precision, scores.recall, scores.f1].map { String(format: "%.4f", $0) } + ["\(scores.support)"]
    }
    return ReportTable(
      "Each class on the \(run.subject.part) rows; macro: the mean of them", heads: ["class", "precision", "recall", "F1", "rows"],
      rows: report.classes.enumerated().map { row(run.label($0), $1) } + [row("macro", report.macro), row("weighted", report.weighted)])
  }

  private func addMistakes(of run: ReportedRun, to page: inout ReportPage, head: (inout ReportPage, String) -> Void) {
    let mistakes = run.examination.mistakes
    guard let confusion = run.examination.evaluation.confusion else { return }
    head(&page, "Most confident mistakes")
    let wrong = run.examination.evaluation.rows - confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    guard !mistakes.isEmpty else {
      if wrong == 0 { page.paragraph("There is none.") }
      return
    }
    page.paragraph(
      "\(mistakes.count) of \(wrong) wrong answers, the surest first: truth → answer. Row numbers are those of lockstep explain --row.")
    let sureness = run.configuration.compile.loss.givesProbabilities
    func lines(_ mistake: Examination.Mistake) -> [String] {
      let sure = sureness ? String(format: "%.1f%% sure", 100 * mistake.confidence) : String(format: "output %.3f", mistake.confidence)
      return ["\(run.label(mistake.truth)) → \(run.label(mistake.answer))", sure, "row \(mistake.row)"]
    }
    let store = run.subject.dataset.store
    guard let side = ReportedRun.side(store.width) else {
      page.table(ReportTable("Wrong answers", heads: ["what", "sure", "row"], rows: mistakes.map(lines), words: [0]))
      return
    }
    page.pictures(
      mistakes.map { mistake in
        (PixelPicture(ink: store.row(mistake.sourceRow), width: side).html(lines(mistake).joined(separator: ", "), style: "ink"), lines(mistake))
      }, style: "mistakes")
  }

  private func addWeights(of run: ReportedRun, to page: inout ReportPage, head: (inout ReportPage, String) -> Void) {
    guard let (values, units, side) = run.firstWeights, let layer = run.subject.compiled.network.layers.first else { return }
    head(&page, "Weights of the first layer")
    let shown = min(units, 100)
    // One scale for all of them; the few largest do not pale the others.
    let sizes = values.map(abs).sorted()
    let most = sizes[min(sizes.count - 1, sizes.count * 995 / 1000)]
    let rest = shown < units ? " The first \(shown) of \(units) units." : ""
    page.paragraph("What each unit of \(layer.name) makes of each of \(side)×\(side) inputs: blue speaks against it, orange for it.\(rest)")
    let bound = String(format: "%.3g", most)
    page.raw("<p class=\"ramp note\">−\(bound) <i></i> +\(bound) and beyond</p>\n")
    page.pictures(
      (0..<shown).map { unit in
        let weights = (0..<side * side).map { values[$0 * units + unit] }
        let picture = PixelPicture(diverging: weights, width: side, most: most)
        let (low, high) = (weights.min() ?? 0, weights.max() ?? 0)
        return (picture.html("unit \(unit): weights from \(String(format: "%.3g", low)) to \(String(format: "%.3g", high))", style: "map"), ["unit \(unit)"])
      }, style: "weights")
  }
}
