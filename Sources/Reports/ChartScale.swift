import Foundation

/// An axis with ticks at round numbers: 1, 2 or 5 times a power of ten apart, or where it is logarithmic at powers of ten.
struct ChartScale {
  let ticks: [Double]
  private let low: Double
  private let high: Double
  private let isLogarithmic: Bool
  private var from: Double
  private var to: Double

  /// - Parameters:
  ///   - values: that lie on it; what is not finite, or on a logarithmic axis not above 0, does not count.
  ///   - whole: whether only whole numbers have ticks.
  ///   - exact: whether it ends with the outermost values, and not with ticks.
  ///   - from: the coordinate of its low end.
  ///   - to: the coordinate of its high end.
  init(_ values: [Double], logarithmic: Bool = false, whole: Bool = false, exact: Bool = false, from: Double, to: Double) {
    let known = values.filter { $0.isFinite && (!logarithmic || $0 > 0) }
    var (least, most) = (known.min() ?? 0, known.max() ?? 1)
    isLogarithmic = logarithmic && !known.isEmpty
    (self.from, self.to) = (from, to)
    if isLogarithmic {
      (low, high) = (log10(least).rounded(.down), max(log10(most).rounded(.up), log10(least).rounded(.down) + 1))
      let step = max(1, ((high - low) / 6).rounded(.up))
      ticks = stride(from: low, through: high, by: step).map { pow(10, $0) }
      return
    }
    if exact, least == most { (least, most) = (least - 0.5, most + 0.5) }
    // Zero belongs to the picture where it is not far away.
    if !exact, least > 0, least < 0.5 * most { least = 0 }
    if least == most { (least, most) = least == 0 ? (0, 1) : (min(least * 0.5, least * 1.5), max(least * 0.5, least * 1.5)) }
    let step = Self.step(most - least, whole: whole)
    let (first, last) = ((least / step).rounded(exact ? .up : .down), (most / step).rounded(exact ? .down : .up))
    ticks = last < first ? [] : stride(from: first, through: last, by: 1).map { $0 * step }
    (low, high) = exact ? (least, most) : (first * step, last * step)
  }

  /// The coordinate of `value`; nil where it has none.
  subscript(value: Double) -> Double? {
    let place = isLogarithmic ? (value > 0 ? log10(value) : -.infinity) : value
    return place.isFinite ? from + (place - low) / (high - low) * (to - from) : nil
  }

  /// The same scale from one coordinate to another, for the room that its own words need.
  func between(_ from: Double, _ to: Double) -> ChartScale {
    var scale = self
    (scale.from, scale.to) = (from, to)
    return scale
  }

  /// The width of the widest tick's words.
  var wordsWidth: Double { ticks.map { SVGText.width(words($0)) }.max() ?? 0 }

  /// The ticks that have room for their words beside each other: all of them, or every second, third, …
  var spacedTicks: [Double] {
    guard ticks.count > 1, let first = self[ticks[0]], let second = self[ticks[1]] else { return ticks }
    let every = ((wordsWidth + 2) / abs(second - first)).rounded(.up)
    return stride(from: 0, to: ticks.count, by: max(1, Int(every))).map { ticks[$0] }
  }

  /// The least of 1, 2 and 5 times a power of ten with at most five of them in `span`.
  private static func step(_ span: Double, whole: Bool) -> Double {
    let power = pow(10, log10(span / 5).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { span / $0 <= 5.000_001 } ?? 10 * power
    return whole ? max(1, step.rounded()) : step
  }

  /// A tick in as few characters as tell it from its neighbours.
  func words(_ tick: Double) -> String {
    if tick == 0 { return "0" }
    let size = abs(tick)
    if isLogarithmic, size < 1e-3 || size >= 1e4 { return String(format: "1e%d", Int(log10(size).rounded())) }
    if size >= 1e6 { return Self.short(tick / 1e6) + "M" }
    if size >= 1e4 { return Self.short(tick / 1e3) + "k" }
    let gap = ticks.count > 1 ? ticks[1] - ticks[0] : size
    if isLogarithmic || gap >= 1 { return Self.short(tick) }
    if gap < 1e-4 { return String(format: "%.1e", tick) }
    return String(format: "%.*f", Int(-log10(gap).rounded(.down)), tick)
  }

  private static func short(_ value: Double) -> String { String(format: "%.4g", value) }
}
