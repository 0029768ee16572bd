import Failures

extension EpochRecord {
  /// A line of `diagnostics.jsonl`, without its end; nil without diagnostics.
  public var diagnosticsJSONLine: String? { diagnostics.map { "{\"diagnostics\":\($0.json),\"epoch\":\(epoch)}" } }
}

extension [EpochRecord] {
  /// Gives each record its diagnostics out of the lines of a `diagnostics.jsonl`.
  ///
  /// - Throws: `Failure` (bad data) naming the line.
  mutating func add(diagnostics text: String) throws(Failure) {
    for (index, line) in text.split(separator: "\n").enumerated() {
      guard let entry = try? DiagnosticsLine(diagnosticsJSON: line), let place = firstIndex(where: { $0.epoch == entry.epoch }) else {
        throw Failure(.badData, at: "diagnostics line \(index + 1)", "expected those of one of \(count) epochs")
      }
      self[place].diagnostics = entry.diagnostics
    }
  }
}

private struct DiagnosticsLine: Decodable {
  let epoch: Int
  let diagnostics: EpochDiagnostics
}
