import Foundation
import Training

/// What a run noted of its layers, as text or JSON.
struct InspectionReport {
  let name: String
  let records: [EpochRecord]
  /// Of the record that is shown in full.
  let number: Int

  var text: String {
    let epoch = records[number].epoch
    guard let diagnostics = records[number].diagnostics else { return "\(name): nothing was noted of epoch \(epoch)\n" }
    return "\(name): epoch \(epoch) of \(records[records.count - 1].epoch)\n" + norms(diagnostics) + activities(diagnostics) + course + advice(diagnostics)
  }

  private func norms(_ diagnostics: EpochDiagnostics) -> String {
    var table = ColumnTable("", "weights", "gradient", "update", "update/weights")
    for norms in diagnostics.norms {
      table.add(norms.layer, Self.number(norms.weightNorm), Self.number(norms.gradientNorm), Self.number(norms.updateNorm), Self.number(norms.updateRatio))
    }
    return "norms at step \(diagnostics.step)\n" + table.text
  }

  private func activities(_ diagnostics: EpochDiagnostics) -> String {
    guard let rows = diagnostics.activities.first?.rows else { return "" }
    var table = ColumnTable("", "activation", "units", "flat", "flat units", "outputs")
    for layer in diagnostics.activities {
      table.add(
        layer.layer, layer.activation, "\(layer.units)", layer.flatShare.map { String(format: "%.1f%%", 100 * $0) } ?? "–",
        layer.flatUnits.map(String.init) ?? "–", "\(Self.number(layer.lowest)) \(Self.bars(layer.histogram)) \(Self.number(layer.highest))")
    }
    let legend = "outputs for \(rows) training rows; flat: a relu that is off, a sigmoid or tanh that is saturated; flat units: for all of the rows"
    return Paragraph.text("", legend, width: Paragraph.lineWidth) + table.text
  }

  /// How the ratio and the flat share went from epoch to epoch.
  private var course: String {
    let noted = records.compactMap { record in record.diagnostics.map { (record.epoch, $0) } }
    guard noted.count > 1, let layers = noted.last?.1.norms.map(\.layer) else { return "" }
    // The first, the last, and some between.
    let shown = Set((0..<8).map { $0 * (noted.count - 1) / 7 })
    var table = ColumnTable(["epoch"] + layers)
    for (index, (epoch, diagnostics)) in noted.enumerated() where shown.contains(index) {
      table.add(["\(epoch)"] + diagnostics.norms.map { Self.number($0.updateRatio) })
    }
    return "update/weights by epoch\n" + table.text
  }

  private func advice(_ diagnostics: EpochDiagnostics) -> String {
    var lines: [String] = []
    for norms in diagnostics.norms where norms.weightNorm > 0 {
      if norms.updateRatio > 0.1 { lines.append("\(norms.layer): a step moves it by a tenth of itself or more; a lower learning rate would be calmer") }
      if norms.gradientNorm == 0 { lines.append("\(norms.layer): no gradient arrives here") }
    }
    for layer in diagnostics.activities {
      if let dead = layer.flatUnits, 2 * dead >= layer.units {
        let remedy = layer.activation == "relu" ? "a lower learning rate, he_normal weights or leaky_relu" : "smaller initial weights, scaled inputs or relu"
        lines.append("\(layer.layer): \(dead) of \(layer.units) units are flat for every row and learn nothing; try \(remedy)")
      }
    }
    return lines.map { "\(Ink.output.doubtful("note:")) \($0)\n" }.joined()
  }

  /// Every epoch in full.
  var json: String { records.compactMap(\.diagnosticsJSONLine).map { $0 + "\n" }.joined() }

  /// Three digits.
  private static func number(_ value: Double) -> String { String(format: value != 0 && abs(value) < 1e-3 ? "%.1e" : "%.3g", value) }

  /// A bar for each part, as high as its share of the largest.
  private static func bars(_ counts: [Int]) -> String {
    let heights = Array(" ▁▂▃▄▅▆▇█")
    let most = max(1, counts.max() ?? 1)
    return String(counts.map { heights[$0 == 0 ? 0 : max(1, $0 * (heights.count - 1) / most)] })
  }
}
