import Foundation
import Interchange
import Lockstep

/// How far a long job is: a line on a terminal, nothing where output goes to a file or a pipe.
struct ProgressLine: Sendable {
  let unit: String
  /// Nil where nobody knows.
  let total: Int?
  private let begin = ContinuousClock().now
  private let descriptor: Int32
  private let isTerminal: Bool

  /// - Parameter onErrors: whether it goes to standard error, because standard output is for another program.
  init(unit: String, total: Int?, onErrors: Bool = false) {
    (self.unit, self.total) = (unit, total)
    descriptor = onErrors ? STDERR_FILENO : STDOUT_FILENO
    isTerminal = Terminal.isCapable(descriptor)
  }

  /// - Parameter done: of `total`.
  func show(_ done: Int) {
    guard isTerminal else { return }
    // A terminal that is gone fails the last line too, which can say so.
    let words = total.map { text(done, of: $0) } ?? "\(done) \(unit)\(pace(done))"
    try? write(Terminal.line(words, on: descriptor), to: descriptor, name: "terminal")
  }

  private func text(_ done: Int, of total: Int) -> String {
    let full = done * Self.width / total
    let bar = String(repeating: "━", count: full) + String(repeating: "╌", count: Self.width - full)
    return "\(bar)  \(100 * done / total)% of \(total) \(unit)\(pace(done))"
  }

  /// How many a second, and how long the rest takes at that pace; nothing before there is one.
  private func pace(_ done: Int) -> String {
    let seconds = (ContinuousClock().now - begin) / .seconds(1)
    guard done > 0, seconds > 0 else { return "" }
    let rate = Double(done) / seconds
    let rest = total.map { " - \(Amount.duration(Double($0 - done) / rate)) left" } ?? ""
    return " - \(Amount.rate(rate)) \(unit)/s\(rest)"
  }

  /// Takes the line away.
  func clear() {
    if isTerminal { try? write("\r\u{1B}[K", to: descriptor, name: "terminal") }
  }

  private static let width = 20
}
