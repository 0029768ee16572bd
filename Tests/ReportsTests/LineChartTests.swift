import Foundation
import Reports
import Testing

/// The promise: a chart's curves lie where the numbers say, its ticks are round numbers, and it says in words what it shows.
@Suite struct LineChartTests {
  /// The texts of a style inside `html`.
  static func texts(_ html: String, _ style: String) -> [String] {
    html.matches(of: try! Regex("<text class=\"\(style)\"[^>]*>([^<]*)</text>")).map { String($0.output[1].substring ?? "") }
  }

  static func chart(_ values: [Double], logarithmic: Bool = false) -> String {
    let points = values.enumerated().map { (x: Double($0.offset + 1), y: $0.element) }
    return LineChart("Loss", unit: "loss (nats)", logarithmic: logarithmic, curves: [LineChart.Curve("training", colour: 0, points: points)]).html
  }

  @Test(
    arguments: [
      ([2.3, 0.4], false, ["0", "0.5", "1.0", "1.5", "2.0", "2.5"]), ([97.1, 99.2], false, ["97.0", "97.5", "98.0", "98.5", "99.0", "99.5"]),
      ([190_000, 12_000], false, ["0", "50k", "100k", "150k", "200k"]), ([0.5, 0.5], false, ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8"]),
      ([1e-5, 0.2], true, ["1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]), ([-1, 1], false, ["-1.0", "-0.5", "0", "0.5", "1.0"]),
    ] as [([Double], Bool, [String])])
  func ticksAreRound(_ values: [Double], _ logarithmic: Bool, _ ticks: [String]) {
    #expect(Self.texts(Self.chart(values, logarithmic: logarithmic), "tick end") == ticks)
  }

  @Test(arguments: [(1, ["1"]), (3, ["1", "2", "3"]), (10, ["2", "4", "6", "8", "10"]), (400, ["100", "200", "300", "400"])])
  func epochsAreWhole(_ epochs: Int, _ ticks: [String]) {
    #expect(Self.texts(Self.chart((0..<epochs).map { 1 / Double($0 + 1) }), "tick middle") == ticks)
  }

  @Test func axesHaveUnits() {
    #expect(Self.texts(Self.chart([1, 2]), "unit") == ["loss (nats)"])
    #expect(Self.texts(Self.chart([1, 2]), "unit middle") == ["epoch"])
  }

  @Test func curvesLieWhereTheNumbersSay() throws {
    let html = Self.chart([4, 2, 0])
    let points = try #require(html.firstMatch(of: /<polyline class="line c0" points="([^"]*)"/)).output.1
      .split(separator: " ").map { $0.split(separator: ",").map { Double($0)! } }
    #expect(points.count == 3)
    #expect(abs((points[2][0] - points[1][0]) - (points[1][0] - points[0][0])) < 0.2)
    #expect(abs((points[2][1] - points[1][1]) - (points[1][1] - points[0][1])) < 0.2 && points[2][1] > points[0][1], "upwards is more")
  }

  /// What is no number leaves a gap, and a lone point is still seen.
  @Test func gaps() {
    let html = Self.chart([1, .nan, 3, .infinity] + [Double](repeating: 2, count: 40))
    #expect(html.matches(of: /<polyline/).count == 1 && html.matches(of: /<circle/).count == 2)
    #expect(!Self.chart([.nan]).contains("<circle"))
    #expect(!html.contains("x=\"nan") && !html.contains("inf\""))
  }

  /// The numbers are at hand without a script.
  @Test func everyColumnTellsItsNumbers() {
    let html = Self.chart([0.25, 0.125])
    #expect(html.contains("<title>epoch 2&#10;training: 0.125</title>"))
    #expect(html.contains("<desc>training: from 0.25 at epoch 1 to 0.125 at epoch 2</desc>"))
    #expect(Self.chart([Double](repeating: 1, count: 10_000)).matches(of: /class="hit"/).count <= 150)
  }
}
