import Foundation

/// Numbers in the words that people read: in progress, tables and reports.
package enum Amount {
  /// How many a second: "190k", "1.25M".
  package static func rate(_ rate: Double) -> String {
    rate >= 1e6 ? String(format: "%.2fM", rate / 1e6) : rate >= 1e3 ? String(format: "%.0fk", rate / 1e3) : String(format: "%.0f", rate)
  }

  /// Time that is left: "8 s", "2:05 min", "3:20 h".
  package static func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded(.up))
    if whole < 60 { return "\(whole) s" }
    let (large, small, unit) = whole < 3600 ? (whole / 60, whole % 60, "min") : (whole / 3600, whole % 3600 / 60, "h")
    return "\(large):\(small < 10 ? "0" : "")\(small) \(unit)"
  }

  /// Time that was taken: "0.23 s", "12 s", "3 min".
  package static func seconds(_ seconds: Double) -> String {
    seconds >= 120 ? String(format: "%.0f min", seconds / 60) : String(format: seconds >= 10 ? "%.0f s" : "%.2f s", seconds)
  }

  /// Things that were counted: "20,175".
  package static func count(_ count: Int) -> String {
    var groups: [Substring] = []
    var rest = Substring(String(count))
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return ([rest] + groups).joined(separator: ",")
  }

  /// "663 kB", "3.9 MB", "7.8 GB".
  package static func bytes(_ count: Int) -> String {
    let bytes = Double(count)
    return bytes >= 1e9
      ? String(format: "%.1f GB", bytes / 1e9) : bytes >= 1e6 ? String(format: "%.1f MB", bytes / 1e6) : String(format: "%.0f kB", bytes / 1e3)
  }
}
