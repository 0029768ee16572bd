import RunConfig

/// Whether a figure becomes better, as Keras's callbacks ask it.
struct Monitor {
  let figure: String
  private let lessIsBetter: Bool
  private let minDelta: Double

  init(_ figure: String, mode: MonitorMode, minDelta: Double) {
    self.figure = figure
    self.minDelta = minDelta
    lessIsBetter =
      switch mode {
      case .min: true
      case .max: false
      case .auto: isBetter(0, than: 1, by: figure)
      }
  }

  func isImprovement(_ value: Double, over reference: Double?) -> Bool {
    guard let reference else { return true }
    return lessIsBetter ? value + minDelta < reference : value - minDelta > reference
  }
}
