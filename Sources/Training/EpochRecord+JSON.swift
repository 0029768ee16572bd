import Foundation

extension EpochRecord {
  /// One line of `history.jsonl`: an object of `epoch`, the figures, `seconds` and `samples_per_second`, keys sorted.
  ///
  /// Numbers have as many digits as it takes to read the same bits back. JSON knows no NaN; a figure that is none is `null`.
  public var jsonLine: String {
    var object: [String: Double?] = ["epoch": Double(epoch), "seconds": seconds, "samples_per_second": samplesPerSecond.rounded()]
    for figure in figures { object[figure.name] = figure.value }
    let members = object.sorted { $0.key < $1.key }.map { key, value in "\"\(key)\":\(Self.json(value))" }
    return "{" + members.joined(separator: ",") + "}"
  }

  private static func json(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "null" }
    if let whole = Int(exactly: value), abs(whole) < 1 << 53 { return String(whole) }
    return String(value)
  }
}
