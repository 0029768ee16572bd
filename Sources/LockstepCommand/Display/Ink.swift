import Glibc
import Lockstep

/// Colours and bold type for a stream that is read by eyes; anywhere else, text as it is.
struct Ink: Sendable {
  static let output = Ink(STDOUT_FILENO)
  static let errors = Ink(STDERR_FILENO)

  private let isOn: Bool

  /// Decides once: `NO_COLOR` (no-color.org) forbids it unless it is empty; `CLICOLOR_FORCE` (bixense.com/clicolors) asks for it even in a pipe, unless it is
  /// empty or 0; else there must be a terminal that is not dumb.
  private init(_ descriptor: Int32) {
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    isOn = value("NO_COLOR").isEmpty && (!["", "0"].contains(value("CLICOLOR_FORCE")) || Terminal.isCapable(descriptor))
  }

  func heading(_ text: String) -> String { inked(text, "1") }
  func good(_ text: String) -> String { inked(text, "32") }
  func bad(_ text: String) -> String { inked(text, "1;31") }
  func doubtful(_ text: String) -> String { inked(text, "1;33") }

  /// `text` between the sequences that begin and end a rendition (SGR of ECMA-48).
  private func inked(_ text: String, _ rendition: String) -> String { isOn && !text.isEmpty ? "\u{1B}[\(rendition)m\(text)\u{1B}[0m" : text }
}
