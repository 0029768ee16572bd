import Foundation
import FoundationXML
import Reports
import Testing

/// The promise: a chart is one well-formed SVG that needs nothing else, with a dot for every number of workers.
@Suite struct SpeedUpChartTests {
  static func chart(_ speedUps: [(workers: Int, speedUp: Double)], cores: Int, title: String = "digits") -> String {
    let points = speedUps.map { workers, speedUp in
      SpeedUpChart.Point(
        number: workers, speedUp: speedUp, least: speedUp * 0.9, most: speedUp * 1.1, efficiency: speedUp / Double(min(workers, cores)),
        words: "\(workers) workers")
    }
    return SpeedUpChart(title: title, subtitle: "batch 32", cores: cores, points: points).svg
  }

  @Test(arguments: [1, 2, 5, 9])
  func aDotForEachPointInEachPanel(_ count: Int) throws {
    let points = (0..<count).map { (workers: 1 << $0, speedUp: pow(1.8, Double($0))) }
    let elements = try Elements(Self.chart(points, cores: 1 << max(0, count - 2)))
    #expect(elements.root == "svg")
    #expect(elements.count("circle", "speed-up") == count)
    #expect(elements.count("circle", "efficiency") == count)
    #expect(elements.count("line", "range") == count)
    #expect(elements.count("polyline", "ideal") == 1)
  }

  /// The vertical axis starts at zero and grows upwards; an ideal speed-up lies on the ideal line.
  @Test func dotsLieWhereTheNumbersSay() throws {
    let elements = try Elements(Self.chart([(1, 1), (2, 2), (4, 4), (8, 2)], cores: 4))
    let dots = elements.all("circle", "speed-up").map { (x: Double($0["cx"]!)!, y: Double($0["cy"]!)!) }
    let ideal = try #require(elements.all("polyline", "ideal").first?["points"]).split(separator: " ").map { $0.split(separator: ",").map { Double($0)! } }
    #expect(ideal.count == 3, "it bends where the cores end")
    #expect(ideal[0] == [dots[0].x, dots[0].y] && ideal[1] == [dots[2].x, dots[2].y])
    #expect(ideal[2] == [dots[3].x, dots[2].y])
    #expect(dots[1].y == dots[3].y && dots[0].y > dots[1].y && dots[1].y > dots[2].y)
    #expect(abs((dots[2].x - dots[0].x) - 3 * (dots[1].x - dots[0].x)) < 0.2, "workers are evenly spread")
  }

  @Test func whateverTheTitleHolds() throws {
    let elements = try Elements(Self.chart([(1, 1)], cores: 1, title: "a <b> & \"c\" \u{1} é"))
    #expect(elements.texts.contains("a <b> & \"c\"   é"))
  }

  /// Nothing from elsewhere: no script, no reference, and colours for dark pages too.
  @Test func isSelfContained() {
    let svg = Self.chart([(1, 1), (2, 1.9)], cores: 2)
    for word in ["<script", "href", "url(", "@import"] { #expect(!svg.contains(word)) }
    #expect(svg.contains("prefers-color-scheme: dark"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }
}

/// The elements of a well-formed XML text.
private final class Elements: NSObject, XMLParserDelegate {
  private var elements: [(name: String, attributes: [String: String])] = []
  private(set) var texts: [String] = []
  private var text = ""

  init(_ xml: String) throws {
    super.init()
    let parser = XMLParser(data: Data(xml.utf8))
    parser.delegate = self
    try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "?") in line \(parser.lineNumber)")
  }

  var root: String? { elements.first?.name }
  func all(_ name: String, _ style: String) -> [[String: String]] {
    elements.filter { $0.name == name && $0.attributes["class"] == style }.map(\.attributes)
  }
  func count(_ name: String, _ style: String) -> Int { all(name, style).count }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
  ) {
    elements.append((name, attributes))
    text = ""
  }
  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    if name == "text" { texts.append(text) }
  }
}
