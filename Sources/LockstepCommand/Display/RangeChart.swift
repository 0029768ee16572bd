import Foundation
import Lockstep

/// A range test as text or JSON.
struct RangeChart {
  let test: RangeTest

  private static let rows = 25
  private static let width = 50

  /// A line a rate, or for every few of them, with a dot where the smoothed loss lies between its lowest and its highest value before that; and what follows
  /// from it. Where the loss diverges it leaves the picture.
  var text: String {
    let points = test.points
    let step = max(1, (points.count + Self.rows - 1) / Self.rows)
    let marked = test.suggestion.flatMap { rate in points.firstIndex { $0.rate == rate } }
    let (low, high) = range
    let dots = points.indices.filter { $0 % step == 0 || $0 == marked }.map { index -> String in
      let share = high > low ? (points[index].smoothed - low) / (high - low) : 0
      let dot = share > 1.1 ? String(repeating: " ", count: Self.width) + "›" : String(repeating: " ", count: Int(share * Double(Self.width) / 1.1)) + "•"
      return "\(Self.rate(points[index].rate))  \(String(format: "%9.4f", points[index].smoothed))  \(dot)" + (index == marked ? "  ← steepest" : "")
    }
    let lines = [Ink.output.heading("    rate       loss")] + dots.map { $0.contains("←") ? Ink.output.good($0) : $0 }
    return lines.joined(separator: "\n") + "\n\n" + Paragraph.text("", verdict, width: Paragraph.lineWidth)
  }

  private var range: (low: Double, high: Double) {
    let values = test.points.map(\.smoothed)
    guard let low = values.indices.min(by: { values[$0] < values[$1] }) else { return (0, 0) }
    return (values[low], values[...low].max() ?? values[low])
  }

  private var verdict: String {
    guard let suggestion = test.suggestion, let lowest = test.lowest, let last = test.points.last else {
      return "no suggestion: the loss never fell; try rates lower than \(test.points.first.map { Self.rate($0.rate) } ?? "these") with --from"
    }
    let end =
      test.hasDiverged
      ? "diverged beyond \(Self.rate(last.rate))"
      : lowest == last ? "still falling at \(Self.rate(last.rate)); try more with --to" : "did not diverge up to \(Self.rate(last.rate))"
    return "suggested learning rate: \(Self.rate(suggestion)) (the loss fell fastest there, was lowest at \(Self.rate(lowest.rate)), and \(end))"
  }

  private static func rate(_ rate: Double) -> String { String(format: "%.2e", rate) }

  /// `suggestion` and `lowest` (rates, or null), `diverged`, and `points`: objects of `rate`, `loss` and `smoothed`.
  var jsonObject: [String: Any] {
    [
      "suggestion": test.suggestion.map { $0 as Any } ?? NSNull(), "lowest": test.lowest.map { $0.rate as Any } ?? NSNull(), "diverged": test.hasDiverged,
      "points": test.points.map { ["rate": $0.rate, "loss": $0.loss, "smoothed": $0.smoothed] },
    ]
  }
}
