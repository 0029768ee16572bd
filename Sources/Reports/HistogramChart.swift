import Foundation

/// How some numbers are spread: equal parts from `low` to `high`, a bar each.
public struct HistogramChart: Sendable {
  let title: String
  let across: String
  let low: Double
  let high: Double
  let counts: [Int]

  public init(_ title: String, across: String, low: Double, high: Double, counts: [Int]) {
    (self.title, self.across, self.low, self.high, self.counts) = (title, across, low, high, counts)
  }

  private static let (width, left, right, top, bottom) = (380.0, 54.0, 362.0, 26.0, 136.0)

  /// The figure in HTML.
  public var html: String { ReportPage.figure(title, svg, note: "The first and the last bar hold what lies beyond, too.") }

  private var svg: String {
    let all = max(1, counts.reduce(0, +))
    let shares = counts.map { 100 * Double($0) / Double(all) }
    let scale = ChartScale([low, high], exact: true, from: Self.left, to: Self.right)
    let right = min(Self.right, Self.width - scale.wordsWidth / 2 - 2)
    let x = scale.between(Self.left, right)
    let y = ChartScale([0] + shares, from: Self.bottom, to: Self.top)
    let c = SVGText.coordinate
    var text = SVGText()
    text.raw("<svg viewBox=\"0 0 380 176\" role=\"img\"><title>\(SVGText.escaped(title))</title>")
    text.raw(
      "<desc>\(SVGText.escaped("\(counts.count) equal parts of \(across) from \(low) to \(high): \(counts.map(String.init).joined(separator: ", "))"))</desc>")
    for tick in y.ticks {
      guard let place = y[tick] else { continue }
      text.line((Self.left, place), (right, place), "grid")
      text.text((Self.left - 6, place + 4), "tick end", y.words(tick))
    }
    text.text((4, 13), "unit", "outputs (%)")
    let width = (right - Self.left) / Double(max(1, counts.count))
    for (number, share) in shares.enumerated() {
      guard let up = y[share] else { continue }
      text.raw(
        "<rect class=\"bar c0\" x=\"\(c(Self.left + Double(number) * width))\" y=\"\(c(up))\" width=\"\(c(max(0.5, width - 1)))\" height=\"\(c(Self.bottom - up))\"><title>"
          + String(format: "%.3g to %.3g: %.1f%%", bound(number), bound(number + 1), share) + "</title></rect>")
    }
    text.line((Self.left, Self.bottom), (right, Self.bottom), "axis")
    for tick in x.spacedTicks {
      if let place = x[tick] { text.text((place, Self.bottom + 18), "tick middle", x.words(tick)) }
    }
    text.text(((Self.left + right) / 2, 172), "unit middle", across)
    text.raw("</svg>")
    return text.lines.joined(separator: "\n")
  }

  private func bound(_ number: Int) -> Double { low + (high - low) * Double(number) / Double(max(1, counts.count)) }
}
