import Failures
import Foundation
import Interchange
import Training

/// Shows a fit as Keras does: on a terminal a bar that moves and one line an epoch, elsewhere just the line.
public struct ProgressDisplay: FitObserver {
  private let write: (String) throws(Failure) -> Void
  private let isTerminal: Bool
  private var epoch = 0
  private var epochs = 0
  private var steps = 0
  /// The first that was heard of the epoch: how far it was, and when.
  private var first: (done: Int, time: ContinuousClock.Instant)?

  /// - Parameters:
  ///   - isTerminal: whether a line can be drawn over.
  ///   - write: takes text as it is to appear; a failure ends the fit with the epoch.
  public init(isTerminal: Bool, write: @escaping (String) throws(Failure) -> Void) {
    self.isTerminal = isTerminal
    self.write = write
  }

  /// On standard output.
  public static func standard() -> ProgressDisplay {
    ProgressDisplay(isTerminal: Terminal.isCapable(STDOUT_FILENO)) { text throws(Failure) in
      try Interchange.write(text, to: STDOUT_FILENO, name: "standard output")
    }
  }

  /// Shows nothing.
  public static func silent() -> ProgressDisplay { ProgressDisplay(isTerminal: false) { _ in } }

  /// Shows an empty bar on a terminal.
  public mutating func epochBegan(_ epoch: Int, of epochs: Int, steps: Int) {
    self.epoch = epoch
    self.epochs = epochs
    self.steps = steps
    first = nil
  }

  /// Moves the bar, with the pace and the time that is left.
  public mutating func stepsDone(_ done: Int) {
    guard isTerminal, steps > 0 else { return }
    let begin = first ?? (done, ContinuousClock().now)
    first = begin
    // A terminal that is gone fails the epoch's own line too, which can say so.
    try? write(Terminal.line("\(title)  \(bar(done))  \(done)/\(steps) steps\(pace(done, since: begin))", on: STDOUT_FILENO))
  }

  /// Puts the epoch's line in the bar's place.
  ///
  /// - Throws: `.inputOutput` when it cannot be written.
  public mutating func epochEnded(_ record: EpochRecord) throws(Failure) {
    let figures = record.figures.map { "\($0.name): \(Self.number($0.value))" }.joined(separator: " - ")
    let line = "\(title) - \(Self.time(record.seconds)) - \(Amount.rate(record.samplesPerSecond)) samples/s - \(figures)\n"
    try write(isTerminal ? "\r\u{1B}[K\(line)" : line)
  }

  /// Shows the reason on a line.
  public mutating func stoppedEarly(_ reason: String) { try? write("\(reason)\n") }

  /// Steps a second, and how long it is to the end of the last epoch at that pace; nothing as long as it is not known.
  private func pace(_ done: Int, since begin: (done: Int, time: ContinuousClock.Instant)) -> String {
    let seconds = (ContinuousClock().now - begin.time) / .seconds(1)
    guard done > begin.done, seconds > 0 else { return "" }
    let rate = Double(done - begin.done) / seconds
    let left = Double(steps - done + max(0, epochs - epoch) * steps) / rate
    return " - \(Amount.rate(rate)) steps/s - \(Amount.duration(left)) left"
  }

  private var title: String {
    let all = String(epochs)
    let number = String(epoch)
    return "Epoch " + String(repeating: " ", count: all.count - number.count) + "\(number)/\(all)"
  }

  private func bar(_ done: Int) -> String {
    let width = 20
    let full = min(width, done * width / steps)
    return String(repeating: "━", count: full) + String(repeating: "╌", count: width - full)
  }

  /// Four digits after the point, as Keras prints; small numbers with their power of ten.
  static func number(_ value: Double) -> String { String(format: value != 0 && abs(value) <= 1e-3 ? "%.4e" : "%.4f", value) }

  static func time(_ seconds: Double) -> String {
    seconds < 1 ? String(format: "%3.0f ms", seconds * 1000) : String(format: "%.1f s", seconds)
  }
}
