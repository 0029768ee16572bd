import Failures
import Foundation
import Lockstep
import Reports
import RunConfig
import Training

/// A page about one run, or several side by side. The same runs make the same page, byte by byte.
struct RunReport {
  let runs: [ReportedRun]

  /// - Parameter runs: at least one.
  init(_ runs: [ReportedRun]) { self.runs = runs }

  private var isAlone: Bool { runs.count == 1 }

  /// - Throws: `Failure` from a worker.
  func html() throws(Failure) -> String {
    var page = ReportPage(isAlone ? runs[0].configuration.name : runs.map(\.name).joined(separator: ", "), lead: lead)
    if isAlone { page.facts(facts(runs[0])) } else { try addComparison(to: &page) }
    page.part("Training")
    addCurves(to: &page)
    for run in runs { page.fold(isAlone ? "The numbers of each epoch" : "The numbers of each epoch of \(run.name)", epochs(run)) }
    for run in runs {
      if !isAlone {
        page.part(run.name)
        page.paragraph(Self.result(run))
        page.facts(facts(run))
      }
      addParts(of: run, to: &page) { isAlone ? $0.part($1) : $0.heading($1) }
    }
    return page.html(foot: "Written by Lockstep \(Version.number). The page is one file and asks for nothing else.")
  }

  private var lead: String { isAlone ? Self.result(runs[0]) : "\(runs.count) runs side by side." }

  /// What came of a run, in a line.
  static func result(_ run: ReportedRun) -> String {
    let examination = run.examination
    let rows = "\(examination.evaluation.rows) \(run.subject.part) rows"
    let epochs = run.history.count == 1 ? "1 epoch" : "\(run.history.count) epochs"
    let time = " after \(epochs) of training, which took \(Amount.seconds(run.history.reduce(0) { $0 + $1.seconds }))"
    guard let confusion = examination.evaluation.confusion else {
      let figures = examination.evaluation.figures.map { "\($0.name) \(number($0.value))" }.joined(separator: ", ")
      return "On \(rows): \(figures),\(time)."
    }
    let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    let share = 100 * Double(right) / Double(max(1, examination.evaluation.rows))
    let interval = examination.interval.map { String(format: " (95%% confidence interval %.1f to %.1f%%)", 100 * $0.low, 100 * $0.high) } ?? ""
    return String(format: "%.2f%%", share) + " of \(rows) answered right\(interval),\(time)."
  }

  private func facts(_ run: ReportedRun) -> [(name: String, value: String)] {
    let figures = run.examination.evaluation.figures.map { (name: "\(run.subject.part) \($0.name)", value: Self.number($0.value)) }
    let rates = run.history.map(\.samplesPerSecond).filter(\.isFinite).sorted()
    let speed = rates.isEmpty ? [] : [(name: "samples a second", value: Amount.rate(rates[rates.count / 2]))]
    return figures + [("parameters", Amount.count(run.subject.compiled.network.parameterCount)), ("epochs", "\(run.history.count)")] + speed
      + (run.machine.map { [("workers", "\($0.workers.count)")] } ?? [])
  }

  // MARK: Numbers

  static func number(_ value: Double) -> String { String(format: abs(value) >= 1e4 || value != 0 && abs(value) < 1e-3 ? "%.3e" : "%.4f", value) }
}
