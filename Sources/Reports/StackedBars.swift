import Foundation

/// A bar for each of some things, cut into parts: where a worker's time went.
public struct StackedBars: Sendable {
  let title: String
  let unit: String
  let parts: [(name: String, colour: Int)]
  let bars: [(name: String, values: [Double])]
  let note: String

  /// - Parameter bars: each with a value a part, none below 0.
  public init(_ title: String, unit: String, parts: [(name: String, colour: Int)], bars: [(name: String, values: [Double])], note: String = "") {
    precondition(bars.allSatisfy { $0.values.count == parts.count }, "\(parts.count) parts, and bars of \(bars.map(\.values.count))")
    (self.title, self.unit, self.parts, self.bars, self.note) = (title, unit, parts, bars, note)
  }

  // Wide words make the left and the right move inwards.
  private static let (width, left, right) = (380.0, 64.0, 364.0)

  /// The figure in HTML.
  public var html: String {
    let legend = parts.indices.map { part in
      "<li><svg class=\"key\" viewBox=\"0 0 22 8\" aria-hidden=\"true\"><rect class=\"bar c\(parts[part].colour)\" width=\"22\" height=\"8\"/></svg>\(SVGText.escaped(parts[part].name))</li>"
    }
    return ReportPage.figure(title, legend: "<ul class=\"legend\">\(legend.joined())</ul>", svg, note: SVGText.escaped(note))
  }

  private var svg: String {
    let bottom = 12 + 26 * Double(bars.count)
    let scale = ChartScale([0] + bars.map { $0.values.reduce(0, +) }, from: Self.left, to: Self.right)
    let left = bars.map { SVGText.width($0.name) + 8 }.reduce(Self.left, max)
    let right = min(Self.right, Self.width - scale.wordsWidth / 2 - 2)
    let x = scale.between(left, right)
    let c = SVGText.coordinate
    var text = SVGText()
    text.raw("<svg viewBox=\"0 0 \(Int(Self.width)) \(c(bottom + 42))\" role=\"img\">")
    let words = bars.map { bar in "\(bar.name): " + zip(parts, bar.values).map { "\($0.name) \(Self.number($1))" }.joined(separator: ", ") }
    text.raw("<title>\(SVGText.escaped(title))</title><desc>\(SVGText.escaped(words.joined(separator: "; ") + " (\(unit))"))</desc>")
    for tick in x.spacedTicks {
      guard let place = x[tick] else { continue }
      text.line((place, 8), (place, bottom), "grid")
      text.text((place, bottom + 18), "tick middle", x.words(tick))
    }
    for (row, bar) in bars.enumerated() {
      let top = 14 + 26 * Double(row)
      text.text((left - 6, top + 13), "tick end", bar.name)
      var start = 0.0
      for (part, value) in bar.values.enumerated() where value > 0 {
        guard let from = x[start], let to = x[start + value] else { continue }
        text.raw(
          "<rect class=\"bar c\(parts[part].colour)\" x=\"\(c(from))\" y=\"\(c(top))\" width=\"\(c(to - from))\" height=\"18\"><title>"
            + SVGText.escaped("\(bar.name), \(parts[part].name): \(Self.number(value)) \(unit)") + "</title></rect>")
        start += value
      }
    }
    text.line((left, 8), (left, bottom), "axis")
    text.text(((left + right) / 2, bottom + 36), "unit middle", unit)
    text.raw("</svg>")
    return text.lines.joined(separator: "\n")
  }

  private static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
