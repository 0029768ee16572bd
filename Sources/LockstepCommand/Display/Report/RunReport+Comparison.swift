import Failures
import Foundation
import Lockstep
import Reports
import RunConfig
import Training

extension RunReport {
  /// What tells the runs apart: results, configs, and whether chance alone may have done it.
  ///
  /// - Throws: `Failure` from a worker.
  func addComparison(to page: inout ReportPage) throws(Failure) {
    page.part("Results")
    var names: [String] = []
    for run in runs { for figure in run.examination.evaluation.figures where !names.contains(figure.name) { names.append(figure.name) } }
    page.table(
      ReportTable(
        "On the rows that each was judged by", heads: ["run"] + names + ["rows", "parameters", "epochs", "seconds", "samples/s"],
        rows: runs.map { run in
          let rates = run.history.map(\.samplesPerSecond).filter(\.isFinite).sorted()
          let figures = names.map { name in run.examination.evaluation.figures.first { $0.name == name }.map { Self.number($0.value) } ?? "–" }
          return [run.name] + figures + [
            "\(run.examination.evaluation.rows)", "\(run.subject.compiled.network.parameterCount)", "\(run.history.count)",
            String(format: "%.2f", run.history.reduce(0) { $0 + $1.seconds }), rates.isEmpty ? "–" : Amount.rate(rates[rates.count / 2]),
          ]
        }))
    page.part("Differences")
    for run in runs.dropFirst() { page.paragraph(try difference(of: run)) }
    page.table(changes)
  }

  /// McNemar's test against the first run.
  private func difference(of run: ReportedRun) throws(Failure) -> String {
    let first = runs[0]
    do throws(Failure) {
      let comparison = try compare(first.subject.side(first.name), run.subject.side(run.name), crew: run.crew)
      guard let table = comparison.table, let test = comparison.test else { return "\(run.name): its answers are no classes, so they are not counted." }
      let verdict = test.p < 0.05 ? "the runs differ" : "no difference is shown"
      return "\(first.name) alone is right on \(table.onlyFirst) rows, \(run.name) alone on \(table.onlySecond): at the 5% level \(verdict) (McNemar's test, "
        + String(format: "p = %.3g).", test.p)
    } catch  where error.kind == .badData {
      return "\(error)."
    }
  }

  /// The keys of which not all configs say the same.
  private var changes: ReportTable {
    let first = runs[0].configuration
    let others = runs.dropFirst().map { run in
      Dictionary(run.configuration.changes(from: first).map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }
    let paths = Set(others.flatMap(\.keys)).sorted()
    let rows = paths.map { path -> [String] in
      let before = others.compactMap { $0[path] }.first?.before
      return [path, before ?? "–"] + others.map { changes in changes[path].map { $0.after ?? "–" } ?? before ?? "–" }
    }
    return ReportTable(
      rows.isEmpty ? "The configs are the same" : "Keys of the configs that differ", heads: ["key"] + runs.map(\.name), rows: rows,
      words: Set(0...runs.count))
  }
}
