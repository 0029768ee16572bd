/// The few elements of SVG that a chart needs, written line by line.
struct SVGText {
  private(set) var lines: [String] = []

  /// A coordinate with one decimal: less than a screen shows.
  static func coordinate(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  /// `text` without the characters that XML gives a meaning, or has no place for.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      default: scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF ? " " : String(scalar)
      }
    }.joined()
  }

  /// What short words, mostly of digits, take at most in the fonts of a page: DejaVu Sans, which is wide, has digits of 7.95 at 12.5 pixels.
  static func width(_ words: String) -> Double { 8 * Double(words.count) }

  mutating func raw(_ line: String) { lines.append(line) }

  mutating func line(_ from: (Double, Double), _ to: (Double, Double), _ style: String) {
    let c = Self.coordinate
    lines.append("<line class=\"\(style)\" x1=\"\(c(from.0))\" y1=\"\(c(from.1))\" x2=\"\(c(to.0))\" y2=\"\(c(to.1))\"/>")
  }

  mutating func path(_ points: [(Double, Double)], _ style: String) {
    let places = points.map { "\(Self.coordinate($0.0)),\(Self.coordinate($0.1))" }.joined(separator: " ")
    lines.append("<polyline class=\"\(style)\" points=\"\(places)\"/>")
  }

  /// A dot that tells `title` when it is pointed at.
  mutating func dot(_ place: (Double, Double), _ style: String, title: String) {
    lines.append(
      "<circle class=\"\(style)\" cx=\"\(Self.coordinate(place.0))\" cy=\"\(Self.coordinate(place.1))\" r=\"4\"><title>\(Self.escaped(title))</title></circle>")
  }

  mutating func text(_ place: (Double, Double), _ style: String, _ words: String) {
    lines.append("<text class=\"\(style)\" x=\"\(Self.coordinate(place.0))\" y=\"\(Self.coordinate(place.1))\">\(Self.escaped(words))</text>")
  }
}
