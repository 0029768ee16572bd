/// A picture of how the speed grows with the workers, or with the ranks: speed-up beside the ideal line, and the efficiency below. One SVG, readable on light and dark
/// pages.
public struct SpeedUpChart: Sendable {
  public struct Point: Equatable, Sendable {
    /// Of workers or ranks.
    public let number: Int
    /// By the speed of one: the median and the range.
    public let speedUp: Double
    public let least: Double
    public let most: Double
    /// Speed-up by the cores in use; 1 is ideal.
    public let efficiency: Double
    /// What the dot tells when it is pointed at.
    public let words: String

    public init(number: Int, speedUp: Double, least: Double, most: Double, efficiency: Double, words: String) {
      self.number = number
      self.speedUp = speedUp
      self.least = least
      self.most = most
      self.efficiency = efficiency
      self.words = words
    }
  }

  let title: String
  let subtitle: String
  let noun: String
  let cores: Int?
  let points: [Point]

  /// - Parameters:
  ///   - noun: what there are more and more of.
  ///   - cores: where the ideal line bends: more workers than that share them. Nil where it does not.
  ///   - points: at least one, by rising numbers.
  public init(title: String, subtitle: String, noun: String = "worker", cores: Int? = nil, points: [Point]) {
    precondition(!points.isEmpty, "a chart without points")
    (self.title, self.subtitle, self.noun, self.cores, self.points) = (title, subtitle, noun, cores, points)
  }

  private static let width = 720.0
  private static let height = 620.0

  /// The picture, as the text of an SVG file.
  public var svg: String {
    let most = Double(max(points[points.count - 1].number, 2))
    let bend = Double(min(cores ?? .max, points[points.count - 1].number))
    let top = Axis.nice(above: max(points.map(\.most).max() ?? 1, bend, 1))
    let x = Axis(first: 0, last: most, from: 70, to: Self.width - 30)
    let speed = Axis(first: 0, last: top, from: 370, to: 90)
    let share = Axis(first: 0, last: Axis.nice(above: max(1, points.map(\.efficiency).max() ?? 1)), from: 560, to: 440)

    var text = SVGText()
    text.raw(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" width=\"\(Int(Self.width))\" "
        + "height=\"\(Int(Self.height))\" role=\"img\">")
    text.raw("<title>\(SVGText.escaped(title))</title>")
    text.raw(Self.style)
    text.raw("<rect class=\"page\" width=\"100%\" height=\"100%\"/>")
    text.text((70, 34), "head", title)
    text.text((70, 56), "small", subtitle)

    drawFrame(&text, x, speed, label: "speed-up (× one \(noun))", ticks: Axis.ticks(to: top)) { SVGText.coordinate($0) }
    let ideal = [(x[1], speed[1]), (x[bend], speed[bend])] + (most > bend ? [(x[most], speed[bend])] : [])
    text.path(ideal, "ideal")
    text.text((x[bend] - 8, speed[bend] - 8), "small end", "ideal")
    text.path(points.map { (x[Double($0.number)], speed[$0.speedUp]) }, "curve")
    for point in points {
      let place = x[Double(point.number)]
      text.line((place, speed[point.least]), (place, speed[point.most]), "range")
      text.dot((place, speed[point.speedUp]), "speed-up", title: point.words)
    }

    drawFrame(&text, x, share, label: "efficiency (% of ideal)", ticks: Axis.ticks(to: share.last)) { SVGText.coordinate($0 * 100) }
    text.line((x.from, share[1]), (x.to, share[1]), "ideal")
    text.path(points.map { (x[Double($0.number)], share[$0.efficiency]) }, "curve")
    for point in points { text.dot((x[Double(point.number)], share[point.efficiency]), "efficiency", title: point.words) }
    let places = cores.map { " (threads; this machine has \($0) \($0 == 1 ? "core" : "cores") for them)" } ?? ""
    text.text(((x.from + x.to) / 2, 604), "small middle", "\(noun)s\(places)")
    text.raw("</svg>")
    return text.lines.joined(separator: "\n") + "\n"
  }

  /// Grid, axes and numbers of one of the two panels; the numbers of workers stand under both.
  private func drawFrame(_ text: inout SVGText, _ x: Axis, _ y: Axis, label: String, ticks: [Double], _ words: (Double) -> String) {
    for tick in ticks {
      text.line((x.from, y[tick]), (x.to, y[tick]), "grid")
      text.text((x.from - 8, y[tick] + 4), "small end", words(tick))
    }
    text.line((x.from, y.from), (x.to, y.from), "axis")
    text.line((x.from, y.from), (x.from, y.to), "axis")
    var lastLabel = -Double.infinity
    for point in points {
      let place = x[Double(point.number)]
      text.line((place, y.from), (place, y.from + 5), "axis")
      guard place - lastLabel >= 24 else { continue }  // numbers that would run into each other
      text.text((place, y.from + 20), "small middle", String(point.number))
      lastLabel = place
    }
    text.text((x.from, y.to - 10), "small", label)
  }

  private static let style = """
    <style>
    .page { fill: #ffffff } text { fill: #1f2328; font-family: system-ui, sans-serif; font-size: 13px }
    .head { font-size: 18px; font-weight: 600 } .small { fill: #59636e } .middle { text-anchor: middle } .end { text-anchor: end }
    .grid { stroke: #e4e7eb } .axis { stroke: #59636e } .ideal { stroke: #59636e; stroke-dasharray: 6 4; fill: none }
    .curve { stroke: #0969da; stroke-width: 2; fill: none } .range { stroke: #0969da; stroke-width: 1.5 } circle { fill: #0969da }
    @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #e6edf3 } .small { fill: #9198a1 } .grid { stroke: #262c36 } .axis, .ideal { stroke: #9198a1 }
    .curve, .range { stroke: #58a6ff } circle { fill: #58a6ff }
    }
    </style>
    """
}

/// A straight axis: the value `first` is at the coordinate `from`, `last` at `to`.
struct Axis {
  let first: Double
  let last: Double
  let from: Double
  let to: Double

  subscript(value: Double) -> Double { from + (value - first) / (last - first) * (to - from) }

  /// The least of 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 times a power of ten that is not below `value`.
  static func nice(above value: Double) -> Double {
    var power = 1.0
    while power * 10 < value { power *= 10 }
    return [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map { $0 * power }.first { $0 >= value } ?? 10 * power
  }

  /// Five equal parts or four, whichever gives rounder numbers.
  static func ticks(to last: Double) -> [Double] {
    let parts = (last * 4).truncatingRemainder(dividingBy: 5) == 0 && last != 1 ? 5 : 4
    return (0...parts).map { last * Double($0) / Double(parts) }
  }
}
