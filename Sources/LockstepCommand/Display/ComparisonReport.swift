import Foundation
import RunConfig
import Training

/// A comparison as text or JSON.
struct ComparisonReport {
  let comparison: Comparison
  let names: (String, String)
  /// What data: "validation" or "training".
  let part: String
  let changes: [ConfigChange]

  var text: String { figures + table + config }

  private var figures: String {
    var table = ColumnTable("", "first", "second", "difference")
    for (name, first, second) in comparison.figures {
      let best = isBetter(first, than: second, by: name) ? 1 : isBetter(second, than: first, by: name) ? 2 : nil
      table.add([name, String(format: "%.4f", first), String(format: "%.4f", second), String(format: "%+.4f", second - first)], best: best)
    }
    return "first: \(names.0)\nsecond: \(names.1)\n" + Ink.output.heading("\(part) data (\(comparison.first.rows) rows)") + "\n" + table.text
  }

  private var table: String {
    guard let counts = comparison.table, let test = comparison.test else { return "" }
    var table = ColumnTable("", "second right", "second wrong")
    table.add("first right", "\(counts.both)", "\(counts.onlyFirst)")
    table.add("first wrong", "\(counts.onlySecond)", "\(counts.neither)")
    let method = test.method == .exact ? "exact" : "chi-squared with continuity correction"
    let verdict = test.p < 0.05 ? "the runs differ" : "no difference is shown"
    let line = "McNemar's test (\(method)): p = \(String(format: "%.3g", test.p)); at the 5% level \(verdict)"
    return table.text + Paragraph.text("", line, width: Paragraph.lineWidth)
  }

  private var config: String {
    guard !changes.isEmpty else { return "the configs are the same\n" }
    return Ink.output.heading("what changed in the config") + "\n"
      + changes.map { "  \($0.path): \($0.before ?? "nothing") → \($0.after ?? "nothing")\n" }.joined()
  }

  var json: [String: Any] {
    var object: [String: Any] = [
      "first": EvaluationReport.json(comparison.first), "second": EvaluationReport.json(comparison.second), "runs": [names.0, names.1], "data": part,
      "changes": changes.map { ["path": $0.path, "before": Self.value($0.before), "after": Self.value($0.after)] },
    ]
    if let counts = comparison.table, let test = comparison.test {
      object["right"] = ["both": counts.both, "only_first": counts.onlyFirst, "only_second": counts.onlySecond, "neither": counts.neither]
      object["mcnemar"] = ["method": test.method.rawValue, "p": test.p] as [String: Any]
    }
    return object
  }

  /// A config's value itself; null where there is none.
  private static func value(_ line: String?) -> Any {
    line.flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed) } ?? NSNull()
  }
}
