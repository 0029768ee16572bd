import Foundation
import NeuralNetwork
import Reports
import RunConfig
import Training

extension RunReport {
  /// A chart for each figure of the histories, and one of the learning rate where it changes.
  func addCurves(to page: inout ReportPage) {
    let rates = runs.map { run in run.configuration.learningRates(of: run.history, rows: run.subject.data.training.count) }
    guard rates.contains(where: { Set($0).count > 1 }) else {
      page.figures(names.map { chart($0).html })
      let words = zip(runs, rates).compactMap { run, rates in rates.first.map { (runs.count == 1 ? "" : "\(run.name): ") + String(format: "%g", $0) } }
      if !words.isEmpty { page.paragraph("Learning rate, the same in every step: \(words.joined(separator: "; ")).") }
      return
    }
    page.figures(names.map { chart($0).html } + [learningRates(rates).html])
  }

  /// The figures that a run has, each named once: without `val_`, in the order of the histories.
  private var names: [String] {
    var names: [String] = []
    for run in runs {
      for figure in run.history.first?.figures.map({ Self.stem($0.name) }) ?? [] where figure != "learning_rate" && !names.contains(figure) {
        names.append(figure)
      }
    }
    return names
  }

  private static func stem(_ name: String) -> String { name.hasPrefix("val_") ? String(name.dropFirst(4)) : name }

  private func chart(_ name: String) -> LineChart {
    let isShare = name.hasSuffix("accuracy")
    func points(_ run: ReportedRun, _ key: String) -> [(x: Double, y: Double)] {
      run.history.compactMap { record in record[key].map { (Double(record.epoch), isShare ? 100 * $0 : $0) } }
    }
    let curves = runs.enumerated().flatMap { index, run -> [LineChart.Curve] in
      let (training, validation) = (points(run, name), points(run, "val_" + name))
      let prefix = runs.count == 1 ? "" : "\(run.name), "
      // A run alone has a colour for each curve; of several, each has its own.
      let (first, second) = runs.count == 1 ? (0, 1) : (index, index)
      return [
        LineChart.Curve(prefix + "training", colour: first, isDashed: !validation.isEmpty, points: training),
        LineChart.Curve(prefix + "validation", colour: second, points: validation),
      ].filter { !$0.isEmpty }
    }
    return LineChart(name.replacingOccurrences(of: "_", with: " ").capitalizedFirst, unit: unit(name), note: note(name, isShare: isShare), curves: curves)
  }

  private func unit(_ name: String) -> String {
    if name.hasSuffix("accuracy") { return "accuracy (%)" }
    guard name == "loss" else { return name.replacingOccurrences(of: "_", with: " ") }
    return runs.allSatisfy { $0.configuration.compile.loss.name.contains("crossentropy") } ? "loss (nats)" : "loss"
  }

  /// The best value of each run and where it was, where that can be said.
  private func note(_ name: String, isShare: Bool) -> String {
    runs.compactMap { run -> String? in
      let key = run.history.contains { $0["val_" + name] != nil } ? "val_" + name : name
      let values = run.history.compactMap { record in record[key].flatMap { $0.isFinite ? (epoch: record.epoch, value: $0) : nil } }
      guard name == "loss" || isShare, let best = values.min(by: { isShare ? $0.value > $1.value : $0.value < $1.value }), let last = values.last else {
        return nil
      }
      func words(_ value: Double) -> String { isShare ? String(format: "%.2f%%", 100 * value) : Self.number(value) }
      let head = (runs.count == 1 ? "" : "\(run.name): ") + "\(key == name ? "training" : "validation") \(isShare ? "highest" : "lowest")"
      return "\(head) \(words(best.value)) in epoch \(best.epoch)" + (best.epoch == last.epoch ? "" : ", last \(words(last.value))")
    }.joined(separator: "; ")
  }

  /// Samples a second, epoch by epoch.
  static func speed(_ runs: [ReportedRun]) -> LineChart {
    LineChart(
      "Speed", unit: "samples/s",
      curves: runs.enumerated().map { index, run in
        LineChart.Curve(runs.count == 1 ? "training" : run.name, colour: index, points: run.history.map { (Double($0.epoch), $0.samplesPerSecond) })
      })
  }

  private func learningRates(_ rates: [[Double]]) -> LineChart {
    let positive = rates.joined().filter { $0 > 0 }
    let isWide = (positive.max() ?? 1) > 50 * (positive.min() ?? 1)
    let curves = zip(runs, rates).enumerated().map { index, pair in
      LineChart.Curve(runs.count == 1 ? "learning rate" : pair.0.name, colour: index, points: zip(pair.0.history, pair.1).map { (Double($0.epoch), $1) })
    }
    return LineChart("Learning rate", unit: "per step", logarithmic: isWide, note: "That of each epoch's last step.", curves: curves)
  }

  /// The history as a table; of a long one the last of each so many epochs.
  func epochs(_ run: ReportedRun) -> ReportTable {
    let names = run.history.first?.figures.map(\.name) ?? []
    let every = max(1, (run.history.count + 199) / 200)
    let shown = run.history.enumerated().filter { ($0.offset + 1) % every == 0 || $0.offset + 1 == run.history.count }.map(\.element)
    let words = every == 1 ? "" : ", the last of every \(every) epochs"
    return ReportTable(
      "From the run's history.jsonl\(words)", heads: ["epoch"] + names + ["seconds", "samples/s"],
      rows: shown.map { record in
        ["\(record.epoch)"] + names.map { record[$0].map(Self.number) ?? "–" } + [
          String(format: "%.3f", record.seconds), String(format: "%.0f", record.samplesPerSecond),
        ]
      }, words: [], isLong: true)
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
