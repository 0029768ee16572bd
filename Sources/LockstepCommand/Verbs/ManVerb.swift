import Failures

/// `lockstep man`: the manual page.
enum ManVerb: Verb {
  static let name = "man"
  static let summary = "the manual page, for man to format"
  static let usage = ""
  static let example = "lockstep man | man -l -"
  static let options: [Option] = []

  static func run(_ arguments: Arguments) throws(Failure) {
    if let extra = arguments.operands.first { throw Failure(.usage, at: extra, "unexpected; man takes options only") }
    try Console.output(ManualPage.text(Main.verbs))
  }
}
