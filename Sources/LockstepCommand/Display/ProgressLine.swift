import Foundation

/// How far a long job is: a line on a terminal, nothing where output goes to a file or a pipe.
struct ProgressLine: Sendable {
  let unit: String
  let total: Int
  private let isTerminal = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  init(unit: String, total: Int) { (self.unit, self.total) = (unit, total) }

  /// - Parameter done: of `total`.
  func show(_ done: Int) {
    guard isTerminal else { return }
    let full = done * Self.width / total
    let bar = String(repeating: "━", count: full) + String(repeating: "╌", count: Self.width - full)
    // A terminal that is gone fails the last line too, which can say so.
    try? Console.output("\r\u{1B}[K\(bar)  \(100 * done / total)% of \(total) \(unit)")
  }

  /// Takes the line away.
  func clear() {
    if isTerminal { try? Console.output("\r\u{1B}[K") }
  }

  private static let width = 20
}
