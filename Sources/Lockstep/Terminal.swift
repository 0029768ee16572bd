import Glibc

/// What the terminal behind an open file can do.
package enum Terminal {
  /// Whether a line can be drawn over and inked: `descriptor` is a terminal, and `TERM` names one that is not dumb.
  package static func isCapable(_ descriptor: Int32) -> Bool {
    guard isatty(descriptor) == 1, let name = getenv("TERM").map({ String(cString: $0) }) else { return false }
    return name != "" && name != "dumb"
  }

  /// `text` over what stands in the line, as much of it as fits: what a terminal breaks into two lines cannot be drawn over.
  package static func line(_ text: String, on descriptor: Int32) -> String {
    "\r\u{1B}[K" + (columns(descriptor).map { String(text.prefix(max(1, $0 - 1))) } ?? text)
  }

  /// Columns of the terminal; nil where there is none, or it does not tell.
  package static func columns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
