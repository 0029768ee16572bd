import Foundation

/// Curves over epochs: a figure with legend, axes, and the numbers at hand where a column is pointed at.
public struct LineChart: Sendable {
  public struct Curve: Sendable {
    let name: String
    let colour: Int
    let isDashed: Bool
    let points: [(x: Double, y: Double)]

    /// Whether there is nothing to draw.
    public var isEmpty: Bool { points.isEmpty }

    /// - Parameters:
    ///   - colour: one of the page's, from 0.
    ///   - points: by rising x; those that are not finite leave a gap.
    public init(_ name: String, colour: Int, isDashed: Bool = false, points: [(x: Double, y: Double)]) {
      (self.name, self.colour, self.isDashed, self.points) = (name, colour, isDashed, points)
    }
  }

  let title: String
  let unit: String
  let across: String
  let curves: [Curve]
  let isLogarithmic: Bool
  let note: String

  /// - Parameters:
  ///   - unit: of the vertical axis; empty for a plain number.
  ///   - across: what the horizontal axis counts.
  ///   - note: stands below.
  public init(_ title: String, unit: String = "", across: String = "epoch", logarithmic: Bool = false, note: String = "", curves: [Curve]) {
    (self.title, self.unit, self.across, self.curves, self.note) = (title, unit, across, curves, note)
    isLogarithmic = logarithmic
  }

  private static let (width, height) = (380.0, 236.0)
  private static let (left, right, top, bottom) = (54.0, 368.0, 26.0, 196.0)
  /// More columns than that are thinner than a pointer.
  private static let mostColumns = 150

  /// The figure in HTML.
  public var html: String {
    let legend = curves.count < 2 ? "" : "<ul class=\"legend\">" + curves.map(Self.entry).joined() + "</ul>"
    return ReportPage.figure(title, legend: legend, svg, note: SVGText.escaped(note))
  }

  private static func style(_ curve: Curve) -> String { "line c\(curve.colour % ReportPage.colours)" + (curve.isDashed ? " dash" : "") }

  private static func entry(_ curve: Curve) -> String {
    "<li><svg class=\"key\" viewBox=\"0 0 22 8\" aria-hidden=\"true\"><path class=\"\(style(curve))\" d=\"M0 4H22\"/></svg>\(SVGText.escaped(curve.name))</li>"
  }

  private var svg: String {
    let y = ChartScale(curves.flatMap { $0.points.map(\.y) }, logarithmic: isLogarithmic, from: Self.bottom, to: Self.top)
    let steps = ChartScale(curves.flatMap { $0.points.map(\.x) }, whole: true, exact: true, from: 0, to: 1)
    let left = max(Self.left, y.wordsWidth + 8)
    let x = steps.between(left + 6, min(Self.right - 6, Self.width - steps.wordsWidth / 2 - 2))
    var text = SVGText()
    text.raw("<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">")
    text.raw("<title>\(SVGText.escaped(title))</title><desc>\(SVGText.escaped(description))</desc>")
    for tick in y.ticks {
      guard let place = y[tick] else { continue }
      text.line((left, place), (Self.right, place), "grid")
      text.text((left - 6, place + 4), "tick end", y.words(tick))
    }
    text.text((4, 13), "unit", unit.isEmpty ? title.lowercased() : unit)
    text.line((left, Self.bottom), (Self.right, Self.bottom), "axis")
    for tick in x.spacedTicks {
      guard let place = x[tick] else { continue }
      text.line((place, Self.bottom), (place, Self.bottom + 4), "axis")
      text.text((place, Self.bottom + 18), "tick middle", x.words(tick))
    }
    text.text(((left + Self.right) / 2, Self.height - 6), "unit middle", across)
    for curve in curves { draw(curve, x, y, &text) }
    columns(x, &text)
    text.raw("</svg>")
    return text.lines.joined(separator: "\n")
  }

  private func draw(_ curve: Curve, _ x: ChartScale, _ y: ChartScale, _ text: inout SVGText) {
    let places = curve.points.map { point in x[point.x].flatMap { x in y[point.y].map { (x, $0) } } }
    for piece in places.split(whereSeparator: { $0 == nil }) where piece.count > 1 { text.path(piece.compactMap(\.self), Self.style(curve)) }
    // Dots where there are few, and where a line would be none.
    for (number, place) in places.enumerated() {
      guard let place else { continue }
      let isAlone = (number == 0 || places[number - 1] == nil) && (number + 1 == places.count || places[number + 1] == nil)
      guard isAlone || places.count <= 25 else { continue }
      text.raw(
        "<circle class=\"dot c\(curve.colour % ReportPage.colours)\" cx=\"\(SVGText.coordinate(place.0))\" cy=\"\(SVGText.coordinate(place.1))\" r=\"2.5\"/>")
    }
  }

  /// A column for each place on the horizontal axis, which lights up and tells its numbers when it is pointed at.
  private func columns(_ x: ChartScale, _ text: inout SVGText) {
    let places = Set(curves.flatMap { $0.points.map(\.x) }).sorted()
    let every = (places.count + Self.mostColumns - 1) / max(1, Self.mostColumns)
    let shown = places.indices.filter { ($0 + 1) % max(1, every) == 0 }.map { places[$0] }
    let width = min(40, (Self.right - Self.left) / Double(max(1, shown.count)))
    for place in shown {
      guard let middle = x[place] else { continue }
      let lines = curves.compactMap { curve in curve.points.first { $0.x == place }.map { "\(curve.name): \(Self.number($0.y))" } }
      let c = SVGText.coordinate
      text.raw(
        "<rect class=\"hit\" x=\"\(c(middle - width / 2))\" y=\"\(c(Self.top))\" width=\"\(c(width))\" height=\"\(c(Self.bottom - Self.top))\"><title>"
          + SVGText.escaped(across) + " \(Self.number(place))&#10;" + lines.map(SVGText.escaped).joined(separator: "&#10;") + "</title></rect>")
    }
  }

  /// What the picture shows, in words.
  private var description: String {
    curves.map { curve in
      guard let first = curve.points.first, let last = curve.points.last else { return "\(curve.name): nothing" }
      return "\(curve.name): from \(Self.number(first.y)) at \(across) \(Self.number(first.x)) to \(Self.number(last.y)) at \(across) \(Self.number(last.x))"
    }.joined(separator: "; ")
  }

  private static func number(_ value: Double) -> String { String(format: "%.5g", value) }
}
