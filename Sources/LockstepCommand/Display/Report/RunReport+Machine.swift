import Foundation
import Lockstep
import NeuralNetwork
import Reports
import RunConfig
import Training

extension RunReport {
  /// What `fit.diagnostics` noted.
  func addDiagnostics(of run: ReportedRun, to page: inout ReportPage, head: (inout ReportPage, String) -> Void) {
    let noted = run.history.compactMap { record in record.diagnostics.map { (epoch: Double(record.epoch), what: $0) } }
    guard let last = noted.last?.what else { return }
    head(&page, "Diagnostics")
    func chart(_ title: String, _ unit: String, _ note: String, _ value: (LayerNorms) -> Double) -> String {
      let curves = last.norms.enumerated().map { index, norms in
        LineChart.Curve(
          norms.layer, colour: index, isDashed: index >= ReportPage.colours,
          points: noted.compactMap { epoch, what in what.norms.first { $0.layer == norms.layer }.map { (epoch, value($0)) } })
      }
      return LineChart(title, unit: unit, logarithmic: true, note: note, curves: curves).html
    }
    page.figures([
      chart("Size of updates", "update / weights", "By how much of itself a step moves a layer; about 0.001 is usual.", \.updateRatio),
      chart("Size of gradients", "norm", "Of the mean gradient of a batch.", \.gradientNorm),
      chart("Size of weights", "norm", "All numbers of a layer as one vector.", \.weightNorm),
    ])
    let flat = last.activities.filter { $0.flatShare != nil }
    if !flat.isEmpty {
      let curves = flat.enumerated().map { index, layer in
        LineChart.Curve(
          layer.layer, colour: index, isDashed: index >= ReportPage.colours,
          points: noted.compactMap { epoch, what in what.activities.first { $0.layer == layer.layer }?.flatShare.map { (epoch, 100 * $0) } })
      }
      page.beside([
        LineChart("Flat outputs", unit: "outputs (%)", note: "Where the activation hardly slopes: a relu that is off, a saturated sigmoid.", curves: curves)
          .html,
        ReportTable(
          "Units that are flat for every one of \(last.activities.first?.rows ?? 0) training rows, after the last epoch",
          heads: ["layer", "activation", "units", "flat outputs", "flat units"],
          rows: flat.map {
            [$0.layer, $0.activation, "\($0.units)", String(format: "%.1f%%", 100 * ($0.flatShare ?? 0)), $0.flatUnits.map(String.init) ?? "–"]
          },
          words: [0, 1]
        ).html,
      ])
    }
    page.figures(
      last.activities.map {
        HistogramChart(
          "Outputs of \($0.layer) (\($0.activation))", across: "output, after the last epoch", low: $0.lowest, high: $0.highest, counts: $0.histogram
        ).html
      })
  }

  /// Where the time went, phase by phase and worker by worker; of several ranks, rank by rank.
  func addTime(of run: ReportedRun, to page: inout ReportPage, head: (inout ReportPage, String) -> Void) {
    head(&page, "Time")
    let speed = Self.speed([run]).html
    guard let machine = run.machine, machine.workers.contains(where: { $0.phases != nil }) else {
      page.figures([speed])
      return page.paragraph("The run did not time its phases. With --set fit.diagnostics=true the first epoch is timed, and then every eighth.")
    }
    let phases = Phase.all(ofRanks: machine.ranks != nil)
    let names = phases.map { "\($0)" }
    let timings = machine.ranks.map { Self.telling($0) } ?? machine.workers.enumerated().map { ($0, $1.phases) }
    let bars = timings.map { number, times in (name: "\(machine.ranks == nil ? "worker" : "rank") \(number)", values: names.map { times?[$0] ?? 0 }) }
    let timed = machine.timedEpochs ?? []
    let epochs = timed.count == 1 ? "epoch \(timed[0])" : "\(timed.count) timed epochs"
    // What is no work has the colour of none.
    let parts = phases.map { (name: "\($0)", colour: $0 == .wait ? ReportPage.colours - 1 : $0.rawValue) }
    let waits = "wait: for the other workers, at the barriers of a step."
    page.figures([
      speed,
      StackedBars(
        "Time by phase", unit: "seconds, \(epochs)", parts: parts, bars: bars,
        note: machine.ranks.map { "\(waits) \(Self.exchanged($0))" } ?? "\(waits) The work of a worker that sits out is done by the others."
      ).html,
    ])
    page.table(
      ReportTable(
        "Seconds in each phase, and their share of the \(machine.ranks == nil ? "worker's" : "rank's") time", heads: ["phase"] + bars.map(\.name),
        rows: names.enumerated().map { index, name in
          [name] + bars.map { bar in String(format: "%.3f (%.0f%%)", bar.values[index], 100 * bar.values[index] / max(bar.values.reduce(0, +), 1e-12)) }
        }))
  }

  /// The ranks whose times are shown: of many those that the others wait for.
  private static func telling(_ ranks: [RankPart]) -> [(Int, [String: Double]?)] {
    let all = ranks.enumerated().map { ($0, $1.phases) }
    guard all.count > 32 else { return all }
    return all.sorted { $0.1?["exchange"] ?? 0 < $1.1?["exchange"] ?? 0 }.prefix(32).sorted { $0.0 < $1.0 }
  }

  /// What there is to know of the ranks' times.
  private static func exchanged(_ ranks: [RankPart]) -> String {
    let bytes = ranks.compactMap(\.sentBytes).max().map { " A rank sends up to \(Amount.bytes($0)) a step." } ?? ""
    return "exchange: with the other ranks, and waiting for them; the rank that has least of it is waited for. Of each rank the worker is shown that exchanges."
      + bytes
  }

  /// What trained it.
  func addMachine(of run: ReportedRun, to page: inout ReportPage, head: (inout ReportPage, String) -> Void) {
    head(&page, "Machine")
    guard let machine = run.machine else { return page.paragraph("The run did not note what trained it: it is older than reports.") }
    let places = machine.workers.map { $0.cpu.map { "CPU \($0)" } ?? "any CPU" }.joined(separator: ", ")
    let workers = "\(machine.workers.count), placement \(machine.placement): \(places)"
    let ranks: [[String]] =
      machine.ranks.map { ranks in
        let hosts = Dictionary(grouping: ranks, by: \.host).sorted { $0.key < $1.key }.map { "\($1.count) on \($0)" }.joined(separator: ", ")
        return [["ranks", "\(ranks.count): \(hosts); \(machine.mpi ?? "MPI"); the rest is of rank 0"]]
      } ?? []
    page.table(
      ReportTable(
        "What trained epochs \(machine.firstEpoch) to \(machine.lastEpoch)", heads: ["", ""],
        rows: [
          ["processor", machine.processors.isEmpty ? "unknown" : Set(machine.processors).sorted().joined(separator: ", ")],
          ["cores", "\(machine.cores), with \(machine.cpus) hardware threads"], ["CPU quota", machine.quota.map { String(format: "%g CPUs", $0) } ?? "none"],
          ["memory", Amount.bytes(machine.memoryBytes)], ["instruction set", machine.instructionSet], ["workers", workers], ["system", machine.system],
          ["Lockstep", machine.lockstep],
        ] + ranks, words: [0, 1]))
  }

  /// The stack of layers.
  func addModel(of run: ReportedRun, to page: inout ReportPage, head: (inout ReportPage, String) -> Void) {
    head(&page, "Model")
    let network = run.subject.compiled.network
    let rows = zip(run.configuration.model.layers, network.layerSummaries).map { [$1.name, $0.words, "\($1.outputs)", "\($1.parameters)"] }
    page.table(
      ReportTable(
        "\(network.inputs) inputs; \(network.parameterCount) parameters that are trained"
          + (network.otherCount > 0 ? ", \(network.otherCount) that are not" : ""),
        heads: ["layer", "what it does", "outputs", "parameters"], rows: rows, words: [0, 1]))
    let compile = run.configuration.compile
    page.paragraph("Loss \(compile.loss.name), optimizer \(compile.optimizer.name), batches of \(run.configuration.fit.batchSize) rows.")
  }
}
