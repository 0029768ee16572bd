import Foundation
import RunConfig
import Training

extension SweepResults {
  /// `results.jsonl`: an object a trial that has ended, in the order of the trials.
  package var jsonLines: String { results.map { jsonLine($0) + "\n" }.joined() }

  /// One object: `trial`, `status` ("done" or "failed"), `settings`, `epochs`, `figures` (after the last epoch), `best` (`epoch`, and the monitored figure),
  /// `seconds`; of one that failed `error`. Figures that are no numbers are null.
  public func jsonLine(_ result: TrialResult) -> String {
    let best = result.best(by: monitor)
    let row = Row(
      trial: result.trial.name, status: result.status,
      settings: Dictionary(uniqueKeysWithValues: result.trial.settings.map { ($0.key, (try? JSON5Parser.parse($0.value)) ?? .string($0.value)) }),
      epochs: result.records.count,
      figures: Dictionary(uniqueKeysWithValues: (result.records.last?.figures ?? []).map { ($0.name, Self.finite($0.value)) }),
      best: best.map { [monitor: Self.finite($0.value), "epoch": Double($0.epoch)] }, seconds: result.seconds, error: result.failure?.description)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    guard let data = try? encoder.encode(row) else { preconditionFailure("a row did not encode: \(row)") }
    return String(decoding: data, as: UTF8.self)
  }

  private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

  private struct Row: Encodable {
    let trial: String
    let status: String
    let settings: [String: JSONValue]
    let epochs: Int
    let figures: [String: Double?]
    let best: [String: Double?]?
    let seconds: Double
    let error: String?
  }

  /// `results.csv`: a header, then a line a trial that has ended, in the order of the trials (RFC 4180, but for line feeds alone).
  package var csv: String {
    let figures = figureNames
    func cell(_ value: Double?) -> String { value.map { $0.isNaN ? "" : "\($0)" } ?? "" }
    let header = ["trial", "status"] + axes.map(\.key) + ["epochs"] + figures + ["best_\(monitor)", "best_epoch", "seconds", "error"]
    let rows = results.map { result -> [String] in
      let best = result.best(by: monitor)
      return [result.trial.name, result.status] + result.trial.settings.map(\.value) + ["\(result.records.count)"]
        + figures.map { cell(result.records.last?[$0]) }
        + [cell(best?.value), best.map { "\($0.epoch)" } ?? "", cell(result.seconds), result.failure?.description ?? ""]
    }
    return ([header] + rows).map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func quoted(_ cell: String) -> String {
    cell.contains { ",\"\n\r".contains($0) } ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
  }
}

extension TrialResult {
  fileprivate var status: String { failure == nil ? "done" : "failed" }
}
