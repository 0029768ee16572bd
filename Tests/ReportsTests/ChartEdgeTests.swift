import Foundation
import Reports
import Testing

/// The promise: no word of a chart leaves its picture or touches another, whatever the numbers are.
@Suite struct ChartEdgeTests {
  private struct Words {
    let text: String
    let left: Double
    let right: Double
    let base: Double
  }

  /// The words of a figure, with a digit of DejaVu Sans, the widest of the usual fonts, as the width of every character.
  private static func words(_ html: String) throws -> (all: [Words], width: Double) {
    let width = try #require(html.firstMatch(of: /<svg viewBox="0 0 ([0-9.]+) [0-9.]+" role/).flatMap { Double($0.output.1) })
    let texts = html.matches(of: /<text class="([a-z ]*)" x="([-0-9.]+)" y="([-0-9.]+)">([^<]*)</).map { found -> Words in
      let (x, size) = (Double(found.output.2)!, 12.5 * 0.636 * Double(found.output.4.count))
      let left = found.output.1.hasSuffix("middle") ? x - size / 2 : found.output.1.hasSuffix("end") ? x - size : x
      return Words(text: String(found.output.4), left: left, right: left + size, base: Double(found.output.3)!)
    }
    return (texts, width)
  }

  private func expectRoom(_ html: String, _ what: String) throws {
    let (all, width) = try Self.words(html)
    #expect(all.count > 3, "\(what)")
    for (number, one) in all.enumerated() {
      #expect(0 <= one.left && one.right <= width, "\(what): '\(one.text)' from \(one.left) to \(one.right)")
      for other in all[..<number] where abs(one.base - other.base) < 9 {
        #expect(one.right <= other.left || other.right <= one.left, "\(what): '\(one.text)' and '\(other.text)'")
      }
    }
  }

  /// Seconds of a phase, from a fast machine to a slow one, on few workers and on many.
  @Test func bars() throws {
    for exponent in -7...7 {
      for digits in 1...9 {
        let most = Double(digits) * pow(10, Double(exponent))
        for workers in [1, 12, 128] {
          let bars = (0..<workers).map { (name: "worker \($0)", values: [most / 3, most * 2 / 3]) }
          try expectRoom(StackedBars("Time", unit: "s", parts: [("a", 0), ("b", 1)], bars: bars).html, "\(most) on \(workers)")
        }
      }
    }
  }

  @Test func histograms() throws {
    for exponent in -7...7 {
      for (low, high) in [(-1, 1), (0, 1), (-0.97, 2.3), (4, 4.5), (-9.9, -0.1), (0, 0)] as [(Double, Double)] {
        let size = pow(10, Double(exponent))
        try expectRoom(
          HistogramChart("Outputs", across: "output", low: low * size, high: high * size, counts: [1, 5, 2]).html, "\(low * size) to \(high * size)")
      }
    }
  }

  @Test func curves() throws {
    for exponent in -7...7 {
      for epochs in [1, 7, 999, 100_000, 40_000_000] as [Double] {
        for logarithmic in [false, true] {
          let points = [(x: 1.0, y: -2 * pow(10, Double(exponent))), (x: epochs, y: 3 * pow(10, Double(exponent)))]
          let chart = LineChart("Loss", unit: "loss", logarithmic: logarithmic, curves: [LineChart.Curve("training", colour: 0, points: points)])
          try expectRoom(chart.html, "\(points)")
        }
      }
    }
  }

  @Test func calibration() throws {
    for rows in [1, 10_000, 60_000_000] {
      let bins = (0..<10).map { ReliabilityDiagram.Bin(rows: $0 == 9 ? rows : 0, confidence: 0.95, accuracy: 0.9) }
      try expectRoom(ReliabilityDiagram(bins: bins, error: 0.01).html, "\(rows) rows")
    }
  }
}
