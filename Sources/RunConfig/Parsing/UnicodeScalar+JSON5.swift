// JSON5's classes of characters.
extension Unicode.Scalar {
  /// Ends a line: LF, CR, and Unicode's line and paragraph separators.
  var endsLine: Bool { self == "\n" || self == "\r" || self == "\u{2028}" || self == "\u{2029}" }

  /// As `endsLine`, with CR LF counted once.
  func endsLine(before following: Unicode.Scalar?) -> Bool { endsLine && !(self == "\r" && following == "\n") }

  /// White space between tokens, line ends and the byte order mark included.
  var isBlank: Bool {
    switch self {
    case " ", "\t", "\n", "\r", "\u{B}", "\u{C}", "\u{A0}", "\u{FEFF}", "\u{2028}", "\u{2029}": true
    default: !isASCII && properties.generalCategory == .spaceSeparator
    }
  }

  /// Begins a bare key or a word.
  var startsName: Bool { self == "_" || self == "$" || self == "\\" || properties.isIDStart }

  /// Goes on a bare key or a word.
  var continuesName: Bool { self == "_" || self == "$" || self == "\u{200C}" || self == "\u{200D}" || properties.isIDContinue }

  /// Begins a number.
  var startsNumber: Bool { self == "+" || self == "-" || self == "." || ("0"..."9").contains(self) }
}
