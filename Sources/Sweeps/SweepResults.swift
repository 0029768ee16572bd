import Foundation
import Topology
import Training

/// What a sweep has found so far.
public struct SweepResults: Equatable, Sendable {
  public let axes: [Axis]
  public let monitor: String
  /// Of the trials that have ended, in their order.
  public private(set) var results: [TrialResult] = []

  package init(axes: [Axis], monitor: String) { (self.axes, self.monitor) = (axes, monitor) }

  /// Adds a result, in place of an earlier one of the same trial.
  package mutating func add(_ result: TrialResult) {
    results.removeAll { $0.trial.number == result.trial.number }
    results.insert(result, at: results.firstIndex { $0.trial.number > result.trial.number } ?? results.count)
  }

  /// The best first by each one's best epoch, equal ones in their order; then those without a figure, then those that failed.
  public var ranking: [TrialResult] {
    func rank(_ result: TrialResult) -> Int { result.failure != nil ? 2 : result.best(by: monitor) == nil ? 1 : 0 }
    return results.sorted { first, second in
      if rank(first) != rank(second) { return rank(first) < rank(second) }
      if let a = first.best(by: monitor)?.value, let b = second.best(by: monitor)?.value, a != b { return isBetter(a, than: b, by: monitor) }
      return first.trial.number < second.trial.number
    }
  }

  public var failures: [TrialResult] { results.filter { $0.failure != nil } }

  /// The names of all figures, in the order in which trials have them.
  var figureNames: [String] {
    var names: [String] = []
    for result in results { for figure in result.records.last?.figures ?? [] where !names.contains(figure.name) { names.append(figure.name) } }
    return names
  }

  /// For people: a line a trial, the best first, with its best epoch, and the figures after its last one.
  public var lines: [String] {
    let figures = figureNames
    let keys = Self.shortKeys(axes)
    var table = TextTable(
      columns: [("trial", .left)] + keys.map { ($0, .right) } + [("best \(monitor)", .right), ("epoch", .right)] + figures.map { ($0, .right) }
        + [("seconds", .right), ("", .left)])
    for result in ranking {
      let best = result.best(by: monitor)
      let last = result.records.last
      table.rows.append(
        [result.trial.name] + result.trial.settings.map(\.value) + [Self.number(best?.value), best.map { "\($0.epoch)/\(last?.epoch ?? 0)" } ?? "-"]
          + figures.map { Self.number(last?[$0]) } + [String(format: "%.2f", result.seconds), result.failure == nil ? "" : "failed"])
    }
    return table.lines
  }

  private static func number(_ value: Double?) -> String { value.map { $0.isNaN ? "-" : String(format: "%.4f", $0) } ?? "-" }

  /// The last words of each key, as many as tell it from the others: `learning_rate` for `compile.optimizer.learning_rate`.
  static func shortKeys(_ axes: [Axis]) -> [String] {
    axes.map { axis in
      for count in 1..<max(axis.path.count, 2) {
        let words = axis.path.suffix(count)
        let isAlone = axes.count { $0.path.suffix(count) == words } == 1
        // "0" or "0.units" would say nothing.
        if isAlone, Int(words[words.startIndex]) == nil { return words.joined(separator: ".") }
      }
      return axis.path.joined(separator: ".")
    }
  }
}
