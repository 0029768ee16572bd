import Foundation

/// How often answers are right, by how sure the network is of them, and how many answers are so sure.
public struct ReliabilityDiagram: Sendable {
  /// A stretch of confidences.
  public struct Bin: Sendable {
    let rows: Int
    let confidence: Double
    let accuracy: Double

    /// - Parameters:
    ///   - rows: answers in it; 0 leaves it out.
    ///   - confidence: their mean.
    ///   - accuracy: the share of them that are right.
    public init(rows: Int, confidence: Double, accuracy: Double) { (self.rows, self.confidence, self.accuracy) = (rows, confidence, accuracy) }
  }

  let bins: [Bin]
  let error: Double

  /// - Parameters:
  ///   - bins: equally wide, from a confidence of 0 to one of 1.
  ///   - error: the expected calibration error.
  public init(bins: [Bin], error: Double) { (self.bins, self.error) = (bins, error) }

  private static let (left, right, top, bottom, foot, floor) = (54.0, 362.0, 26.0, 226.0, 246.0, 296.0)

  /// The figure in HTML.
  public var html: String {
    let ece = String(format: "%.4f", error)
    return ReportPage.figure(
      "Calibration", svg,
      note:
        "Expected calibration error: <b>\(ece)</b>. A bar that ends on the dashed line: of the answers that are so sure, so many are right. Pale blue above it: the "
        + "network is too modest; orange: too sure, by so much. The small bars count the answers.")
  }

  private var svg: String {
    let most = max(1, bins.map(\.rows).max() ?? 1)
    let left = max(Self.left, SVGText.width("\(most)") + 8)
    let x = ChartScale([0, 1], from: left, to: Self.right)
    let y = ChartScale([0, 1], from: Self.bottom, to: Self.top)
    let c = SVGText.coordinate
    var text = SVGText()
    text.raw("<svg viewBox=\"0 0 380 340\" role=\"img\"><title>Calibration</title>")
    text.raw(
      "<desc>\(SVGText.escaped("expected calibration error \(String(format: "%.4f", error)); " + bins.indices.compactMap(words).joined(separator: "; ")))</desc>"
    )
    for tick in y.ticks {
      guard let across = x[tick], let up = y[tick] else { continue }
      text.line((left, up), (Self.right, up), "grid")
      text.text((left - 6, up + 4), "tick end", String(format: "%.0f", 100 * tick))
      text.text((across, Self.floor + 18), "tick middle", String(format: "%.0f", 100 * tick))
    }
    text.text((4, 13), "unit", "right (%)")
    for (number, bin) in bins.enumerated() where bin.rows > 0 {
      guard let from = x[Double(number) / Double(bins.count)], let to = x[Double(number + 1) / Double(bins.count)], let up = y[bin.accuracy],
        let aim = y[bin.confidence]
      else { continue }
      let width = to - from - 1.5
      let (high, low) = (min(up, aim), max(up, aim))
      text.raw("<rect class=\"bar c0\" x=\"\(c(from))\" y=\"\(c(low))\" width=\"\(c(width))\" height=\"\(c(Self.bottom - low))\"/>")
      text.raw(
        "<rect class=\"gap c\(up < aim ? 0 : 1)\" x=\"\(c(from))\" y=\"\(c(high))\" width=\"\(c(width))\" height=\"\(c(low - high))\"/>")
      // A row is seen, however many there are elsewhere.
      let height = max(1.5, Double(bin.rows) / Double(most) * (Self.floor - Self.foot))
      text.raw("<rect class=\"count\" x=\"\(c(from))\" y=\"\(c(Self.floor - height))\" width=\"\(c(width))\" height=\"\(c(height))\"/>")
      text.raw(
        "<rect class=\"hit\" x=\"\(c(from))\" y=\"\(c(Self.top))\" width=\"\(c(width))\" height=\"\(c(Self.floor - Self.top))\"><title>"
          + "\(SVGText.escaped(words(number) ?? ""))</title></rect>")
    }
    text.path([(left, Self.bottom), (Self.right, Self.top)], "line dash ideal")
    text.line((left, Self.bottom), (Self.right, Self.bottom), "axis")
    text.line((left, Self.floor), (Self.right, Self.floor), "axis")
    text.text((left - 6, Self.foot + 10), "tick end", "\(most)")
    text.text((left - 6, Self.floor), "tick end", "rows")
    text.text(((left + Self.right) / 2, 334), "unit middle", "sure by (%)")
    text.raw("</svg>")
    return text.lines.joined(separator: "\n")
  }

  private func words(_ number: Int) -> String? {
    let bin = bins[number]
    guard bin.rows > 0 else { return nil }
    return String(format: "%d rows, sure by %.1f%% on average, %.1f%% of them right", bin.rows, 100 * bin.confidence, 100 * bin.accuracy)
  }
}
